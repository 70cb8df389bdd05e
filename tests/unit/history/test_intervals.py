"""Spans found by time, and what stretches of time have in common, against counting moments."""

import random
import re

import pytest

from electionlab.history.intervals import (
    Span,
    Spans,
    Steps,
    covered,
    in_both,
    overlaps,
    subtract,
    union,
)


def some_spans(seed, count=40):
    pick = random.Random(seed)
    starts = [pick.randrange(100) for _ in range(count)]
    return [Span(pick.choice("ABC"), start, start + pick.randrange(12)) for start in starts]


def moments(stretches):
    """The whole seconds [n, n + 1) that stretches with whole ends cover."""
    return {second for start, end in stretches for second in range(start, end)}


def in_order(spans):
    return sorted(spans, key=lambda span: (span.start, span.end, span.worker))


@pytest.mark.parametrize("seed", range(20))
def test_spans_are_found_by_time_as_by_looking_at_all(seed):
    spans = some_spans(seed)
    found = Spans(spans)
    for time in range(-1, 115):
        assert in_order(found.at(time)) == in_order(s for s in spans if time in s)
        for worker in "ABCD":
            own = [s for s in spans if s.worker == worker]
            touching = [s for s in own if s.start <= time + 3 and s.end >= time]
            assert in_order(found.touching(time, time + 3, worker)) == in_order(touching)
            assert found.touch(time, time + 3, worker) == bool(touching)
            begins = [s for s in spans if s.worker == worker and time <= s.start <= time + 3]
            assert found.begins_in(time, time + 3, worker) == bool(begins)


@pytest.mark.parametrize("seed", range(20))
def test_overlaps_are_those_of_all_pairs(seed):
    spans = Spans(some_spans(seed))
    expected = [
        (first, second, shared)
        for number, first in enumerate(spans)
        for second in spans[number + 1 :]
        if first.worker != second.worker and (shared := first.overlap(second))
    ]

    assert sorted(overlaps(spans), key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("seed", range(20))
def test_stretches_are_joined_taken_away_and_shared(seed):
    ours = [(span.start, span.end) for span in some_spans(seed, 8)]
    others = [(span.start, span.end) for span in some_spans(seed + 100, 8)]
    assert moments(union(ours)) == moments(ours)
    assert covered(ours) == len(moments(ours))
    assert moments(subtract(ours, others)) == moments(ours) - moments(others)
    assert moments(in_both(ours, others)) == moments(ours) & moments(others)
    assert all(start < end for start, end in subtract(ours, others))


def test_joined_stretches_are_apart():
    assert union([(3, 4), (0, 1), (1, 2), (0.5, 1.5)]) == [(0, 2), (3, 4)]


def test_no_spans_have_nothing():
    assert (Spans().at(1), Spans().of("A"), list(overlaps(Spans()))) == ([], [], [])
    assert (union([]), covered([]), subtract([], [(0, 1)])) == ([], 0, [])


def test_found_spans_are_in_order_of_their_start():
    spans = Spans([Span("B", 2, 9), Span("A", 3, 9), Span("B", 4, 9), Span("A", 1, 9)])
    assert [span.start for span in spans.at(5)] == [1, 2, 3, 4]


def test_overlaps_of_spans_are_where_both_are():
    assert Span("A", 0, 5).overlap(Span("B", 3, 9)) == (3, 5)
    assert Span("A", 0, 9).overlap(Span("B", 3, 5)) == (3, 5)
    assert Span("A", 0, 3).overlap(Span("B", 3, 9)) is None
    assert Span("A", 0, 3).overlap(Span("B", 4, 9)) is None


def test_a_value_counts_from_its_step_to_the_next():
    steps = Steps([(5, "b"), (2, "a"), (5, "c"), (8, None)])
    values = {1: None, 2: "a", 4.9: "a", 5: "c", 7.9: "c", 8: None}
    assert {time: steps.at(time) for time in values} == values
    assert list(steps) == [(2, "a"), (5, "b"), (5, "c"), (8, None)]


def test_a_step_is_added_after_the_last():
    steps = Steps()
    assert (steps.at(9), steps.last) == (None, None)
    steps.add(2, "a")
    steps.add(2, "b")
    assert (steps.at(1), steps.at(2), steps.last) == (None, "b", "b")


def test_steps_are_shown_with_times_of_day():
    shown = repr(Steps([(0.25, "a"), (1.5, None)]))
    assert re.fullmatch(r"Steps\(\d\d:\d\d:\d\d\.250 'a', \d\d:\d\d:\d\d\.500 None\)", shown)
