"""When workers lived, were frozen and rebalanced."""

import pytest
from histories import (
    assigned,
    ended,
    exited,
    frozen,
    revoked,
    started,
    thawed,
)

from electionlab.history.history import History, Span


def test_a_span_that_does_not_end_ends_with_the_history():
    history = History([started(0, "A"), frozen(2, "A"), ended(5)])
    assert history.lives == [Span("A", 0, 5, end_is_known=False)]
    assert history.freezes == [Span("A", 2, 5, end_is_known=False)]


@pytest.mark.parametrize("end", [thawed(4, "A"), exited(4, "A")])
def test_a_freeze_ends_with(end):
    assert History([frozen(2, "A"), end, ended(9)]).freezes == [Span("A", 2, 4)]


def test_a_rebalance_goes_from_the_revocation_to_the_assignment():
    history = History([revoked(2, "A"), assigned(3, "A", False), revoked(5, "A"), exited(6, "A")])
    assert history.rebalances == [Span("A", 2, 3), Span("A", 5, 6)]


def test_a_rebalance_that_begins_anew_began_with_the_first_revocation():
    history = History([revoked(2, "A"), revoked(4, "A"), assigned(7, "A", False)])
    assert history.rebalances == [Span("A", 2, 7)]


def test_spans_are_in_order_of_their_beginning():
    history = History([started(0, "A"), started(1, "B"), exited(2, "B"), exited(5, "A")])
    assert [life.worker for life in history.lives] == ["A", "B"]


def test_a_worker_has_as_many_lives_as_starts():
    history = History([started(0, "A"), exited(2, "A"), started(3, "A"), exited(7, "A")])
    assert history.lives == [Span("A", 0, 2), Span("A", 3, 7)]


def test_an_exit_seen_after_the_next_start_ends_the_life_before_it():
    history = History([started(0, "A"), started(10, "A"), exited(10.1, "A"), ended(20)])
    assert history.lives == [Span("A", 0, 10), Span("A", 10, 20, end_is_known=False)]
    history = History([*history, exited(15, "A")])
    assert history.lives == [Span("A", 0, 10), Span("A", 10, 15)]
