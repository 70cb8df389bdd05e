"""When a condition is judged by a history."""

from __future__ import annotations

from electionlab.lab.pace import AT_LEAST_EVERY_S, SHARE, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def judge(pace: Pace, clock: Clock, took_s: float) -> None:
    with pace.judging():
        clock.now += took_s


def judged_once(took_s: float, known: int = 5) -> tuple[Pace, Clock]:
    clock = Clock()
    pace = Pace(clock)
    assert pace.is_due(known)  # whatever is known at first
    judge(pace, clock, took_s)
    return pace, clock


def test_what_is_new_is_judged_at_once_if_that_is_quick():
    pace, _ = judged_once(took_s=0.0)
    assert not pace.is_due(5)
    assert pace.is_due(6)


def test_nothing_new_is_judged_all_the_same_after_a_while():
    pace, clock = judged_once(took_s=0.0)
    clock.now += AT_LEAST_EVERY_S - 0.001
    assert not pace.is_due(5)
    clock.now += 0.001
    assert pace.is_due(5)


def test_judging_that_takes_long_waits_for_its_share_of_the_time():
    pace, clock = judged_once(took_s=0.02)
    clock.now += 0.02 / SHARE - 0.001
    assert not pace.is_due(6)
    clock.now += 0.002
    assert pace.is_due(6)


def test_however_long_judging_takes_it_is_not_put_off_for_long():
    pace, clock = judged_once(took_s=30.0)
    clock.now += AT_LEAST_EVERY_S
    assert pace.is_due(6)


def test_a_condition_that_fails_counts_as_judged():
    clock = Clock()
    pace = Pace(clock)
    assert pace.is_due(1)
    try:
        with pace.judging():
            clock.now += 0.04
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    clock.now += 0.3
    assert not pace.is_due(2)
