"""Rounds of an election: who was next, how long two led, and what came too late."""

import pytest

from electionlab.elections.model import Observed, Write, rounds, stale, two_at_once
from electionlab.history.intervals import Span


def write(time, who, term, *, token=None, in_time=True):
    return Write(time, who, term, term if token is None else token, in_time)


A, B = write(1, "A", 1), write(9, "B", 2)
LATE = write(10, "A", 1, in_time=False)
AGAIN = write(20, "A", 3)


def observed(*writes, faults=((2, "A"),), leaderships=(), frozen=()):
    return Observed(faults, leaderships, writes, frozen)


def test_nobody_leads_from_the_fault_to_the_next_leaders_first_greeting():
    (only,) = rounds(observed(A, B), "etcd", "freeze")
    assert (only.election, only.fault, only.leaderless_s) == ("etcd", "freeze", 7)
    assert only.writes == 1


def test_what_the_former_leader_did_after_the_fault_is_no_new_leader():
    (only,) = rounds(observed(A, write(3, "A", 1), B), "etcd", "cut")
    assert only.leaderless_s == 7


def test_what_came_too_late_is_no_new_leader_either():
    """B was replaced before, and is still heard: it does not end the silence after A's fault."""
    writes = [write(0, "B", 0), A, write(4, "B", 0, in_time=False), write(8, "C", 2)]
    (only,) = rounds(observed(*writes), "etcd", "cut")
    assert only.leaderless_s == 6


def test_a_round_in_which_nobody_followed_says_so():
    (only,) = rounds(observed(A), "etcd", "kill")
    assert (only.leaderless_s, only.writes) == (None, 0)


def test_each_fault_begins_a_round_that_the_next_one_ends():
    first, second = rounds(
        observed(A, B, LATE, AGAIN, faults=((2, "A"), (12, "B"))), "redis", "freeze"
    )
    assert (first.leaderless_s, first.writes, first.stale) == (7, 2, 1)
    assert (second.leaderless_s, second.writes, second.stale) == (8, 1, 0)


def test_a_greeting_behind_one_of_a_later_leader_is_stale():
    assert stale([A, B, LATE, write(11, "B", 2), AGAIN]) == {LATE}


def test_a_greeting_of_the_same_leader_is_not():
    assert stale([A, write(2, "A", 1), B]) == set()


def test_a_leader_that_was_replaced_and_leads_again_is_not():
    assert stale([A, B, AGAIN]) == set()


@pytest.mark.parametrize(
    ("in_time", "passed"),
    [(True, 1), (False, 0)],
)
def test_a_stale_greeting_passes_if_its_token_was_not_refused(in_time, passed):
    (only,) = rounds(observed(A, B, write(10, "A", 1, in_time=in_time)), "redis", "freeze")
    assert (only.stale, only.passed, only.wronged) == (1, passed, 0)


def test_a_greeting_in_time_that_was_refused_is_wronged():
    (only,) = rounds(observed(A, B, write(11, "B", 2, in_time=False)), "redis", "freeze")
    assert (only.stale, only.passed, only.wronged) == (0, 0, 1)


def test_two_lead_at_once_while_neither_stands_still():
    leaderships = [Span("A", 0, 12), Span("B", 8, 30)]
    seen = observed(leaderships=leaderships, frozen=[Span("A", 2, 10)])
    assert two_at_once(seen, 2, 40) == 2


def test_only_what_belongs_to_the_round_counts():
    seen = observed(leaderships=[Span("A", 0, 12), Span("B", 8, 30)])
    assert two_at_once(seen, 2, 40) == 4
    assert two_at_once(seen, 10, 40) == 2
    assert two_at_once(seen, 2, 9) == 1
    assert two_at_once(seen, 13, 40) == 0


def test_another_member_that_stood_still_changes_nothing():
    leaderships = [Span("A", 0, 12), Span("B", 8, 30)]
    assert two_at_once(observed(leaderships=leaderships, frozen=[Span("C", 0, 50)]), 2, 40) == 4


def test_one_leader_after_another_is_not_two():
    assert two_at_once(observed(leaderships=[Span("A", 0, 8), Span("B", 8, 30)]), 0, 40) == 0
