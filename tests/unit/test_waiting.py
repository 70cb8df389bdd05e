"""Waiting for a condition, with a deadline."""

import time

import pytest

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


def test_the_message_is_built_when_the_deadline_passes():
    looks = []
    with pytest.raises(LabError) as caught:
        wait_until(
            lambda: looks.append(1),
            within=0.1,
            why=lambda: f"looked {len(looks)} times",
            every=0.01,
        )
    assert len(looks) > 1
    assert str(caught.value) == f"Waited 0.1 s in vain: looked {len(looks)} times"


def test_the_wait_ends_soon_after_its_deadline():
    begun = time.monotonic()
    with pytest.raises(LabError):
        wait_until(lambda: False, within=0.2, why=lambda: "", every=0.01)
    assert 0.2 <= time.monotonic() - begun < 2


def test_an_error_of_the_condition_ends_the_wait():
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 / 0, within=10, why=never)
