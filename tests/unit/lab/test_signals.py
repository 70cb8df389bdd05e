"""What an act says is printed, or told to whoever listens in the same thread."""

import threading

from electionlab.lab.signals import said_to, say


def test_it_is_printed_unless_somebody_listens(capsys):
    heard = []
    with said_to(heard.append):
        say("to the listener")
    say("to all")
    assert heard == ["to the listener"]
    assert capsys.readouterr().out == "to all\n"


def test_another_thread_is_not_listened_to(capsys):
    heard = []
    with said_to(heard.append):
        other = threading.Thread(target=say, args=["elsewhere"])
        other.start()
        other.join()
    assert heard == []
    assert capsys.readouterr().out == "elsewhere\n"
