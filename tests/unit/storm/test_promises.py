"""What a storm is judged by: each check has its place, and a storm has two of its own."""

from histories import (
    exited,
    run_of,
)
from storms import begun, over

from electionlab import checks
from electionlab.checks import Verdict
from electionlab.storm import promises
from electionlab.storm.promises import PROMISES


def test_each_check_has_its_place():
    placed = [promise.check for promise in PROMISES]
    assert set(placed) >= set(checks.ALL)
    assert len(placed) == len(set(placed))


RECOVERS = "The election recovers after each round."


def test_rounds_that_recover_are_counted():
    history = run_of(over(3, 0), begun(5, 1), over(8, 1), begun(9, 2), over(12, 2))
    assert promises.recovers_after_each_round(history) == Verdict(
        RECOVERS, "held", "2 rounds.", (), {"rounds": 2, "never": 0}
    )


def test_rounds_that_do_not_recover_are_told_with_what_is_missing():
    history = run_of(begun(5, 1), over(8, 1, "nobody leads"), begun(9, 2), over(12, 2))
    assert promises.recovers_after_each_round(history) == Verdict(
        RECOVERS,
        "broken",
        "Not after 1 of them.",
        ("8.000 s, round 1: nobody leads",),
        {"rounds": 2, "never": 1},
    )


def test_without_a_round_no_recovery_is_known():
    assert promises.recovers_after_each_round(run_of(begun(5, 1))) == Verdict(
        RECOVERS, "unknown", "No round has ended."
    )


def test_workers_that_end_by_themselves_are_told():
    claim = "No worker ends by itself."
    assert promises.nobody_ends_by_itself(run_of()) == Verdict(
        claim, "held", "Workers started: 2.", (), {"ended": 0}
    )
    assert promises.nobody_ends_by_itself(run_of(exited(5, "B"), exited(9, "A"))) == Verdict(
        claim,
        "broken",
        "2 did.",
        ("5.000 s: B ended by itself", "9.000 s: A ended by itself"),
        {"ended": 2},
    )
