"""What is shown of a run while it goes on: from now on, in one order, our own acts among it."""

import os
import time
from types import SimpleNamespace

import pytest

from electionlab.history import events as ev
from electionlab.host import cells
from electionlab.lab import feed as feed_module
from electionlab.lab.feed import Feed
from electionlab.lab.worker import Worker

PUBLISH = "[{}] [1] [WARNING] PUBLISHING ON LEADER! "
OTHER = "[{}] [1] [INFO] [^Worker]: Ready "
MEMBER = "[{}] [1] [INFO] Joined group 'a' (generation 3) with member_id {} "
ID = "faust-0.15.3-b233c996-7fc2-4a43-94e6-0c62475e35e7"


class Process:
    alive, pid, status = True, 1, None

    def __init__(self, log):
        self.log = log
        log.touch()


@pytest.fixture
def run(tmp_path):
    """Two workers whose logs the test writes, the events of their run, and its feed."""
    names = ("6066", "6067")
    lives = [Worker(name, "", Process(tmp_path / f"{name}.log")) for name in names]
    events = []
    return lives, events, Feed(lives, events, lambda time: time % 1000)


def clock(at):
    """As a worker's log has it: in UTC."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)) + f",{int(at % 1 * 1000):03d}"


def write(worker, at, line=PUBLISH, *more):
    with worker.log.open("a", encoding="utf-8") as log:
        log.write(line.format(clock(at), *more) + "\n")


def reading(lives):
    def read():
        for worker in lives:
            worker.read()
            worker._last_growth = 0.0  # nothing more is written
            worker.read()

    return read


NOW = 1_790_000_000.0


@pytest.fixture(autouse=True)
def clock_says(monkeypatch):
    """Sets the clock of the feed, which stands still: a busy machine would make a test late."""

    def say(at):
        monkeypatch.setattr(feed_module, "time", SimpleNamespace(time=lambda: at))

    say(NOW)
    return say


def act(events, kind, worker, at, feed):
    events.append(kind(time=at, worker=worker))
    feed.act(events[-1])


def test_what_was_logged_before_is_one_line_and_what_comes_is_in_one_order(run, capsys, clock_says):
    lives, _, feed = run
    now = NOW
    for number in range(100):
        write(lives[number % 2], now - 200 + number)
    write(lives[0], now - 60, OTHER)
    reading(lives)()
    feed.begin()
    (folded,) = capsys.readouterr().out.splitlines()
    assert folded == f"(In the logs: 101 lines of 6066, 6067, from {(now - 200) % 1000:.1f} s on.)"
    # The second worker's line is the earlier one, and is read later.
    write(lives[0], now + 2)
    write(lives[1], now + 1)
    write(lives[1], now + 3, OTHER)
    feed.show(reading(lives), all_of_it=False)
    assert capsys.readouterr().out == ""  # something earlier may still come
    clock_says(now + 3.2)
    assert feed.show(reading(lives), all_of_it=True) == 2
    assert [line[:4] for line in capsys.readouterr().out.splitlines()] == ["6067", "6066"]
    assert feed.skipped == 1


def test_a_record_that_is_not_complete_holds_up_later_ones_for_a_moment(run, capsys, clock_says):
    lives, _, feed = run
    feed.begin()
    clock_says(NOW + 0.6)
    write(lives[0], NOW + 0.1)
    write(lives[1], NOW + 0.2)
    write(lives[1], NOW + 0.3)

    def read_of_a_busy_worker():
        lives[0]._last_growth = time.monotonic() + 60  # its last line may go on
        lives[0].read()
        reading(lives[1:])()

    assert feed.show(read_of_a_busy_worker) == 0
    assert feed.show(reading(lives)) == 3
    assert [line[:4] for line in capsys.readouterr().out.splitlines()] == ["6066", "6067", "6067"]


def test_acts_stand_between_the_lines_in_the_same_form(run, capsys, clock_says):
    lives, events, feed = run
    at = NOW
    feed.begin()
    clock_says(NOW + 0.9)
    write(lives[0], at)
    act(events, ev.WorkerFrozen, "6066", at + 0.1, feed)
    write(lives[1], at + 0.2)
    act(events, ev.BrokerKilled, "kafka", at + 0.3, feed)
    feed.show(reading(lives), all_of_it=True)
    lines = capsys.readouterr().out.splitlines()
    words = [line.partition(" ")[0] + line[line.rindex(".") + 4 :] for line in lines]
    assert words == [
        "6066 PUBLISHING ON LEADER!",
        "6066 freeze",
        "6067 PUBLISHING ON LEADER!",
        "kafka kill -9 broker 1",
    ]
    feed.begin()
    feed.show(reading(lives), all_of_it=True)
    assert capsys.readouterr().out == ""


def test_what_follows_an_act_of_just_now_is_not_folded(run, capsys):
    lives, events, feed = run
    at = NOW - 0.5
    write(lives[0], at - 10)
    write(lives[0], at + 0.1)
    reading(lives)()
    act(events, ev.WorkerInterrupted, "6066", at, feed)
    feed.begin()
    feed.show(reading(lives), all_of_it=True)
    folded, interrupted, published = capsys.readouterr().out.splitlines()
    assert folded.startswith("(In the logs: 1 line of 6066")
    assert interrupted.endswith("Ctrl+C")
    assert published.endswith("PUBLISHING ON LEADER!")


def test_a_line_from_before_that_is_written_late_is_not_shown_after_what_followed(run, capsys):
    lives, events, feed = run
    now = NOW
    act(events, ev.WorkerInterrupted, "6066", now - 0.3, feed)
    feed.begin()
    write(lives[0], now - 0.4)  # a busy worker writes it only now
    write(lives[1], now - 0.2)
    feed.show(reading(lives), all_of_it=True)
    shown = capsys.readouterr().out.splitlines()
    assert [[line[:4], line.split(" ", 4)[-1].strip()] for line in shown] == [
        ["6066", "Ctrl+C"],
        ["6067", "PUBLISHING ON LEADER!"],
    ]
    assert feed.skipped == 1


def test_in_a_notebook_an_act_is_shown_where_it_is_asked_for_and_once(run, capsys, monkeypatch):
    lives, events, feed = run
    monkeypatch.setattr(cells, "shell", lambda: "a kernel's")
    act(events, ev.WorkerKilled, "6067", NOW, feed)
    assert capsys.readouterr().out.endswith("kill -9\n")
    feed.quiet = True
    act(events, ev.WorkerInterrupted, "6066", NOW, feed)
    feed.begin()
    feed.show(reading(lives), all_of_it=True)
    assert capsys.readouterr().out == ""


def test_a_members_id_is_told_by_its_beginning(run, capsys):
    lives, _, feed = run
    feed.begin()
    write(lives[0], NOW, MEMBER, ID)
    feed.show(reading(lives), all_of_it=True)
    shown = capsys.readouterr().out.rstrip()
    assert shown.endswith("with member_id faust-0.15.3-b233c996…")
    assert len(shown) <= 100
    assert os.linesep not in shown
