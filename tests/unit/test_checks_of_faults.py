"""What the checks make of lost leaders, freezes, faults at once, and workers that come back."""

import pytest
from literal import (
    assigned,
    blocked,
    broker_killed,
    broker_started,
    cut,
    ended,
    exited,
    frozen,
    healed,
    interrupted,
    joined,
    killed,
    published,
    run_of,
    started,
    thawed,
)

from electionlab import checks
from electionlab import events as ev
from electionlab.history import History

# new_leader_after_each_loss


def taken_over(history):
    """By each loss: what the evidence says after the first semicolon or comma."""
    verdict = checks.new_leader_after_each_loss(history)
    return verdict.outcome, [line.rpartition("lost by ")[2] for line in verdict.evidence]


def test_a_cut_leaders_successor_counts_from_the_cut():
    history = run_of(
        *(cut(4, "A"), published(6, "A"), published(8, "A"), assigned(10, "B", True)),
        *(published(11, "B"), published(12, "A"), healed(15, "A"), assigned(16, "A", False)),
    )
    assert taken_over(history) == ("held", ["assignment; B published 7.00 s later"])
    assert checks.only_the_leader_publishes(history).outcome == "held"


def test_a_fault_on_top_of_another_does_not_make_the_time_shorter():
    history = run_of(
        *(cut(4, "A"), frozen(9, "A"), thawed(9.5, "A"), assigned(10, "B", True)),
        *(published(11, "B"), healed(15, "A"), assigned(16, "A", False)),
    )
    assert taken_over(history) == ("held", ["assignment; B published 7.00 s later"])


def test_a_fault_after_leadership_has_moved_is_not_its_cause():
    history = run_of(
        *(cut(4, "A"), assigned(10, "B", True), published(11, "B"), killed(13, "A")),
        *(exited(13, "A", 137), published(13.5, "B")),
    )
    assert taken_over(history) == ("held", ["exit; B published 7.00 s later"])


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
        ["exit; C published 7.00 s later", "assignment; B published 7.00 s later"],
    )


def test_who_was_replaced_and_is_given_leadership_anew_is_a_successor():
    history = run_of(
        *(cut(4, "A"), assigned(10, "B", True), published(11, "B"), published(12.5, "A")),
        *(killed(12, "B"), exited(12, "B", 137), healed(13, "A"), assigned(15, "A", True)),
        published(15.5, "A"),
    )
    assert taken_over(history) == ("held", ["exit; A published 3.50 s later"])


def test_a_new_life_under_the_same_name_is_another_worker():
    history = run_of(
        *(killed(4, "A"), exited(4, "A", 137), started(5, "A"), assigned(11, "A", True)),
        published(12, "A"),
    )
    assert taken_over(history) == ("held", ["exit; A published 8.00 s later"])


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


def test_a_loss_after_which_all_others_end_is_no_test():
    history = run_of(killed(4, "A"), exited(4, "A"), killed(5, "B"), exited(5, "B"))
    assert taken_over(history) == ("unknown", ["exit, and all others ended as well"])


def test_a_loss_shortly_before_the_end_is_no_test():
    history = run_of(killed(35, "A"), exited(35, "A"))
    assert taken_over(history) == ("unknown", ["exit, and the run was over 5.00 s later"])


# leader_moved_only_for_a_reason


def moved(*events, end=40):
    """Leadership goes from A to B at 20 s."""
    history = run_of(assigned(20, "A", False), assigned(20.1, "B", True), *events, end=end)
    return checks.leader_moved_only_for_a_reason(history)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([killed(15, "A"), exited(15, "A")], "kill -9 of A at 15.000 s"),
        ([interrupted(18, "A")], "Ctrl+C of A at 18.000 s"),
        ([frozen(5, "A"), thawed(19, "A")], "freeze of A at 5.000 s"),
        ([frozen(5, "A"), thawed(12, "A")], "freeze of A at 5.000 s"),
        ([cut(9, "A")], "cut of A at 9.000 s"),
        ([blocked(9, "A", 8)], "blocked loop of A at 9.000 s"),
        ([ev.WorkerSlowed(time=3, worker="A", delay_s=2)], "slow network of A at 3.000 s"),
        ([broker_killed(9), broker_started(12)], "outage of broker 1 at 9.000 s"),
        ([exited(16, "A")], "the end of A at 16.000 s"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_leadership_moves_for(events, reason):
    verdict = moved(*events)
    assert verdict.outcome == "held"
    assert verdict.evidence == (f"20.100 s: from A to B, after {reason}",)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [killed(19, "B"), started(19.5, "B")],
        [cut(18, "C")],
        [frozen(5, "A"), thawed(9, "A")],
        [killed(21, "A")],
    ],
    ids=["nothing", "a fault of the new one", "of another", "long over", "afterwards"],
)
def test_leadership_does_not_move_for(events):
    verdict = moved(*events)
    assert verdict.outcome == "broken"
    assert verdict.figures == {"moves": 1, "needless": 1, "returned": 0}


def test_leadership_given_back_to_who_never_knew_it_was_gone_is_a_move():
    history = run_of(
        *(joined(1, "A", 1), cut(4, "A"), joined(10, "B", 2), assigned(10, "B", True)),
        *(healed(30, "A"), joined(31, "A", 3), joined(31, "B", 3)),
        *(assigned(31, "B", False), assigned(31.1, "A", True)),
    )
    verdict = checks.leader_moved_only_for_a_reason(history)
    assert verdict.figures == {"moves": 2, "needless": 1, "returned": 1}
    assert verdict.evidence[0].startswith("31.100 s: from B to A, generation 3, though nothing")


def test_an_assignment_told_late_is_no_move():
    history = run_of(
        *(joined(1, "A", 1), frozen(4, "A"), joined(10, "B", 2), assigned(10, "B", True)),
        *(thawed(14, "A"), assigned(14, "A", True), joined(15, "A", 3), joined(15, "B", 3)),
        *(assigned(15, "A", False), assigned(15, "B", True)),
    )
    figures = checks.leader_moved_only_for_a_reason(history).figures
    assert (figures["moves"], figures["needless"]) == (1, 0)


def test_a_long_session_does_not_hide_the_reason():
    history = run_of(killed(4, "A"), exited(4, "A"), assigned(70, "B", True), end=80)
    verdict = checks.leader_moved_only_for_a_reason(history)
    assert verdict.evidence == ("70.000 s: from A to B, after kill -9 of A at 4.000 s",)


def test_each_move_tells_its_fault_and_how_long_it_took():
    history = run_of(
        *(cut(4, "A"), assigned(10, "B", True), published(11, "B"), published(12, "A")),
        *(healed(14, "A"), assigned(15, "B", False), assigned(15, "A", True)),
        *(published(16, "A"), cut(25, "A"), assigned(32, "B", True), published(33, "B")),
        *(healed(34, "A"), assigned(35, "A", False)),
    )
    told = [
        (move.former, move.worker, move.fault and move.fault.what, move.took_s, move.returned)
        for move in checks.moves(history)
    ]
    assert told == [
        ("A", "B", "cut", 7, False),
        ("B", "A", None, None, True),
        ("A", "B", "cut", 8, False),
    ]


def test_a_fault_older_than_the_leadership_has_no_duration():
    slow = ev.WorkerSlowed(time=0.5, worker="A", delay_s=2)
    move = checks.moves(run_of(slow, assigned(20, "B", True), published(21, "B")))[0]
    assert (move.fault.what, move.took_s) == ("slow network", None)
    assert checks.moves(run_of(cut(9, "A"), assigned(20, "B", True)))[0].took_s is None
