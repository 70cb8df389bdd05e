"""The ledger's storms: each promise that storms judge has a row, told from what was recorded."""

import tomllib
from dataclasses import replace

import pytest

from electionlab.book import claims, claims_storms
from electionlab.storm import promises, recordings

PROMISES = [promise.name for promise in promises.PROMISES if promise.rule != "is reported"]
RECORDED = recordings.load()


def row(check, storms=RECORDED):
    _, every = claims_storms.rows(storms)
    return next(one for one in every if one.summary.check == check)


def with_causes(check, outcome, **causes):
    (one, *others) = RECORDED
    found = {**one.checks, check: {"outcome": outcome, "causes": causes}}
    return [replace(one, checks=found), *others]


def test_each_promise_that_storms_judge_has_a_row_and_something_to_do():
    ledger = tomllib.loads(claims.LEDGER.read_text(encoding="utf-8"))
    assert list(ledger["storm"]) == PROMISES
    _, every = claims_storms.rows()
    assert [one.summary.check for one in every] == PROMISES
    assert all(one.so for one in every)


def test_the_rows_say_how_many_rounds_stand_behind_them_and_where_they_were_recorded():
    head, _ = claims_storms.rows()
    rounds = sum(storm.rounds for storm in RECORDED)
    assert head.startswith(f"{len(RECORDED)} storms, {rounds} rounds, recorded on 20")
    assert all(storm.machine in head and storm.date in head for storm in RECORDED)
    assert row("always_a_leader").words == f"{rounds} rounds."


def test_a_broken_promise_says_in_how_many_storms_how_often_and_by_what():
    broken = row("at_most_one_leader", with_causes("at_most_one_leader", "broken", cut=1)[:1])
    assert broken.verdict == "✗ broken in 1 of 1 storms"
    assert broken.words.endswith(" rounds. Broken 1 time, by: cut (1).")


def test_nothing_is_wrong_with_what_was_recorded():
    _, every = claims_storms.rows()
    assert [one.trouble for one in every if one.trouble] == []


@pytest.mark.parametrize(
    ("check", "outcome", "causes", "trouble"),
    [
        ("at_most_one_leader", "broken", {"": 2}, "2 breaches without a cause"),
        ("at_most_one_leader", "broken", {"kill -9": 1}, "two leaders after kill -9"),
        ("at_most_one_leader", "broken", {"freeze": 1}, ""),
        ("no_stale_publishes", "broken", {"kill -9": 1}, ""),
        ("broker_knows_one_leader", "broken", {}, "must hold, and a storm broke it"),
    ],
)
def test_what_contradicts_the_ledger_is_noticed(check, outcome, causes, trouble):
    assert row(check, with_causes(check, outcome, **causes)[:1]).trouble == trouble


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [("only-one-leader-ever", "broken"), ("new-leader-after-loss", "held")],
)
def test_a_claim_that_storms_judge_too_has_their_outcome(claim, outcome):
    assert claims_storms.outcomes(claim) == {"the recorded storms": outcome}


def test_a_claim_that_storms_do_not_judge_has_none():
    assert claims_storms.outcomes("leadership-is-sticky") == {}
