"""Waiting for a condition, with a deadline."""

import time
from types import SimpleNamespace

import pytest

from electionlab import waiting
from electionlab.errors import LabError
from electionlab.waiting import wait_until


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


def test_with_the_first_look_after_the_deadline_the_wait_ends_and_its_message_is_built(monkeypatch):
    clock, looks = [100.0], []

    def pause(seconds):
        clock[0] += seconds

    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    with pytest.raises(LabError) as caught:
        wait_until(
            lambda: looks.append(clock[0] - 100),
            within=2,
            why=lambda: f"looked {len(looks)} times",
            pause=pause,
            every=0.75,
        )
    assert looks == [0, 0.75, 1.5, 2.25]
    assert str(caught.value) == "Waited 2 s in vain: looked 4 times"


def test_a_pause_is_a_sleep_unless_something_else_is_asked_for():
    looks = iter([False, False, True])
    begun = time.monotonic()
    assert wait_until(lambda: next(looks), within=60, why=never, every=0.05)
    assert time.monotonic() - begun >= 0.1


def test_an_error_of_the_condition_ends_the_wait():
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 / 0, within=10, why=never)
