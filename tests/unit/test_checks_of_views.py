"""What the checks make of faults: who leads, what the broker says, publishing and greetings."""

import dataclasses

import pytest
from literal import (
    assigned,
    cut,
    ended,
    ending,
    exited,
    frozen,
    group_stored,
    healed,
    interrupted,
    joined,
    killed,
    printed,
    published,
    revoked,
    run_of,
    sound_run,
    started,
    stored,
)

from electionlab import checks
from electionlab.history import History

# always_a_leader, at_most_one_leader


def test_time_without_a_leader_is_told_with_the_fault_before_it():
    verdict = checks.always_a_leader(History(sound_run()))
    assert verdict.figures == {"total_s": 3, "longest_s": 3, "gaps": 1}
    assert verdict.evidence == (
        "9.000 to 12.000 s: nobody for 3.00 s, after kill -9 of A at 9.000 s",
    )
    assert checks.always_a_leader(History(sound_run()), patience_s=2.9).outcome == "broken"


def test_time_in_which_nobody_lives_or_the_run_ends_needs_no_leader():
    history = History(
        [
            *(started(0, "A"), assigned(1, "A", True), exited(4, "A"), started(30, "A")),
            *(assigned(32, "A", True), ending(35), exited(36, "A"), ended(90)),
        ]
    )
    assert checks.always_a_leader(history).figures == {"total_s": 2, "longest_s": 2, "gaps": 1}


def test_an_overlap_is_told_with_the_part_in_which_a_leader_was_cut_off():
    history = run_of(
        *(cut(4, "A"), assigned(10, "B", True), healed(15, "A"), assigned(16, "A", False)),
        cut(12, "C"),
    )
    verdict = checks.at_most_one_leader(history)
    assert verdict.figures["overlap_s"] == verdict.figures["longest_s"] == 6
    assert (verdict.figures["cut_s"], verdict.figures["acting_s"]) == (5, 6)
    assert "5.00 s with one of them cut off" in verdict.finding


def test_an_overlap_within_the_slack_does_not_count():
    history = run_of(assigned(10, "B", True), assigned(10.001, "A", False))
    assert checks.at_most_one_leader(history).outcome == "broken"
    assert checks.at_most_one_leader(history, slack_s=0.01).outcome == "held"


# The broker's view


def test_a_generations_leaders_are_told_by_logs_alone():
    history = History(
        [
            *(joined(1, "A", 1), assigned(1, "A", True), joined(2, "B", 2)),
            *(assigned(2, "B", True), joined(3, "C", 2), assigned(3, "C", True)),
        ]
    )
    verdict = checks.one_leader_in_each_generation(history)
    assert verdict.evidence == ("generation 2: B and C",)
    assert verdict.figures == {"generations": 2, "double": 1}


def test_the_leader_of_a_generation_may_say_so_twice():
    history = History([joined(1, "A", 1), assigned(1, "A", True), assigned(2, "A", True)])
    assert checks.one_leader_in_each_generation(history).outcome == "held"
    unknown = History([joined(1, "A", 1), assigned(1, "A", False)])
    assert checks.one_leader_in_each_generation(unknown).outcome == "unknown"


def test_a_generation_with_members_and_no_holder_is_counted():
    history = History([group_stored(1, 1, "AB"), group_stored(2, 2, "AB", leader="A"), ended(3)])
    verdict = checks.broker_knows_one_leader(history)
    assert verdict.figures == {"generations": 2, "double": 0, "without": 1}
    assert verdict.evidence == ("1.000 to 2.000 s: faust-A, from generation 2",)


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
    assert verdict.figures == {"total_s": 4, "longest_s": 4, "acting_s": 0, "stretches": 1}


# Publishing


def test_a_stale_publish_counts_from_when_the_group_had_gone_on():
    history = run_of(
        *(joined(1, "A", 1), group_stored(1, 1, "A", leader="A"), cut(5, "A")),
        *(joined(9, "B", 2), group_stored(10, 2, "B", leader="B"), assigned(10, "B", True)),
        *(published(9.5, "A"), published(11.5, "A", line=7), group_stored(12, 3, "B", leader="B")),
        *(published(13.5, "A"), joined(16, "A", 4), published(17, "A")),
    )
    verdict = checks.no_stale_publishes(history)
    assert verdict.figures == {"publishes": 4, "stale": 2, "span_s": 3.5}
    assert verdict.evidence == (
        "11.500 s, worker A, line 7 of its log: in generation 1, 1.50 s after the group had gone "
        "on; it was at 2",
        "13.500 s, worker A: in generation 1, 3.50 s after the group had gone on; it was at 3",
        "in all from 10.000 to 13.500 s",
    )


def test_a_stale_greeting_is_told_with_its_publisher():
    history = run_of(
        *(joined(1, "A", 1), joined(9, "B", 2), group_stored(1, 1, "AB", leader="A")),
        *(group_stored(10, 2, "B", leader="B"), published(8, "A"), published(12, "A", line=5)),
        *(stored(8.001, "0.1", 1), stored(12.001, "0.2", 2), stored(15, "0.3", 3)),
    )
    verdict = checks.one_effective_publisher(history)
    assert verdict.figures == {"greetings": 3, "stale": 1, "uncertain": 0, "untraced": 1}
    assert verdict.evidence == (
        "0.2 (partition 0, offset 2) by 12.000 s, worker A, line 5 of its log, while the broker's "
        "leader was B",
    )


def test_a_greeting_of_an_uncertain_publisher_is_not_called_stale():
    history = run_of(
        *(joined(1, "A", 1), joined(9, "B", 2), group_stored(1, 1, "AB", leader="A")),
        *(group_stored(10, 2, "B", leader="B"), published(12, "A"), published(11.95, "B")),
        stored(12.001, "0.2", 2),
    )
    verdict = checks.one_effective_publisher(history)
    assert (verdict.outcome, verdict.figures["uncertain"]) == ("held", 1)
    assert verdict.evidence[0].startswith("uncertain: 0.2 (partition 0, offset 2) by 12.000 s")


# Greetings


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
