"""Each check holds, breaks and is unknown where it should, and says what it found."""

import pytest
from literal import (
    assigned,
    blocked,
    ended,
    ending,
    exited,
    frozen,
    killed,
    printed,
    published,
    sound_run,
    started,
    stored,
    thawed,
)

from electionlab import checks
from electionlab.history import History

# at_most_one_leader


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
    assert "for 4.50 s, 4.50 s of it" in verdict.finding
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


# new_leader_after_each_loss


def lost_at(loss, *others):
    """A leads from 1 s until `loss`; B, started at 0 s, leads from 8 s and publishes at 9 s."""
    begin = [started(0, "A"), started(0, "B"), assigned(1, "A", True)]
    successor = [assigned(8, "B", True), published(9, "B")]
    return History([*begin, *successor, loss, *others, ended(30)])


def test_the_time_to_a_new_leader_counts_from_the_kill_to_its_first_publish():
    verdict = checks.new_leader_after_each_loss(lost_at(killed(4, "A")))
    assert verdict.outcome == "held"
    assert verdict.figures == {"median_s": 5, "longest_s": 5, "losses": 1}
    assert verdict.evidence == ("4.000 s, worker A: lost by exit; B published 5.00 s later",)


def test_the_time_counts_from_the_freeze_that_led_to_the_loss():
    history = lost_at(assigned(12, "A", False), frozen(3, "A"), thawed(11, "A"))
    assert checks.new_leader_after_each_loss(history).figures["longest_s"] == 6


def test_a_fault_before_the_leadership_is_not_its_cause():
    history = lost_at(exited(4, "A"), frozen(0.2, "A"), thawed(0.4, "A"))
    assert checks.new_leader_after_each_loss(history).figures["longest_s"] == 5


def test_a_publish_before_the_fault_is_no_take_over():
    history = lost_at(exited(14, "A"))
    assert checks.new_leader_after_each_loss(history).outcome == "broken"


def test_a_publish_by_a_worker_that_does_not_lead_is_no_take_over():
    history = History(
        [
            *(started(0, "A"), started(0, "B"), assigned(1, "A", True), killed(4, "A")),
            *(published(5, "B"), ended(20)),
        ]
    )
    verdict = checks.new_leader_after_each_loss(history)
    assert verdict.outcome == "broken"
    assert "1 of 1 losses had no successor" in verdict.finding


def test_a_leader_that_comes_back_itself_is_no_take_over():
    history = History(
        [
            *(started(0, "A"), started(0, "B"), assigned(1, "A", True), assigned(4, "A", False)),
            *(assigned(6, "A", True), published(7, "A"), ended(20)),
        ]
    )
    assert checks.new_leader_after_each_loss(history).outcome == "broken"


@pytest.mark.parametrize("other", [(0, 3), (5, 9)], ids=["ended before", "started after"])
def test_a_worker_that_did_not_run_at_the_loss_was_no_heir(other):
    begin, end = other
    history = History(
        [
            *(started(0, "A"), assigned(1, "A", True), killed(4, "A")),
            *(started(begin, "B"), exited(end, "B"), ended(20)),
        ]
    )
    assert checks.new_leader_after_each_loss(history).outcome == "unknown"


def test_a_loss_with_nobody_else_running_is_no_test():
    history = History([started(0, "A"), assigned(1, "A", True), killed(4, "A"), ended(9)])
    verdict = checks.new_leader_after_each_loss(history)
    assert verdict.outcome == "unknown"
    assert verdict.evidence == ("4.000 s, worker A: lost by exit, and no other worker was running",)


def test_the_loss_without_a_successor_is_told_first():
    events = [started(0, "A"), started(0, "B"), assigned(1, "A", True), assigned(1, "B", False)]
    events += [published(2, "A"), killed(3, "A"), exited(3, "A", 137), assigned(6, "B", True)]
    events += [published(7, "B"), started(8, "A"), assigned(9, "A", False)]
    events += [killed(20, "B"), exited(20, "B", 137), ended(60)]
    verdict = checks.new_leader_after_each_loss(History(events)).expect("broken")
    assert "20.000 s" in verdict.evidence[0]
    assert any("3.000 s" in line for line in verdict.evidence[1:])


def test_what_is_lost_at_the_end_of_the_run_needs_no_successor():
    history = History(
        [
            *(started(0, "A"), started(0, "B"), assigned(1, "A", True)),
            *(ending(5), exited(6, "A"), exited(6, "B"), ended(7)),
        ]
    )
    assert checks.new_leader_after_each_loss(history).outcome == "unknown"


# only_the_leader_publishes


def test_who_published_is_counted():
    verdict = checks.only_the_leader_publishes(History(sound_run()))
    assert verdict.evidence == ("worker A: 4", "worker B: 4")
    assert verdict.figures == {"publishes": 8, "by_others": 0}


def test_a_strangers_publish_is_told_with_its_log_line():
    history = History([started(0, "A"), assigned(1, "A", True), published(2, "B", line=77)])
    verdict = checks.only_the_leader_publishes(history)
    assert verdict.outcome == "broken"
    assert verdict.evidence == ("2.000 s, worker B, line 77 of its log",)
    assert verdict.figures == {"publishes": 1, "by_others": 1}


# publishes_at_interval


def publishing(*times, others=()):
    return History([assigned(0, "A", True), *(published(time, "A") for time in times), *others])


def test_the_median_gap_is_judged_and_a_single_long_one_is_shown():
    verdict = checks.publishes_at_interval(publishing(2, 4, 6, 8, 11))
    assert verdict.outcome == "held"
    assert verdict.figures == {"median_s": 2, "longest_s": 3, "shortest_s": 2}


@pytest.mark.parametrize(
    ("step", "outcome"), [(1.7, "broken"), (1.85, "held"), (2.15, "held"), (2.3, "broken")]
)
def test_the_interval_holds_within_a_tenth(step, outcome):
    times = [step * count for count in range(1, 6)]
    assert checks.publishes_at_interval(publishing(*times)).outcome == outcome


def test_two_gaps_are_too_few_to_judge():
    verdict = checks.publishes_at_interval(publishing(2, 4, 6))
    assert verdict.outcome == "unknown"
    assert "Only 2 gaps" in verdict.finding


@pytest.mark.parametrize(
    "pause", [[frozen(7, "A"), thawed(19, "A")], [blocked(7, "A", 12)]], ids=["frozen", "blocked"]
)
def test_a_gap_in_which_the_leader_stood_still_does_not_count(pause):
    verdict = checks.publishes_at_interval(publishing(2, 4, 6, 20, 22, others=pause))
    assert verdict.figures["longest_s"] == 2
    assert verdict.outcome == "held"


def test_the_gap_from_one_leader_to_the_next_does_not_count():
    assert checks.publishes_at_interval(History(sound_run())).figures["longest_s"] == 2


def test_the_gap_between_two_leaderships_of_one_worker_does_not_count():
    others = [assigned(7, "A", False), assigned(20, "A", True)]
    verdict = checks.publishes_at_interval(publishing(2, 4, 6, 21, 23, others=others))
    assert verdict.figures["longest_s"] == 2


def test_another_interval_can_be_asked_for():
    verdict = checks.publishes_at_interval(publishing(5, 10, 15, 20), interval_s=5.0)
    assert verdict.outcome == "held"
    assert "every 5 s" in verdict.claim


# each_greeting_printed_once


def test_without_what_the_broker_stored_nothing_is_known_of_greetings():
    history = History([printed(1, "A", "0.1"), printed(2, "A", "0.1")])
    assert checks.each_greeting_printed_once(history).outcome == "unknown"


def test_a_lost_greeting_is_told():
    history = History([stored(1, "0.1"), stored(2, "0.2"), printed(2, "A", "0.2")])
    verdict = checks.each_greeting_printed_once(history)
    assert verdict.evidence == ("0.1 (partition 0): not printed",)
    assert verdict.figures == {"stored": 2, "printed": 1, "lost": 1, "twice": 0}


def test_a_greeting_printed_twice_is_told_with_both_printers():
    history = History([stored(1, "0.1"), printed(2, "A", "0.1"), printed(4, "B", "0.1")])
    verdict = checks.each_greeting_printed_once(history)
    assert verdict.evidence == (
        "0.1 (partition 0): printed by 1.000 s, worker A and 3.000 s, worker B",
    )
    assert verdict.figures == {"stored": 1, "printed": 2, "lost": 0, "twice": 1}


# greetings_spread


def test_four_greetings_or_one_worker_are_too_few_to_judge_the_spread():
    four = [printed(time, "AB"[time % 2], str(time)) for time in range(4)]
    assert checks.greetings_spread(History(four)).outcome == "unknown"
    many = [printed(time, "A", str(time)) for time in range(9)]
    assert checks.greetings_spread(History(many)).outcome == "unknown"


def test_the_share_of_the_busiest_worker_is_told():
    events = [printed(time, "A" if time else "B", str(time)) for time in range(5)]
    verdict = checks.greetings_spread(History(events))
    assert verdict.outcome == "held"
    assert verdict.figures == {"greetings": 5, "workers": 2, "share_largest": 0.8, "left_out": 0}
    assert verdict.finding == "Of 5: A printed 4, B printed 1."
