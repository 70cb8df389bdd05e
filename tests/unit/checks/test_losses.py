"""What follows when a leader is lost: each verdict as readers see it, and its time."""

import pytest
from histories import (
    assigned,
    cut,
    ended,
    ending,
    exited,
    frozen,
    healed,
    interrupted,
    killed,
    published,
    run_of,
    started,
    thawed,
)

from electionlab import checks
from electionlab.checks import Verdict
from electionlab.history.history import History

AFTER = "After each loss of the leader another worker takes over."


def after(*events, **options):
    return checks.new_leader_after_each_loss(run_of(*events, **options))


def test_losses_are_told_with_how_long_the_successor_took():
    verdict = after(
        *(cut(4, "A"), assigned(10, "B", True), published(11, "B"), healed(15, "A")),
        *(assigned(16, "A", False, line=8), assigned(20, "B", False), assigned(21, "A", True)),
        published(22, "A"),
    )
    assert verdict == Verdict(
        AFTER,
        "held",
        "From the fault to the successor's first publish: median 4.50 s (2.00 to 7.00 s, 2 times).",
        (
            "16.000 s, worker A, line 8 of its log: lost by assignment; B published 7.00 s "
            "after cut of A at 4.000 s",
            "20.000 s, worker B: lost by assignment; A published 2.00 s later",
        ),
        {"median_s": 4.5, "longest_s": 7, "losses": 2},
    )


def test_losses_without_a_successor_are_told_first():
    verdict = after(
        *(killed(5, "A"), exited(5, "A"), assigned(8, "B", True), published(9, "B")),
        *(started(10, "A"), killed(20, "B"), exited(20, "B")),
    )
    assert verdict == Verdict(
        AFTER,
        "broken",
        "Losses without a successor: 1 of 2.",
        (
            "20.000 s, worker B: lost by exit, and nobody published after it",
            "5.000 s, worker A: lost by exit; B published 4.00 s after kill -9 of A at 5.000 s",
        ),
    )


def test_without_a_loss_nothing_is_known():
    assert after() == Verdict(AFTER, "unknown", "No leader was lost while others ran.")


def test_a_loss_while_nobody_else_runs_is_told_and_counts_for_nothing():
    verdict = after(exited(5, "A"), workers="A")
    assert verdict == Verdict(
        AFTER,
        "unknown",
        "No leader was lost while others ran.",
        ("5.000 s, worker A: lost by exit, and no other worker was running",),
    )


def test_a_leader_that_is_lost_after_the_end_of_the_run_is_no_loss():
    verdict = after(ending(20), exited(21, "A"), assigned(22, "B", True), published(23, "B"))
    assert (verdict.outcome, verdict.evidence) == ("unknown", ())


def test_a_leader_that_is_lost_as_the_run_ends_is_told():
    verdict = after(exited(20, "A"), ending(20))
    assert verdict.evidence == (
        "20.000 s, worker A: lost by exit, and the run was over 0.00 s later",
    )


@pytest.mark.parametrize(("ends", "outcome"), [(19, "unknown"), (20, "broken")])
def test_a_loss_is_no_test_where_all_others_ended_before_the_run(ends, outcome):
    verdict = after(exited(5, "A"), exited(ends, "B"), ending(20))
    assert verdict.outcome == outcome


def test_a_successor_that_led_before_and_is_given_leadership_anew_took_over():
    # B leads from 3 s on and does not notice that A was given leadership at 6 s.
    verdict = after(
        *(assigned(1.5, "A", False), assigned(3, "B", True), assigned(6, "A", True)),
        *(exited(10, "A"), published(11, "B"), assigned(12, "B", True), published(13, "B")),
    )
    assert verdict.evidence[-1] == "10.000 s, worker A: lost by exit; B published 3.00 s later"


# Whose fault, and who took over


def test_a_fault_of_another_worker_is_not_where_the_time_counts_from():
    verdict = after(frozen(3, "B"), exited(5, "A"), assigned(8, "B", True), published(9, "B"))
    assert verdict.evidence == ("5.000 s, worker A: lost by exit; B published 4.00 s later",)


def test_a_fault_after_leadership_has_moved_is_not_where_the_time_counts_from():
    verdict = after(
        *(assigned(10, "B", True), published(11, "B"), frozen(12, "A"), published(14, "B")),
        *(assigned(16, "A", False), published(17, "B")),
    )
    assert verdict.evidence == ("16.000 s, worker A: lost by assignment; B published 1.00 s later",)


def test_a_publish_of_who_does_not_lead_is_no_takeover_while_another_leads():
    verdict = after(
        *(exited(5, "A"), assigned(7, "B", True), published(8, "C"), published(9, "B")),
        workers="ABC",
    )
    assert verdict.evidence == ("5.000 s, worker A: lost by exit; B published 4.00 s later",)


def test_two_leaders_that_are_lost_at_once_are_two_losses():
    verdict = after(
        *(assigned(3, "B", True), exited(5, "A"), exited(5, "B"), assigned(8, "C", True)),
        published(9, "C"),
        workers="ABC",
    )
    assert verdict.evidence == (
        "5.000 s, worker A: lost by exit; C published 4.00 s later",
        "5.000 s, worker B: lost by exit; C published 4.00 s later",
    )


@pytest.mark.parametrize("other", [exited(5, "B"), started(5, "C")], ids=["ends", "starts"])
def test_a_worker_that_ends_or_starts_just_then_is_no_heir(other):
    workers = "AB" if other.worker == "B" else "A"
    told = ("5.000 s, worker A: lost by exit, and no other worker was running",)
    assert after(exited(5, "A"), other, workers=workers).evidence == told


def test_the_run_has_to_go_on_for_10_s_after_a_loss():
    assert after(exited(30, "A")).outcome == "broken"
    assert after(exited(31, "A")).outcome == "unknown"


def lost_at(loss, *others):
    """A leads from 1 s until `loss`; B, started at 0 s, leads from 8 s and publishes at 9 s."""
    begin = [started(0, "A"), started(0, "B"), assigned(1, "A", True)]
    successor = [assigned(8, "B", True), published(9, "B")]
    return History([*begin, *successor, loss, *others, ended(30)])


def test_the_time_to_a_new_leader_counts_from_the_kill_to_its_first_publish():
    verdict = checks.new_leader_after_each_loss(lost_at(killed(4, "A")))
    assert verdict.outcome == "held"
    assert verdict.figures == {"median_s": 5, "longest_s": 5, "losses": 1}
    assert verdict.evidence == (
        "4.000 s, worker A: lost by exit; B published 5.00 s after kill -9 of A at 4.000 s",
    )


def test_the_time_counts_from_the_freeze_that_led_to_the_loss():
    history = lost_at(assigned(12, "A", False), frozen(3, "A"), thawed(11, "A"))
    assert checks.new_leader_after_each_loss(history).figures["longest_s"] == 6


def test_a_fault_before_the_leadership_is_not_its_cause():
    history = lost_at(exited(4, "A"), frozen(0.2, "A"), thawed(0.4, "A"))
    assert checks.new_leader_after_each_loss(history).figures["longest_s"] == 5


def test_a_publish_before_the_fault_is_no_take_over():
    history = lost_at(exited(14, "A"))
    assert checks.new_leader_after_each_loss(history).outcome == "broken"


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


def test_many_lives_and_faults_are_told_apart():
    lives = []
    for number in range(20):
        begin = 100.0 * number
        lives += [started(begin, "A"), started(begin, "B"), assigned(begin + 1, "A", True)]
        lives += [killed(begin + 50, "A"), exited(begin + 50, "A", 137)]
        lives += [assigned(begin + 57, "B", True), published(begin + 58, "B")]
        lives += [interrupted(begin + 90, "B"), exited(begin + 91, "B")]
    verdict = checks.new_leader_after_each_loss(History([*lives, ended(2000)]))
    assert verdict.figures == {"median_s": 8, "longest_s": 8, "losses": 20}
    assert sum("no other worker was running" in line for line in verdict.evidence) == 20
