"""Whether the workers' own eyes and the broker's agree on who leads, as readers see it."""

import dataclasses

import pytest
from histories import (
    assigned,
    cut,
    ended,
    ending,
    exited,
    frozen,
    group_stored,
    joined,
    run_of,
    started,
    stored,
    thawed,
)
from partly_read import IN_PART, NOT_READ, read_in_part

from electionlab import Views, checks
from electionlab.checks import Verdict
from electionlab.history.history import History
from electionlab.storm.breaches import views_differ

# Both views


AGREE = "Whoever leads in its own eyes leads in the broker's."
NOBODY_GONE = {"gone_s": 0, "longest_gone_s": 0}


def replaced_at_10(*events):
    """A leads; at 10 s the broker stores a group of nobody."""
    stored = group_stored(1, 1, "AB", leader="A"), group_stored(10, 2)
    return run_of(joined(1, "A", 1), *stored, *events)


def test_views_that_differ_for_a_moment_agree():
    assert checks.views_agree(replaced_at_10(assigned(10.5, "A", False))) == Verdict(
        AGREE,
        "held",
        "In its own eyes alone somebody led for 0.50 s in all, 0.50 s at most at a time; in the "
        "broker's eyes alone for 0.00 s in all, 0.00 s at most at a time.",
        (),
        {**{"total_s": 0.5, "longest_s": 0.5, "acting_s": 0.5, "stretches": 0}, **NOBODY_GONE},
    )


def test_views_that_never_differ_agree():
    history = run_of(joined(1, "A", 1), group_stored(1, 1, "A", leader="A"))
    assert checks.views_agree(history).figures == {
        **{"total_s": 0, "longest_s": 0, "acting_s": 0, "stretches": 0},
        **NOBODY_GONE,
    }


def test_a_leader_that_has_gone_and_that_the_broker_names_on_is_told_and_breaks_nothing():
    """A says goodbye at 10 s, B at 20 s, and each time the broker stores the next generation
    later."""
    history = run_of(
        *(joined(1, "A", 1), group_stored(1, 1, "A", leader="A"), assigned(10, "A", False)),
        *(group_stored(10.75, 2, "B", leader="B"), joined(10.75, "B", 2)),
        *(assigned(10.75, "B", True), assigned(20, "B", False), group_stored(21.5, 3)),
    )
    verdict = checks.views_agree(history)
    assert verdict.outcome == "held"
    assert verdict.finding.endswith(
        "in the broker's eyes alone for 2.25 s in all, 1.50 s at most at a time."
    )
    assert verdict.figures["total_s"] == 0
    assert (verdict.figures["gone_s"], verdict.figures["longest_gone_s"]) == (2.25, 1.5)


def test_each_time_that_views_differ_for_long_is_told_with_the_brokers_leader_and_the_fault():
    history = replaced_at_10(
        *(cut(8, "A"), assigned(15, "A", False), group_stored(20, 3, "AB", leader="A")),
        *(assigned(20, "A", True), group_stored(30, 4, "B", leader="B"), joined(20, "B", 3)),
        *(frozen(31, "A"), thawed(33, "A"), assigned(34, "A", False)),
    )
    assert checks.views_agree(history) == Verdict(
        AGREE,
        "broken",
        "In its own eyes alone somebody led for 9.00 s in all (2.00 s of it frozen), 5.00 s at "
        "most at a time; in the broker's eyes alone for 10.00 s in all, 10.00 s at most at a time.",
        (
            "10.000 to 15.000 s: A in its own eyes, the broker's leader was nobody; after cut of A "
            "at 8.000 s",
            "30.000 to 34.000 s: A in its own eyes (2.00 s of it frozen), the broker's leader was "
            "B; after cut of A at 8.000 s",
        ),
        {
            **{"total_s": 9, "longest_s": 5, "acting_s": 7, "stretches": 2},
            **{"gone_s": 10, "longest_gone_s": 10},
        },
    )


def test_views_are_not_compared_where_one_is_missing():
    assert checks.views_agree(History([started(0, "A")])) == Verdict(
        AGREE, "unknown", "Nobody ever led."
    )
    assert checks.views_agree(run_of()) == Verdict(AGREE, "unknown", NOT_READ)
    assert checks.views_agree(read_in_part()) == Verdict(AGREE, "unknown", IN_PART)


# The check, a storm's breaches and the picture judge by one function


def stopped_while_it_led_alone(*events):
    """A leads in its own eyes to 19 s; the broker names B from 10 s on."""
    run = [joined(1, "A", 1), joined(1, "B", 1), group_stored(1, 1, "AB", leader="A")]
    run += [joined(10, "B", 2), group_stored(10, 2, "B", leader="B"), assigned(10, "B", True)]
    return run_of(*run, *events, exited(19, "A"), end=20)


@pytest.mark.parametrize(
    ("events", "alone"), [([], [(10, 19)]), ([ending(15)], [(10, 15)]), ([ending(10)], [])]
)
def test_a_disagreement_ends_with_the_run_for_the_check_the_storm_and_the_picture(events, alone):
    history = stopped_while_it_led_alone(*events)
    total_s = sum(end - start for start, end in alone)
    verdict = checks.views_agree(history)
    assert verdict.figures["total_s"] == total_s
    assert verdict.outcome == ("broken" if alone else "held")
    words = [f"{start}.000 to {end}.000 s: A led in its own eyes alone" for start, end in alone]
    assert list(views_differ(history)) == words
    assert [(span.start, span.end) for span in Views(history).only_by_log] == alone


def at(partition, offset, greeting):
    return dataclasses.replace(stored(1, greeting, offset), partition=partition)


def in_two_views(late_s):
    """The broker replaces A at 10 s; A learns of it `late_s` seconds later."""
    return run_of(
        *(joined(1, "A", 1), joined(9, "B", 2), group_stored(1, 1, "AB", leader="A")),
        *(group_stored(10, 2, "AB", leader="B"), assigned(10.1, "B", True)),
        *(frozen(5, "A"), assigned(10 + late_s, "A", False)),
    )


def test_views_may_differ_while_a_rebalance_is_on_its_way():
    verdict = checks.views_agree(in_two_views(0.9))
    assert verdict.outcome == "held"
    assert verdict.figures["longest_s"] == pytest.approx(0.9)
    assert checks.views_agree(in_two_views(0.9), slack_s=0.5).outcome == "broken"


def test_views_that_differ_are_told_with_the_fault_before():
    verdict = checks.views_agree(in_two_views(4))
    assert verdict.evidence == (
        "10.000 to 14.000 s: A in its own eyes (4.00 s of it frozen), the broker's leader was B; "
        "after freeze of A at 5.000 s",
    )
    own = {"total_s": 4, "longest_s": 4, "acting_s": 0, "stretches": 1}
    brokers = {"gone_s": pytest.approx(0.1), "longest_gone_s": pytest.approx(0.1)}
    assert verdict.figures == own | brokers


def test_views_that_differ_are_told_with_the_part_that_was_frozen():
    history = History(
        [
            *(started(0, "A"), joined(1, "A", 1), group_stored(1, 1, "A", leader="A")),
            *(assigned(1, "A", True), frozen(5, "A"), group_stored(10, 2)),
            *(thawed(16.1, "A"), assigned(17.1, "A", False), ended(20)),
        ]
    )
    verdict = checks.views_agree(history)
    assert verdict.figures["longest_s"] == pytest.approx(7.1)
    assert verdict.figures["acting_s"] == pytest.approx(1)
    assert verdict.finding == (
        "In its own eyes alone somebody led for 7.10 s in all (6.10 s of it frozen), 7.10 s at "
        "most at a time; in the broker's eyes alone for 0.00 s in all, 0.00 s at most at a time."
    )
    assert "A in its own eyes (6.10 s of it frozen), the broker's" in verdict.evidence[0]
