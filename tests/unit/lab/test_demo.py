"""What the demo prints: whose line it is, in words and in colour, and the verdicts."""

import contextlib
import io
import time
from types import SimpleNamespace

import pytest

from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.lab.demo import CLAIMS, COLOURS, OUTCOMES, Screen
from electionlab.lab.walkthrough import PORTS
from electionlab.lab.worker import Worker
from electionlab.lab.workers import Workers

NAMES = [str(port) for port in PORTS]
ESCAPE = "\033["
TABLE = """Setting newly assigned partitions
+Topic Partition Set---------+------------+
| topic                      | partitions |
+----------------------------+------------+
| leader-example-leader.say  | {0-7}      |
+----------------------------+------------+ """


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def workers(tmp_path, monkeypatch):
    """Three workers whose logs the test writes. A terminal that has colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    kafka = SimpleNamespace(processes=(), alive=False, version=None)
    run = Workers(kafka, folder=tmp_path, lock=False)
    for name in NAMES:
        log = tmp_path / f"{name}.log"
        log.touch()
        run.roster.enter(Worker(name, "", SimpleNamespace(log=log, alive=True, pid=1, status=None)))
    return run


def write(worker, line):
    at = time.time() + 0.01  # after it was begun to show them
    clock = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)) + f",{int(at % 1 * 1000):03d}"
    with worker.log.open("a", encoding="utf-8") as log:
        log.write(f"[{clock}] [1] [INFO] {line}\n")


def shown(workers, stream, does):
    """The lines that a screen shows on a stream while `does` is done with it."""
    with contextlib.redirect_stdout(stream):
        does(Screen(workers))
    return stream.getvalue().splitlines()


def three_lines(workers):
    def does(screen):
        for worker in workers.lives:
            write(worker, TABLE)
        screen.announce("What comes next")

    return does


def test_each_line_names_its_worker_a_tables_rows_too(workers):
    lines = shown(workers, io.StringIO(), three_lines(workers))
    *logged, empty, announced = lines
    assert [line.split()[0] for line in logged] == [name for name in NAMES for _ in range(2)]
    assert (empty, announced) == ("", "== What comes next")
    assert ESCAPE not in "".join(lines)


def test_a_terminal_has_each_workers_lines_in_a_colour_of_its_own(workers):
    lines = shown(workers, Terminal(), three_lines(workers))
    colours = {
        name: {line.partition(name)[0] for line in lines if f"m{name} " in line} for name in NAMES
    }
    assert all(len(found) == 1 for found in colours.values())
    assert len(set.union(*colours.values())) == 3
    logged = [line for line in lines if any(f"m{name} " in line for name in NAMES)]
    assert all(line.endswith(f"{ESCAPE}0m") for line in logged)  # and nothing after it


def test_no_verdict_has_the_colour_of_a_worker():
    assert not set(COLOURS) & set(OUTCOMES.values())
    assert len(COLOURS) == len(PORTS)


@pytest.mark.parametrize("name, value", [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_who_wants_no_colours_gets_none(workers, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    lines = shown(workers, Terminal(), three_lines(workers))
    assert ESCAPE not in "".join(lines)
    assert sum(line.startswith(tuple(NAMES)) for line in lines) == 6


def test_what_was_logged_before_an_announcement_stands_above_it(workers):
    def does(screen):
        write(workers.lives[0], "PUBLISHING ON LEADER! ")
        screen.announce("first")
        write(workers.lives[1], "PUBLISHING ON LEADER! ")
        screen.announce("second")

    lines = [line for line in shown(workers, io.StringIO(), does) if line]
    assert [line.split()[0] for line in lines] == [NAMES[0], "==", NAMES[1], "=="]


def test_each_claim_is_judged_in_words_and_evidence_stands_where_it_did_not_hold(workers):
    history = History.load(PROJECT / "docs" / "recorded" / "lost-greeting.jsonl")
    lines = shown(workers, io.StringIO(), lambda screen: screen.judge(history))
    judged = [line for line in lines if not line.startswith(" ")]
    assert [line.split()[1].strip(":") for line in judged] == [
        check(history).outcome for check in CLAIMS
    ]
    outcomes = {check(history).outcome for check in CLAIMS}
    assert {"held", "broken"} <= outcomes
    for line, follower in zip(lines, [*lines[1:], ""], strict=True):
        if "held:" in line:
            assert not follower.startswith(" ")
        elif "broken:" in line:
            assert follower.startswith("    ")
