"""How many lead, and for how long nobody does: each verdict as readers see it."""

import dataclasses

from histories import (
    assigned,
    blocked,
    cut,
    ended,
    ending,
    exited,
    frozen,
    healed,
    joined,
    run_of,
    sound_run,
    started,
    stored,
    thawed,
)

from electionlab import checks
from electionlab.checks import Verdict
from electionlab.history.history import History
from electionlab.storm.breaches import two_leaders

# Never two

ONE = "At most one worker leads at any time."


def test_leaders_one_after_the_other_are_told_with_their_times():
    history = run_of(joined(1, "A", 1), assigned(5, "A", False), assigned(8, "B", True))
    assert checks.at_most_one_leader(history) == Verdict(
        ONE,
        "held",
        "2 leaderships, never two at once.",
        ("A: 1.000 to 5.000 s, generation None", "B: 8.000 to 40.000 s and on, generation None"),
        {"overlap_s": 0, "longest_s": 0, "acting_s": 0, "cut_s": 0, "leaderships": 2},
    )


def two_lead(*events):
    """A leads up to 16 s, and B from 10 s on, in generation 2."""
    led = joined(9, "B", 2), assigned(10, "B", True), assigned(16, "A", False)
    return checks.at_most_one_leader(run_of(*led, *events))


def test_two_leaders_are_told_with_how_long_both_ran():
    assert two_lead() == Verdict(
        ONE,
        "broken",
        "Two led at once for 6.00 s, all of it with both of them running.",
        ("10.000 to 16.000 s: A (generation None) and B (generation 2)",),
        {"overlap_s": 6, "longest_s": 6, "acting_s": 6, "cut_s": 0, "leaderships": 2},
    )


def test_two_leaders_are_told_with_how_long_one_was_cut_off():
    verdict = two_lead(cut(8, "A"), healed(14, "A"), frozen(11, "A"), thawed(12, "A"))
    assert verdict.finding == (
        "Two led at once for 6.00 s, 5.00 s of it with both of them running, 4.00 s with one of "
        "them cut off."
    )
    assert (verdict.figures["acting_s"], verdict.figures["cut_s"]) == (5, 4)


def test_a_leader_whose_loop_is_blocked_does_not_run():
    assert two_lead(blocked(11, "A", 2)).figures["acting_s"] == 4


def test_two_leaders_while_the_run_ends_do_not_count():
    assert two_lead(ending(10)).outcome == "held"
    assert two_lead(ending(13)).evidence == (
        "10.000 to 13.000 s: A (generation None) and B (generation 2)",
    )
    assert two_lead(ending(13)).figures["overlap_s"] == 3


def test_a_storm_finds_the_same_two_leaders_as_the_check():
    led = joined(9, "B", 2), assigned(10, "B", True), assigned(16, "A", False)
    found = {end: list(two_leaders(run_of(*led, ending(end)))) for end in (10, 13)}
    assert found == {10: [], 13: ["10.000 to 13.000 s: A and B led"]}


def test_the_longest_of_several_overlaps_is_told():
    history = run_of(
        *(assigned(5, "B", True), assigned(6, "A", False)),  # both for 1 s
        *(assigned(10, "A", True), assigned(15, "B", False)),  # for 5 s
        *(assigned(20, "B", True), assigned(22, "A", False)),  # for 2 s
    )
    figures = checks.at_most_one_leader(history).figures
    assert (figures["longest_s"], figures["overlap_s"]) == (5, 8)


def test_two_that_lead_for_just_the_slack_do_not_count():
    history = run_of(assigned(10, "B", True), assigned(11, "A", False))
    assert checks.at_most_one_leader(history, slack_s=1).outcome == "held"
    assert checks.at_most_one_leader(history, slack_s=0.9).outcome == "broken"


def test_without_a_leader_nothing_is_known():
    nobody = History([started(0, "A")])
    assert checks.at_most_one_leader(nobody) == Verdict(ONE, "unknown", "Nobody ever led.")
    assert checks.always_a_leader(nobody) == Verdict(ALWAYS, "unknown", "Nobody ever led.")


# Never nobody for long

ALWAYS = "There is always a leader, but for 10 s at most."


def test_the_longest_time_without_a_leader_decides():
    history = run_of(
        *(assigned(5, "A", False), assigned(8, "B", True)),  # 3 s without a leader
        *(cut(18, "B"), assigned(20, "B", False), assigned(80, "A", True)),  # 60 s
        *(assigned(90, "A", False), assigned(91, "A", True)),  # 1 s
        end=100,
    )
    assert checks.always_a_leader(history) == Verdict(
        ALWAYS,
        "broken",
        "Nobody led for 64.00 s in all, 60.00 s at the longest.",
        (
            "5.000 to 8.000 s: nobody for 3.00 s, after no fault",
            "20.000 to 80.000 s: nobody for 60.00 s, after cut of B at 18.000 s",
            "90.000 to 91.000 s: nobody for 1.00 s, after cut of B at 18.000 s",
        ),
        {"total_s": 64, "longest_s": 60, "gaps": 3},
    )


def test_a_leader_all_the_time_keeps_the_promise():
    assert checks.always_a_leader(run_of()) == Verdict(
        ALWAYS,
        "held",
        "Nobody led for 0.00 s in all, 0.00 s at the longest.",
        (),
        {"total_s": 0, "longest_s": 0, "gaps": 0},
    )


def test_nobody_may_lead_for_just_as_long_as_is_allowed():
    history = run_of(assigned(5, "A", False), assigned(8, "B", True))
    verdict = checks.always_a_leader(history, patience_s=3)
    assert (verdict.outcome, verdict.claim) == (
        "held",
        "There is always a leader, but for 3 s at most.",
    )


def test_without_the_workers_lives_nothing_is_known_of_time_without_a_leader():
    assert checks.always_a_leader(History([assigned(1, "A", True), ended(40)])) == Verdict(
        ALWAYS, "unknown", "No worker was seen to start."
    )


def test_time_before_the_first_leader_and_after_the_last_life_needs_none():
    run = [started(0, "A"), assigned(20, "A", True), exited(30, "A"), ended(90)]
    assert checks.always_a_leader(History(run)).figures["total_s"] == 0
    assert checks.always_a_leader(run_of(ending(20), exited(21, "A"))).figures["total_s"] == 0


def test_two_leaders_are_told_with_the_length_of_their_overlap():
    history = History([assigned(0, "A", True), assigned(3, "B", True), assigned(7.5, "A", False)])
    verdict = checks.at_most_one_leader(history)
    assert verdict.outcome == "broken"
    assert verdict.figures == {
        "overlap_s": 4.5,
        "longest_s": 4.5,
        "acting_s": 4.5,
        "cut_s": 0,
        "leaderships": 2,
    }
    assert "for 4.50 s, all of it" in verdict.finding
    assert verdict.evidence == ("3.000 to 7.500 s: A (generation None) and B (generation None)",)


def test_time_in_which_a_leader_stood_frozen_is_not_acting():
    history = History(
        [
            *(assigned(0, "A", True), frozen(1, "A"), assigned(3, "B", True)),
            *(thawed(7, "A"), assigned(7.5, "A", False)),
        ]
    )
    figures = checks.at_most_one_leader(history).figures
    assert (figures["overlap_s"], figures["acting_s"]) == (4.5, 0.5)


def test_a_third_workers_freeze_does_not_excuse_two_leaders():
    history = History(
        [frozen(0, "C"), assigned(0, "A", True), assigned(3, "B", True), assigned(5, "A", False)]
    )
    assert checks.at_most_one_leader(history).figures["acting_s"] == 2


def test_time_with_three_leaders_counts_once():
    history = History(
        [assigned(0, "A", True), assigned(0, "B", True), assigned(0, "C", True), ended(4)]
    )
    verdict = checks.at_most_one_leader(history)
    assert verdict.figures["overlap_s"] == 4
    assert len(verdict.evidence) == 3


def test_a_leader_that_follows_at_once_is_no_second_leader():
    history = History([assigned(0, "A", True), exited(3, "A"), assigned(3, "B", True), ended(5)])
    verdict = checks.at_most_one_leader(history)
    assert verdict.outcome == "held"
    assert verdict.evidence == (
        "A: 0.000 to 3.000 s, generation None",
        "B: 3.000 to 5.000 s and on, generation None",
    )


def test_without_a_leader_nothing_is_known_of_two():
    assert checks.at_most_one_leader(History([assigned(0, "A", False)])).outcome == "unknown"


def at(partition, offset, greeting):
    return dataclasses.replace(stored(1, greeting, offset), partition=partition)


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


def test_two_of_three_leaders_that_run_are_acting():
    history = History(
        [
            *(assigned(0, "A", True), frozen(5, "A"), assigned(10, "B", True)),
            *(assigned(15, "C", True), thawed(35, "A"), ended(35)),
        ]
    )
    assert checks.at_most_one_leader(history).figures["acting_s"] == 20
