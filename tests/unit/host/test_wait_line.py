"""The line of a wait: in place in a notebook, on a terminal's last line, and nowhere in a build."""

import contextlib
import io
import threading

import pytest

from electionlab.errors import LabError
from electionlab.host import cells, wait_line
from electionlab.host.owners import BUILD_VARIABLE
from electionlab.host.waiting import wait_until


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(wait_line, "AFTER_S", 0.1)
    monkeypatch.delenv(BUILD_VARIABLE, raising=False)


@pytest.fixture
def terminal(soon, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    return Terminal()


def wait(shown, what="a leader"):
    with contextlib.redirect_stderr(shown), pytest.raises(LabError):
        wait_until(lambda: False, within=0.5, why=str, what=what, now=lambda: "nobody leads")


def test_a_terminal_has_it_on_one_line_which_is_clean_afterwards(terminal):
    wait(terminal)
    first, *others = terminal.getvalue().split("\r\033[K")[1:]
    assert first == ("Waiting for a leader: 0 s so far, 0.5 s at most. Now: nobody leads.")
    assert others
    assert others[-1] == ""
    assert "\n" not in terminal.getvalue()


def test_it_is_no_longer_than_a_terminals_line(terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "24")
    wait(terminal)
    first, *_ = terminal.getvalue().split("\r\033[K")[1:]
    assert first == "Waiting for a leader: 0"


def test_a_short_wait_has_no_line(terminal, monkeypatch):
    monkeypatch.setattr(wait_line, "AFTER_S", 60)
    wait(terminal)
    assert terminal.getvalue() == ""


def test_a_build_shows_nothing(terminal, monkeypatch):
    monkeypatch.setenv(BUILD_VARIABLE, "1")
    monkeypatch.setattr(cells, "shell", lambda: "a kernel's")
    wait(terminal)
    assert terminal.getvalue() == ""


def test_threads_and_files_show_nothing(terminal):
    thread = threading.Thread(target=wait, args=[terminal])
    thread.start()
    thread.join()
    assert terminal.getvalue() == ""
    file = io.StringIO()
    wait(file)
    assert file.getvalue() == ""


def test_a_wait_without_a_name_has_no_line(terminal):
    wait(terminal, what="")
    assert terminal.getvalue() == ""


def test_a_notebook_has_it_in_place_and_it_is_empty_afterwards(soon, monkeypatch):
    shown = []

    def display(data, *, raw, display_id, update):
        assert raw and display_id
        assert update == bool(shown)
        shown.append(data["text/plain"])

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(cells, "shell", lambda: "a kernel's")
    wait(io.StringIO())
    assert shown[0].startswith("Waiting for a leader")
    assert shown[-1] == ""
