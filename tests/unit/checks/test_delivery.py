"""What becomes of the greetings in the topic: each verdict as readers see it."""

import dataclasses

import pytest
from histories import (
    assigned,
    committed,
    exited,
    frozen,
    given,
    group_stored,
    interrupted,
    joined,
    killed,
    printed,
    published,
    revoked,
    run_of,
    stored,
)
from partly_read import read_too_early

from electionlab import checks
from electionlab.checks import Verdict, delivery
from electionlab.history.history import History

NOT_READ = "What the broker stored was not read."
GROUP = (joined(1, "A", 1), group_stored(1, 1, "A", leader="A"))

# Lost

AT_LEAST_ONCE = "Each greeting is printed at least once."


def test_a_greeting_that_may_still_be_printed_is_not_lost():
    history = run_of(
        *GROUP, stored(2, "a", 0), printed(3, "A", "a"), committed(4, 1), stored(5, "b", 1)
    )
    assert checks.no_greeting_is_lost(history) == Verdict(
        AT_LEAST_ONCE,
        "held",
        "None of 2 was lost. 1 is not printed yet, and nobody committed past it.",
        (),
        {"stored": 2, "lost": 0, "waiting": 1},
    )


def test_a_lost_greeting_is_told_with_who_may_have_published_it():
    history = run_of(
        *(*GROUP, published(2, "A"), published(2.1, "B"), stored(2.1, "a", 0)),
        *(published(5, "A"), stored(5, "b", 1), frozen(6, "A"), committed(8, 1)),
    )
    assert checks.no_greeting_is_lost(history) == Verdict(
        AT_LEAST_ONCE,
        "broken",
        "1 of 2 never. 1 is not printed yet, and nobody committed past it.",
        (
            "a (partition 0): not printed; published at 2.100 s, worker B or another; near it "
            "freeze of A at 6.000 s",
        ),
        {"stored": 2, "lost": 1, "waiting": 1},
    )


def test_greetings_that_are_all_printed_or_lost_leave_none_waiting():
    prints = run_of(*GROUP, stored(2, "a", 0), printed(3, "A", "a"))
    assert checks.no_greeting_is_lost(prints).finding == "None of 1 was lost."
    lost = run_of(*GROUP, stored(2, "a", 0), committed(3, 1))
    assert checks.no_greeting_is_lost(lost).finding == "1 of 1 never."


@pytest.mark.parametrize("history", [run_of(), run_of(printed(3, "A", "a"))])
def test_without_what_the_broker_stored_nothing_is_known(history):
    for check in (
        checks.no_greeting_is_lost,
        checks.each_greeting_printed_once,
        checks.printed_in_order,
    ):
        verdict = check(history)
        assert verdict == Verdict(verdict.claim, "unknown", NOT_READ)


# Printed once

ONCE = "Each greeting is printed exactly once."


def test_greetings_that_were_printed_once_are_counted_by_worker():
    history = run_of(
        *(*GROUP, stored(2, "a", 0), printed(3, "A", "a"), committed(4, 1), stored(5, "b", 1)),
        *(stored(6, "c", 2), printed(7, "B", "c")),
    )
    assert checks.each_greeting_printed_once(history) == Verdict(
        ONCE,
        "held",
        "All 2 in the topic, each by one worker. 1 is not printed yet, and nobody committed past "
        "it.",
        ("worker A: 1", "worker B: 1"),
        {"stored": 3, "printed": 2, "lost": 0, "waiting": 1, "twice": 0},
    )
    everything = run_of(*GROUP, stored(2, "a", 0), printed(3, "A", "a"))
    verdict = checks.each_greeting_printed_once(everything)
    assert verdict.finding == "All 1 in the topic, each by one worker."


def test_lost_greetings_are_told_before_those_that_were_printed_again():
    history = run_of(
        *(*GROUP, stored(5, "b", 0), printed(7, "B", "b"), printed(20, "A", "b")),
        *(printed(30, "A", "b"), stored(32, "c", 1), committed(33, 2), frozen(15, "B")),
    )
    assert checks.each_greeting_printed_once(history) == Verdict(
        ONCE,
        "broken",
        "Of 2 in the topic 1 not at all, 1 repeatedly.",
        (
            "c (partition 0): not printed; near it freeze of B at 15.000 s",
            "b (partition 0): printed by 7.000 s, worker B and 20.000 s, worker A and 30.000 s, "
            "worker A; near it freeze of B at 15.000 s",
        ),
        {"stored": 2, "printed": 3, "lost": 1, "waiting": 0, "twice": 1},
    )


@pytest.mark.parametrize(
    ("revoked_at", "is_told"), [(1, False), (3, True), (34, True), (36, False)]
)
def test_what_went_on_near_the_first_or_the_last_print_is_told(revoked_at, is_told):
    rebalance = revoked(revoked_at, "B"), given(revoked_at + 0.5, "B", 0)
    history = run_of(*rebalance, stored(5, "b", 0), printed(7, "A", "b"), printed(30, "A", "b"))
    (line,) = checks.each_greeting_printed_once(history).evidence
    assert ("; near it rebalance from" in line) == is_told


def test_a_rebalance_is_told_whole_and_with_an_open_end():
    near_it, beyond = (revoked(3, "A"), given(7, "A", 0)), (revoked(6, "B"), given(20, "B", 1))
    for rebalances, told in (
        (near_it + beyond, "20.000 s"),
        (near_it + beyond[:1], "40.000 s and on"),
    ):
        history = run_of(
            *rebalances, stored(1, "b", 0), printed(1.5, "A", "b"), printed(1.6, "A", "b")
        )
        (line,) = checks.each_greeting_printed_once(history).evidence
        assert line.endswith(f"; near it rebalance from 3.000 to {told}")


# In order

IN_ORDER = "Within a partition, greetings are printed in order."


def place(offset, greeting, partition=0):
    return dataclasses.replace(stored(1, greeting, offset), partition=partition)


def test_greetings_in_order_are_counted():
    history = run_of(place(0, "a"), place(1, "b"), printed(3, "A", "a"), printed(3, "B", "b"))
    assert checks.printed_in_order(history) == Verdict(
        IN_ORDER, "held", "All 2 in order.", (), {"greetings": 2, "out_of_order": 0}
    )


def test_each_greeting_out_of_order_is_told_with_the_latest_print_of_a_lower_offset():
    history = run_of(
        *(place(1, "b", 3), place(0, "a", 3), place(2, "c", 3), place(5, "d", 4)),
        *(printed(4, "A", "c"), printed(6, "B", "b"), printed(8, "A", "a"), printed(2, "A", "d")),
        frozen(7, "B"),
    )
    assert checks.printed_in_order(history) == Verdict(
        IN_ORDER,
        "broken",
        "2 of 4 came before one with a lower offset.",
        (
            "partition 3: offset 1 at 6.000 s, worker B, before offset 0 at 8.000 s, worker A; "
            "near it freeze of B at 7.000 s",
            "partition 3: offset 2 at 4.000 s, worker A, before offset 0 at 8.000 s, worker A; "
            "near it freeze of B at 7.000 s",
        ),
        {"greetings": 4, "out_of_order": 2},
    )


def test_of_greetings_that_nobody_printed_no_order_is_known():
    assert checks.printed_in_order(run_of(place(0, "a"))) == Verdict(
        IN_ORDER, "unknown", "None was printed.", (), {"greetings": 0, "out_of_order": 0}
    )


def test_the_first_print_of_each_greeting_counts():
    history = run_of(printed(3, "A", "a"), printed(2, "B", "a"), printed(4, "A", "b"))
    first = {greeting: prints[0].time for greeting, prints in delivery.prints(history).items()}
    assert first == {"a": 2, "b": 4}


def test_without_what_the_broker_stored_nothing_is_known_of_greetings():
    history = History([printed(1, "A", "0.1"), printed(2, "A", "0.1")])
    assert checks.each_greeting_printed_once(history).outcome == "unknown"


def test_a_lost_greeting_is_told():
    history = History([stored(1, "0.1"), stored(2, "0.2"), printed(2, "A", "0.2")])
    verdict = checks.each_greeting_printed_once(history)
    assert verdict.evidence == ("0.1 (partition 0): not printed",)
    assert verdict.figures == {"stored": 2, "printed": 1, "lost": 1, "waiting": 0, "twice": 0}


def test_a_greeting_printed_twice_is_told_with_both_printers():
    history = History([stored(1, "0.1"), printed(2, "A", "0.1"), printed(4, "B", "0.1")])
    verdict = checks.each_greeting_printed_once(history)
    assert verdict.evidence == (
        "0.1 (partition 0): printed by 1.000 s, worker A and 3.000 s, worker B",
    )
    assert verdict.figures == {"stored": 1, "printed": 2, "lost": 0, "waiting": 0, "twice": 1}


def at(partition, offset, greeting):
    return dataclasses.replace(stored(1, greeting, offset), partition=partition)


def test_only_first_prints_within_a_partition_have_an_order():
    in_topic = [at(0, 1, "a"), at(0, 2, "b"), at(0, 3, "a"), at(1, 1, "c"), at(0, 4, "lost")]
    prints = [
        printed(3, "A", "a"),
        printed(4, "A", "b"),
        printed(5, "B", "a"),
        printed(2, "B", "c"),
    ]
    verdict = checks.printed_in_order(History([*in_topic, *prints]))
    assert verdict.outcome == "held"
    assert verdict.figures == {"greetings": 3, "out_of_order": 0}


def test_greetings_out_of_order_are_told_with_both_places():
    in_topic = [at(5, 1, "a"), at(5, 2, "b"), at(5, 3, "c")]
    prints = [printed(5, "A", "a"), printed(3, "B", "b"), printed(4, "B", "c")]
    verdict = checks.printed_in_order(History([*in_topic, *prints]))
    assert verdict.figures == {"greetings": 3, "out_of_order": 2}
    assert verdict.evidence[0] == (
        "partition 5: offset 2 at 2.000 s, worker B, before offset 1 at 4.000 s, worker A"
    )


def test_a_lost_greeting_is_told_with_its_publisher_and_what_went_on():
    history = run_of(
        *(published(8, "A", line=3), stored(8.001, "0.1"), killed(9, "A"), exited(9, "A")),
        *(revoked(11, "B"), assigned(12, "B", True), frozen(30, "B")),
    )
    verdict = checks.no_greeting_is_lost(history)
    assert verdict.evidence == (
        "0.1 (partition 0): not printed; published at 8.000 s, worker A, line 3 of its log; "
        "near it kill -9 of A at 9.000 s, rebalance from 11.000 to 12.000 s",
    )


def test_a_greeting_printed_twice_is_told_with_what_went_on():
    history = run_of(
        *(published(8, "A"), stored(8.001, "0.1"), printed(8.1, "A", "0.1")),
        *(interrupted(9, "A"), printed(10, "B", "0.1")),
    )
    verdict = checks.each_greeting_printed_once(history)
    assert verdict.evidence == (
        "0.1 (partition 0): printed by 8.100 s, worker A and 10.000 s, worker B; "
        "published at 8.000 s, worker A; near it Ctrl+C of A at 9.000 s",
    )


def test_a_greeting_is_lost_once_somebody_commits_past_it():
    run = [group_stored(0, 1, "A", leader="A"), stored(1, "a", 0), stored(2, "b", 1)]
    run += [printed(3, "A", "a"), committed(4, 1)]
    verdict = checks.no_greeting_is_lost(History(run))
    assert verdict.outcome == "held"
    assert verdict.figures == {"stored": 2, "lost": 0, "waiting": 1}
    assert checks.each_greeting_printed_once(History(run)).outcome == "held"
    history = History([*run, committed(5, 2)])
    assert checks.no_greeting_is_lost(history).figures == {"stored": 2, "lost": 1, "waiting": 0}
    assert checks.each_greeting_printed_once(history).figures["lost"] == 1


def test_where_the_commits_were_read_in_part_what_was_not_printed_is_lost():
    history = History([*read_too_early(20), committed(2.5, 0)])
    assert [event.greeting for event in delivery.lost(history)] == ["0.1"]
