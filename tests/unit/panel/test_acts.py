"""What a panel's buttons do beyond a run's own acts."""

import threading
from types import SimpleNamespace

import pytest

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.host.waiting import wait_until
from electionlab.panel.acts import MOST, Acts, next_command, one_line

COMMAND = "faust -A leader worker -l info --web-port {}"


def test_one_worker_more_has_the_next_port_that_is_free():
    port = ports.free_port()
    command = next_command([COMMAND.format(port - 1), COMMAND.format(port - 2)], 2)
    name = int(command.rpartition(" ")[2])
    assert command == COMMAND.format(name)
    assert name >= port
    assert not ports.is_taken(name)


def test_one_worker_more_keeps_the_rest_of_the_newest_command():
    port = ports.free_port()
    commands = [COMMAND.format(port - 2), f"faust -A other worker --web-port={port - 1} -l debug"]
    assert next_command(commands, 2).startswith("faust -A other worker --web-port=")
    assert next_command(commands, 2).endswith(" -l debug")


def test_there_are_no_more_workers_than_partitions():
    with pytest.raises(LabError, match="8 workers run already"):
        next_command([COMMAND.format(6066)], MOST)
    assert next_command([COMMAND.format(ports.free_port())], MOST - 1)


def test_pressed_twice_one_worker_is_started():
    begun, may_end, said = [], threading.Event(), []

    def start(which):
        begun.append(which)
        assert may_end.wait(20)

    run = SimpleNamespace(start=start, lives=[])
    acts = Acts(run, lambda words, is_error=False: said.append(words))
    first = acts.press("start", "6066")
    wait_until(lambda: begun, within=20, why=lambda: "it was not begun")
    acts.press("start", "6066").join(20)
    assert said[-1] == "Worker 6066 is already being started."
    may_end.set()
    first.join(20)
    acts.press("start", "6066").join(20)
    assert begun == ["6066", "6066"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("It failed.\nIts log:\n  …", "It failed."),
        ("\n It failed. ", "It failed."),
        ("x" * 400, "x" * 299 + "…"),
        ("", ""),
    ],
)
def test_an_error_is_one_line(words, line):
    assert one_line(words) == line
