"""Greetings in a storm that were printed again, never or out of order, and what explains it."""

import pytest
from histories import (
    committed,
    cut,
    given,
    group_stored,
    joined,
    printed,
    revoked,
    run_of,
    stored,
)
from storms import in_short

from electionlab.storm import delivery_breaches

AGAIN = "a (partition 0, offset 4): 3.000 s, worker A; again 6.000 s, worker B"


def printed_twice(*events):
    """A prints a greeting at 3 s, and B prints it again at 6 s."""
    prints = stored(2, "a", 4), printed(3, "A", "a"), printed(6, "B", "a")
    return list(delivery_breaches.printed_twice(run_of(*prints, *events)))


def test_a_second_print_without_a_rebalance_in_between_is_not_explained():
    assert in_short(printed_twice()) == [(3, AGAIN, "")]
    assert in_short(printed_twice(given(2.5, "B", 0))) == [(3, AGAIN, "")]
    assert in_short(printed_twice(given(3, "B", 0))) == [(3, AGAIN, "")]
    assert in_short(printed_twice(given(7, "B", 0))) == [(3, AGAIN, "")]
    assert in_short(printed_twice(given(5, "C", 0))) == [(3, AGAIN, "")]


@pytest.mark.parametrize(
    ("commit", "cause"),
    [
        ([], "rebalance before the commit"),
        ([committed(4, 4)], "rebalance before the commit"),
        ([committed(4, 5)], ""),
        ([committed(5, 5)], ""),
        ([committed(5.5, 5)], "rebalance before the commit"),
        ([committed(4, 9, partition=1)], "rebalance before the commit"),
    ],
    ids=["none", "up to it", "past it", "past it just then", "afterwards", "of another partition"],
)
def test_a_rebalance_before_the_commit_explains_a_second_print(commit, cause):
    assert in_short(printed_twice(given(5, "B", 0), *commit)) == [(3, AGAIN, cause)]


def test_the_last_time_that_the_printer_was_given_partitions_counts():
    assert in_short(printed_twice(given(4, "B", 0), committed(4.5, 5), given(5, "B", 0))) == [
        (3, AGAIN, "")
    ]


def test_partitions_that_are_given_just_when_it_prints_count():
    (breach,) = printed_twice(given(6, "B", 0))
    assert breach.cause == "rebalance before the commit"


def test_a_greeting_stored_twice_explains_one_more_print():
    (second, third) = printed_twice(stored(2.1, "a", 5), printed(8, "A", "a"))
    assert (second.cause, third.cause) == ("stored twice", "")
    assert third == ("a (partition 0, offset 4): 6.000 s, worker B; again 8.000 s, worker A")


def test_a_greeting_that_is_not_in_the_topic_is_not_judged():
    assert (
        list(delivery_breaches.printed_twice(run_of(printed(3, "A", "a"), printed(6, "B", "a"))))
        == []
    )


def former_owner(*events):
    """The group goes on to generation 2 at 4 s, and B, which prints again, does not know."""
    group = joined(1, "B", 1), group_stored(1, 1, "AB", leader="A"), joined(1, "A", 1)
    return printed_twice(*group, joined(4, "A", 2), group_stored(4, 2, "A", leader="A"), *events)


def test_a_print_of_a_former_owner_needs_a_fault():
    assert [breach.cause for breach in former_owner()] == [""]
    assert [breach.cause for breach in former_owner(cut(2, "B"))] == ["printed by a former owner"]
    assert [breach.cause for breach in former_owner(cut(2, "A"))] == [""]


def test_a_fault_of_a_printer_in_the_groups_generation_explains_no_second_print():
    assert [breach.cause for breach in printed_twice(cut(2, "B"))] == [""]


def test_a_greeting_that_was_never_printed_is_not_explained():
    history = run_of(stored(2, "a", 0), committed(4, 1), stored(5, "b", 1), printed(6, "A", "c"))
    assert in_short(delivery_breaches.never_printed(history)) == [
        (
            2,
            "2.000 s: a (partition 0, offset 0) was never printed, and it was committed past at "
            "4.000 s",
            "",
        ),
        (
            5,
            "5.000 s: b (partition 0, offset 1) was never printed, and nobody committed past it",
            "",
        ),
    ]


WORDS = "partition 0: 4.000 s, worker A, before a lower offset at 6.000 s, worker B"


@pytest.mark.parametrize(
    ("rebalance", "cause"),
    [
        ([], ""),
        ([revoked(4.5, "B"), given(5, "B", 0)], "rebalance"),
        ([revoked(3, "B"), given(4, "B", 0)], "rebalance"),
        ([revoked(6, "B"), given(7, "B", 0)], "rebalance"),
        ([revoked(2, "B"), given(3, "B", 0)], ""),
        ([revoked(7, "B"), given(8, "B", 0)], ""),
    ],
    ids=["none", "between", "up to the first", "from the second on", "before", "afterwards"],
)
def test_greetings_out_of_order_are_explained_by_a_rebalance_between_them(rebalance, cause):
    places = stored(2, "a", 0), stored(3, "b", 1)
    prints = printed(4, "A", "b"), printed(6, "B", "a")
    history = run_of(*places, *prints, *rebalance)
    assert in_short(delivery_breaches.out_of_order(history)) == [(4, WORDS, cause)]
