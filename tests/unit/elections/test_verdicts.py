"""Verdicts over rounds of several elections."""

import pytest

from electionlab.elections import verdicts
from electionlab.elections.model import Round


def made(election="etcd", fault="freeze", leaderless_s=6.0, *, stale=0, passed=0, wronged=0):
    return Round(election, fault, leaderless_s, 0.0, 5, stale, passed, wronged)


@pytest.mark.parametrize(
    ("measured", "without", "with_check"),
    [
        ([made()], "held", "held"),
        ([made(), made(stale=1)], "broken", "held"),
        ([made(stale=2, passed=1)], "broken", "broken"),
        ([made(wronged=1)], "held", "broken"),
        ([], "unknown", "unknown"),
    ],
)
def test_a_check_of_tokens_lets_nothing_late_through_and_refuses_nothing_else(
    measured, without, with_check
):
    assert verdicts.keeps_late_greetings_out(measured, checked=False).outcome == without
    assert verdicts.keeps_late_greetings_out(measured, checked=True).outcome == with_check


def test_the_evidence_names_election_and_fault():
    measured = [made(stale=2), made("redis", "cut", stale=1, passed=1, wronged=3)]
    verdict = verdicts.keeps_late_greetings_out(measured, checked=False)
    assert verdict.evidence == ("etcd, freeze: 2 too late", "Redis, cut: 1 too late")
    assert verdict.figures == {"rounds": 2, "late": 3, "in_rounds": 2, "wronged": 0}
    verdict = verdicts.keeps_late_greetings_out(measured, checked=True)
    assert verdict.evidence == ("Redis, cut: 1 too late", "Redis, cut: 3 in time and refused")
    assert "3 in time were refused." in verdict.finding


@pytest.mark.parametrize(
    ("times", "outcome"),
    [([0.1, 2.9], "held"), ([0.1, 3.0], "broken"), ([None], "unknown"), ([], "unknown")],
)
def test_a_death_was_heard_of_if_the_next_acts_in_half_a_session(times, outcome):
    measured = [made("postgresql", "kill", time) for time in times]
    others = [made("redis", "kill", 6.0), made("postgresql", "freeze", 6.0)]
    assert verdicts.hears_of_a_death(measured + others, "postgresql").outcome == outcome


def test_the_ledger_asks_recorded_rounds_and_those_of_a_build():
    recorded, here = [made(stale=1), made("fenced")], [made(stale=2), made("fenced", stale=1)]
    outcomes = {name: one.outcome for name, one in verdicts.findings(recorded, here).items()}
    assert outcomes == {
        "all taken, recorded": "broken",
        "tokens checked, recorded": "held",
        "fenced, recorded": "held",
        "tokens checked, here": "held",
        "fenced, here": "broken",
    }


def test_a_fenced_leader_is_judged_without_tokens():
    assert verdicts.unfenced([made("fenced"), made("redis")]) == [made("redis")]
