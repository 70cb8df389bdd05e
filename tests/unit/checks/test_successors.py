"""Who takes over from a lost leader, and who could have."""

import pytest
from histories import (
    assigned,
    broker_killed,
    cut,
    ended,
    exited,
    frozen,
    healed,
    killed,
    published,
    run_of,
    started,
    thawed,
)

from electionlab import checks
from electionlab.history.history import History

# Who is started later


def newcomer_takes_over(*events, workers="AB", begun=600, end=700):
    """A is killed at 10 s; D is started 10 minutes later, and leads and publishes."""
    run = [*(started(0, worker) for worker in workers), assigned(1, "A", True), killed(10, "A")]
    run += [exited(10, "A", 137), started(begun, "D")]
    run += [assigned(begun + 4, "D", True), published(begun + 5, "D")]
    return checks.new_leader_after_each_loss(History([*run, *events, ended(end)]))


def test_a_worker_that_ended_by_itself_could_not_take_over():
    assert newcomer_takes_over(exited(300, "B")).outcome == "held"
    assert newcomer_takes_over(exited(605, "B")).outcome == "held"
    assert newcomer_takes_over(exited(606, "B")).outcome == "broken"


def test_one_idle_worker_of_two_should_have_taken_over():
    assert newcomer_takes_over(exited(300, "B"), workers="ABC").outcome == "broken"


@pytest.mark.parametrize(("begun", "outcome"), [(20, "held"), (21, "broken")])
def test_a_worker_that_is_started_within_10_s_of_the_loss_may_take_over(begun, outcome):
    assert newcomer_takes_over(begun=begun).outcome == outcome


def test_a_worker_that_was_broken_meanwhile_could_not_take_over():
    assert newcomer_takes_over(frozen(5, "B")).outcome == "held"
    assert newcomer_takes_over(frozen(610, "B")).outcome == "broken"


def test_while_a_broker_is_down_nobody_can_take_over():
    assert newcomer_takes_over(broker_killed(300)).outcome == "held"
    assert newcomer_takes_over(broker_killed(650)).outcome == "broken"


def test_a_newcomer_is_not_late_because_another_was_started_later():
    late = started(400, "E")
    assert newcomer_takes_over(late, begun=15, end=700).outcome == "held"


def test_a_publish_by_a_worker_that_does_not_lead_is_no_take_over():
    history = History(
        [
            *(started(0, "A"), started(0, "B"), assigned(1, "A", True), killed(4, "A")),
            *(published(5, "B"), ended(20)),
        ]
    )
    verdict = checks.new_leader_after_each_loss(history)
    assert verdict.outcome == "broken"
    assert "Losses without a successor: 1 of 1." in verdict.finding


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


def taken_over(history):
    """By each loss: what the evidence says after the first semicolon or comma."""
    verdict = checks.new_leader_after_each_loss(history)
    return verdict.outcome, [line.rpartition("lost by ")[2] for line in verdict.evidence]


def test_a_cut_leaders_successor_counts_from_the_cut():
    history = run_of(
        *(cut(4, "A"), published(6, "A"), published(8, "A"), assigned(10, "B", True)),
        *(published(11, "B"), published(12, "A"), healed(15, "A"), assigned(16, "A", False)),
    )
    assert taken_over(history) == (
        "held",
        ["assignment; B published 7.00 s after cut of A at 4.000 s"],
    )
    assert checks.only_the_leader_publishes(history).outcome == "held"


def test_a_fault_on_top_of_another_does_not_make_the_time_shorter():
    history = run_of(
        *(cut(4, "A"), frozen(9, "A"), thawed(9.5, "A"), assigned(10, "B", True)),
        *(published(11, "B"), healed(15, "A"), assigned(16, "A", False)),
    )
    assert taken_over(history) == (
        "held",
        ["assignment; B published 7.00 s after cut of A at 4.000 s"],
    )


def test_a_fault_after_leadership_has_moved_is_not_its_cause():
    history = run_of(
        *(cut(4, "A"), assigned(10, "B", True), published(11, "B"), killed(13, "A")),
        *(exited(13, "A", 137), published(13.5, "B")),
    )
    assert taken_over(history) == ("held", ["exit; B published 7.00 s after cut of A at 4.000 s"])


def test_a_fault_that_was_over_long_ago_is_not_the_cause():
    history = run_of(
        *(frozen(2, "A"), thawed(3, "A"), exited(20, "A"), assigned(22, "B", True)),
        published(23, "B"),
    )
    assert taken_over(history) == ("held", ["exit; B published 3.00 s later"])


def test_who_was_replaced_and_does_not_know_is_no_successor():
    history = run_of(
        *(cut(4, "A"), assigned(10, "B", True), published(11, "B"), killed(12, "B")),
        *(exited(12, "B", 137), published(12.5, "A"), assigned(18, "C", True)),
        *(published(19, "C"), healed(25, "A"), assigned(26, "A", False)),
        workers="ABC",
    )
    assert taken_over(history) == (
        "held",
        [
            "exit; C published 7.00 s after kill -9 of B at 12.000 s",
            "assignment; B published 7.00 s after cut of A at 4.000 s",
        ],
    )


def test_who_was_replaced_and_is_given_leadership_anew_is_a_successor():
    history = run_of(
        *(cut(4, "A"), assigned(10, "B", True), published(11, "B"), published(12.5, "A")),
        *(killed(12, "B"), exited(12, "B", 137), healed(13, "A"), assigned(15, "A", True)),
        published(15.5, "A"),
    )
    assert taken_over(history) == (
        "held",
        ["exit; A published 3.50 s after kill -9 of B at 12.000 s"],
    )


def test_a_new_life_under_the_same_name_is_another_worker():
    history = run_of(
        *(killed(4, "A"), exited(4, "A", 137), started(5, "A"), assigned(11, "A", True)),
        published(12, "A"),
    )
    assert taken_over(history) == (
        "held",
        ["exit; A published 8.00 s after kill -9 of A at 4.000 s"],
    )


def test_a_loss_after_which_all_others_end_is_no_test():
    history = run_of(killed(4, "A"), exited(4, "A"), killed(5, "B"), exited(5, "B"))
    assert taken_over(history) == ("unknown", ["exit, and all others ended as well"])


def test_a_loss_shortly_before_the_end_is_no_test():
    history = run_of(killed(35, "A"), exited(35, "A"))
    assert taken_over(history) == ("unknown", ["exit, and the run was over 5.00 s later"])


def test_a_publish_just_before_the_gain_is_logged_is_the_successors_first():
    run = [started(0, "A"), started(0, "B"), assigned(1, "A", True), killed(4, "A")]
    run += [published(9.995, "B"), assigned(10, "B", True), published(12, "B"), ended(20)]
    verdict = checks.new_leader_after_each_loss(History(run))
    assert verdict.figures["longest_s"] == pytest.approx(5.995)
    (move,) = checks.moves(History(run))
    assert move.published.time == 9.995


def after_the_kill(*events):
    """A leads and is killed at 10 s; B runs on."""
    run = [started(0, "A"), started(0, "B"), assigned(1, "A", True), killed(10, "A")]
    history = History([*run, exited(10, "A"), *events, ended(700)])
    return checks.new_leader_after_each_loss(history)


def newcomer(begun, *events):
    """C is started, and leads and publishes 5 s later."""
    led = [assigned(begun + 4, "C", True), published(begun + 5, "C")]
    return after_the_kill(started(begun, "C"), *led, *events)


def test_a_newcomer_long_after_is_no_successor_while_another_worker_idles():
    verdict = newcomer(600)
    assert verdict.outcome == "broken"
    assert "only C, started later, published after it" in verdict.evidence[0]


@pytest.mark.parametrize(
    "events",
    [[killed(300, "B"), exited(300, "B")], [cut(300, "B"), healed(310, "B")], [broker_killed(300)]],
    ids=["ended", "cut off", "without a broker"],
)
def test_a_newcomer_is_a_successor_if_no_other_worker_could_take_over(events):
    assert newcomer(600, *events).outcome == "held"


def test_a_newcomer_that_is_started_soon_is_a_successor():
    assert newcomer(15).outcome == "held"
