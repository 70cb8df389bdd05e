"""Waiting for a condition, with a deadline that stretches on a busy machine."""

import threading
import time
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from electionlab.errors import LabError
from electionlab.host import load, waiting
from electionlab.host.waiting import MOST, Patience, stretched, wait_for, wait_until


class Clock:
    """A clock that goes on when it is told to, on a machine as busy as it is told."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        self.tasks = 0.5
        monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(load, "per_core", lambda: self.tasks)

    def sleep(self, seconds):
        self.now += seconds

    def takes(self, wait):
        """How long a wait goes on that is in vain, and its message."""
        begun = self.now
        with pytest.raises(LabError) as caught:
            wait()
        return self.now - begun, str(caught.value)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def never():
    raise AssertionError("must not be called")


def test_the_first_true_value_is_returned():
    values = iter([None, 0, "", "found", "later"])
    pauses = []
    found = wait_until(lambda: next(values), within=10, why=never, pause=pauses.append, every=0.2)
    assert found == "found"
    assert pauses == [0.2, 0.2, 0.2]


def test_what_is_true_at_once_needs_no_pause():
    assert wait_until(lambda: 7, within=0, why=never, pause=never) == 7


def test_with_the_first_look_after_the_deadline_the_wait_ends_and_its_message_is_built(clock):
    looks = []
    _, message = clock.takes(
        lambda: wait_until(
            lambda: looks.append(clock.now - 100),
            within=2,
            why=lambda: f"looked {len(looks)} times",
            pause=clock.sleep,
            every=0.75,
        )
    )
    assert looks == [0, 0.75, 1.5, 2.25]
    assert message == "Waited 2 s in vain: looked 4 times"


def test_a_pause_is_a_sleep_unless_something_else_is_asked_for():
    looks = iter([False, False, True])
    begun = time.monotonic()
    assert wait_until(lambda: next(looks), within=60, why=never, every=0.05)
    assert time.monotonic() - begun >= 0.1


def test_an_error_of_the_condition_ends_the_wait():
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 / 0, within=10, why=never)


def in_vain(clock, pause=None, look=lambda: None, within=10):
    return clock.takes(
        lambda: wait_until(
            look, within=within, why=lambda: "no", pause=pause or clock.sleep, every=0.5
        )
    )


@pytest.mark.parametrize(
    ("tasks", "times"), [(0, 1), (0.9, 1), (1, 1), (2, 2), (4.5, 4.5), (MOST, MOST), (80, MOST)]
)
def test_a_deadline_stretches_with_the_tasks_for_each_core_and_not_without_end(clock, tasks, times):
    clock.tasks = tasks
    took, message = in_vain(clock)
    assert took == pytest.approx(10 * times, abs=1)
    assert message.startswith("Waited 10 s in vain")
    told = f" ({took:.0f} s by the clock: this machine has {tasks:.1f} tasks per core)"
    assert (told in message) == (times > 1.2)
    assert message.endswith(": no")


def test_a_machine_that_calms_down_stretches_no_more(clock):
    clock.tasks = 4

    def pause(seconds):
        clock.sleep(seconds)
        clock.tasks = 4 if clock.now < 120 else 0.5

    took, _ = in_vain(clock, pause)
    assert took == pytest.approx(20 + 5, abs=1)  # 20 s count for 5


@pytest.mark.parametrize(("late", "times"), [(0.25, 1.5), (0.5, 2), (2.0, 5)])
def test_a_deadline_stretches_with_how_late_we_are_woken(clock, late, times):
    took, _ = in_vain(clock, lambda seconds: clock.sleep(seconds + late))
    assert took == pytest.approx(10 * times, abs=3)


def test_who_is_woken_late_each_time_does_not_wait_for_ever(clock):
    """Also if it looks as if we were stopped again and again."""
    took, _ = in_vain(clock, lambda seconds: clock.sleep(seconds + 30))
    assert took < 10 / 0.5 * 35


@pytest.mark.parametrize("where", ["pause", "look"])
def test_time_in_which_we_were_stopped_does_not_count(clock, where):
    def sleeps_once(seconds, place):
        clock.sleep(seconds)
        if place == where and not stops and clock.now > 103:
            stops.append(clock.now)
            clock.sleep(70)

    stops = []
    took, message = in_vain(
        clock,
        lambda seconds: sleeps_once(seconds, "pause"),
        lambda: sleeps_once(0.1, "look"),
    )
    assert stops
    assert took == pytest.approx(80, abs=waiting.LOOK_S)
    assert took >= 70
    assert "was suspended for" in message
    stood = float(message.partition("was suspended for ")[2].split()[0])
    assert stood == pytest.approx(70, abs=waiting.LOOK_S)


def test_a_long_look_counts_as_far_as_one_may_last(clock):
    took, _ = in_vain(clock, look=lambda: clock.sleep(5), within=12)
    assert took == pytest.approx(16, abs=1)


def test_patience_that_is_counted_by_hand(clock):
    patience = Patience(3)
    assert not patience.over
    clock.sleep(2)
    patience.count()
    assert not patience.over
    clock.sleep(2)
    patience.count()
    assert patience.over
    assert patience.stretched == ""


def test_a_future_is_waited_for(clock):
    done = Future()
    done.set_result(5)
    assert wait_for(done, within=0, why=never) == 5
    failed = Future()
    failed.set_exception(KeyError("gone"))
    with pytest.raises(KeyError, match="gone"):
        wait_for(failed, within=0, why=never)


def test_a_future_that_is_not_done_in_time_is_told(monkeypatch):
    monkeypatch.setattr(load, "per_core", lambda: 0.0)
    with pytest.raises(LabError, match=r"Waited 0\.1 s in vain: it lasts"):
        wait_for(Future(), within=0.1, why=lambda: "it lasts")


def test_a_future_that_gets_done_meanwhile_ends_the_wait():
    later = Future()
    teller = threading.Timer(0.2, later.set_result, ["now"])
    teller.start()
    assert wait_for(later, within=60, why=never) == "now"
    teller.join()


@pytest.mark.parametrize(("tasks", "seconds"), [(0, 5), (0.7, 5), (3, 15), (50, 5 * MOST)])
def test_what_counts_by_the_clock_is_given_more_of_it_on_a_busy_machine(clock, tasks, seconds):
    clock.tasks = tasks
    assert stretched(5) == pytest.approx(seconds)


def test_a_system_that_does_not_tell_its_load_counts_as_calm(monkeypatch):
    monkeypatch.setattr(load.os, "getloadavg", lambda: (3.0, 1.0, 1.0), raising=False)
    monkeypatch.setattr(load.os, "cpu_count", lambda: 2)
    assert load.per_core() == 1.5

    def refuses():
        raise OSError

    monkeypatch.setattr(load.os, "getloadavg", refuses)
    assert load.per_core() == 0.0


@pytest.mark.parametrize(
    ("tasks", "free_b", "room"), [(2.9, 2e9, True), (3.1, 2e9, False), (0.1, 0.5e9, False)]
)
def test_there_is_room_for_more_on_a_calm_machine_with_free_memory(
    monkeypatch, tasks, free_b, room
):
    monkeypatch.setattr(load, "per_core", lambda: tasks)
    memory = SimpleNamespace(available=free_b)
    monkeypatch.setattr(load.psutil, "virtual_memory", lambda: memory)
    assert load.has_room() == room
    assert load.in_words() == (f"{tasks:.1f} tasks per core, {free_b / 1e9:.1f} GB of memory free")
