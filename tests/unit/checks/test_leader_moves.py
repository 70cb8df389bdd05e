"""How leadership moves, for which reason, and what is no move: each verdict as readers see it."""

import pytest
from histories import (
    assigned,
    blocked,
    broker_killed,
    broker_started,
    cut,
    ended,
    ending,
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
from electionlab.checks import Verdict
from electionlab.history import events as ev
from electionlab.history.history import Fault, History

REASON = "Leadership moves only when something happens to the leader."


def reasons(*events):
    return checks.leader_moved_only_for_a_reason(run_of(*events))


def test_a_move_is_told_with_its_fault_and_the_first_publish_after_it():
    publish = published(11, "B")
    history = run_of(
        *(cut(4, "A"), joined(10, "B", 2), assigned(10, "B", True)),
        *(published(10.5, "A"), publish, published(13, "B")),
    )
    assert checks.moves(history) == [
        checks.Move(
            time=10,
            former="A",
            former_since=1,
            worker="B",
            generation=2,
            fault=Fault("A", 4, 40, False, what="cut"),
            reason="cut of A at 4.000 s",
            returned=False,
            published=publish,
        )
    ]


def test_leadership_that_a_killed_worker_was_given_is_nobodys():
    history = run_of(killed(9, "A"), assigned(9.5, "A", True), assigned(12, "B", True))
    (move,) = checks.moves(history)
    assert (move.former, move.former_since, move.worker) == ("A", 1, "B")
    history = run_of(killed(9, "B"), assigned(9.5, "B", True))
    assert checks.moves(history) == []


def test_a_publish_before_the_move_is_not_the_new_leaders_first():
    (move,) = checks.moves(run_of(published(9.8, "B"), assigned(10, "B", True)))
    assert move.published is None


def test_leadership_that_moves_after_the_end_of_the_run_is_no_move():
    assert checks.moves(run_of(ending(20), assigned(21, "B", True))) == []


def test_leadership_that_moves_as_the_run_ends_is_a_move():
    (move,) = checks.moves(run_of(assigned(20, "B", True), ending(20)))
    assert (move.former, move.worker, move.time) == ("A", "B", 20)


def test_a_worker_that_is_given_leadership_again_does_not_move_it():
    again = assigned(10, "A", True), assigned(15, "B", True)
    assert [(move.former, move.worker) for move in checks.moves(run_of(*again))] == [("A", "B")]


def test_moves_for_a_reason_keep_the_promise():
    assert reasons(cut(4, "A"), assigned(10, "B", True)) == Verdict(
        REASON,
        "held",
        "1 move, each for a reason.",
        ("10.000 s: from A to B, after cut of A at 4.000 s",),
        {"moves": 1, "needless": 0, "returned": 0},
    )


def test_moves_without_a_reason_are_told_with_since_when_the_former_led():
    verdict = reasons(
        *(joined(10, "B", 2), assigned(10, "B", True), assigned(10, "A", False)),
        *(joined(20, "A", 3), assigned(20, "A", True)),
        *(cut(25, "A"), joined(30, "B", 4), assigned(30, "B", True)),
    )
    assert verdict == Verdict(
        REASON,
        "broken",
        "2 of 3 moves without a reason.",
        (
            "10.000 s: from A to B, generation 2, though nothing had been done to A, which had "
            "been given it at 1.000 s",
            "20.000 s: from B to A, generation 3, though nothing had been done to B, which had "
            "been given it at 10.000 s",
        ),
        {"moves": 3, "needless": 2, "returned": 0},
    )


def test_a_move_back_to_who_had_not_noticed_is_told():
    verdict = reasons(
        *(joined(10, "B", 2), assigned(10, "B", True), joined(20, "A", 3)),
        assigned(20, "A", True),
    )
    assert verdict == Verdict(
        REASON,
        "broken",
        "2 of 2 moves without a reason, 1 of them back to who had not noticed.",
        (
            "10.000 s: from A to B, generation 2, though nothing had been done to A, which had "
            "been given it at 1.000 s",
            "20.000 s: from B to A, generation 3, though nothing had been done to B, which had "
            "been given it at 10.000 s; A had led in its own eyes all the time",
        ),
        {"moves": 2, "needless": 2, "returned": 1},
    )


def test_of_leadership_that_never_moved_nothing_is_known():
    figures = {"moves": 0, "needless": 0, "returned": 0}
    assert reasons() == Verdict(REASON, "unknown", "Leadership never moved.", (), figures)


@pytest.mark.parametrize(("end", "outcome"), [(9, "held"), (10, "held"), (11, "broken")], ids=str)
def test_the_end_of_the_leader_is_a_reason_for_what_comes_after_it(end, outcome):
    verdict = reasons(exited(end, "A"), assigned(10, "B", True))
    assert verdict.outcome == outcome
    if outcome == "held":
        assert verdict.evidence == (f"10.000 s: from A to B, after the end of A at {end}.000 s",)


def test_the_end_of_an_earlier_life_is_no_reason():
    run = [started(0, "A"), exited(0.5, "A"), started(0.7, "A"), started(0, "B")]
    run += [assigned(1, "A", True), assigned(10, "B", True), ended(40)]
    assert checks.leader_moved_only_for_a_reason(History(run)).outcome == "broken"


@pytest.mark.parametrize(("generation", "moves"), [(1, 0), (2, 1), (3, 1)])
def test_an_assignment_of_an_older_generation_gives_no_leadership(generation, moves):
    history = run_of(
        *(joined(0.5, "A", 2), joined(9, "B", generation), assigned(10, "B", True)),
    )
    assert len(checks.moves(history)) == moves


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
