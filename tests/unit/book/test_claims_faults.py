"""The ledger's faults: each fault of the lab has a row, and what a run shows is judged and told."""

import json
import re

import pytest
from histories import (
    assigned,
    cut,
    ended,
    healed,
    interrupted,
    published,
    run_of,
    sound_run,
    stale_run,
    started,
    stored,
)

from electionlab.book import claims, claims_faults
from electionlab.errors import LabError
from electionlab.history import actions
from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.lab import page_experiments

FAULTS = claims_faults.load()
NOTHING_BREAKS = {"publish_often"}
"""Experiments that only need many greetings."""

ENTRY = """
[[fault]]
key = "cut"
words = "The network is cut"
acts = ["WorkerCut"]
experiment = "cut_off_the_leader"
page = "a-page"
anchor = "a-section"
so = "an-item"
"""


def fault(**changed):
    ledger = {"key": "a fault", "words": "We did something", "acts": [], "experiment": "one"}
    return claims_faults.Fault(**{**ledger, "page": "p", "anchor": "a", "so": "s", **changed})


def two_lead():
    return run_of(started(0, "B"), cut(5, "A"), assigned(10, "B", True), healed(12, "A"))


# The ledger's own entries


@pytest.mark.parametrize("key", claims_faults.PROMISES)
def test_a_notebook_says_of_a_claim_what_the_ledger_says_with_all_faults(key):
    claim = claims.load()[key]
    with_faults = {**{one.key: one.expected[key] for one in FAULTS.values()}, **claim.expected}
    assert claims.in_words(with_faults, claim.condition) == claim.expectation


def test_whatever_the_lab_can_do_to_a_run_has_a_row():
    known = {kind.__name__ for kind in actions.Action.__subclasses__()}
    assert {act for one in FAULTS.values() for act in one.acts} == known


def test_each_experiment_that_breaks_something_has_a_row():
    notebooks = PROJECT.glob("notebooks/*.ipynb")
    every = {each.name for path in notebooks for each in page_experiments.read(path)}
    assert {one.experiment for one in FAULTS.values()} == every - NOTHING_BREAKS


@pytest.mark.parametrize("one", FAULTS.values(), ids=list(FAULTS))
def test_each_fault_is_judged_by_the_section_that_shows_it(one):
    notebook = json.loads((PROJECT / f"{one.page}.ipynb").read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    (section,) = [
        part
        for part in "\n".join(sources).split("\n## ")
        if part.splitlines()[0].lower().replace(" ", "-") == one.anchor
    ]
    assert one.experiment in section
    assert re.search(r"^judge_faults\(", "\n".join(sources), re.MULTILINE)


def test_the_claims_that_judge_every_fault_are_in_the_ledger_with_their_condition():
    for key in claims_faults.PROMISES:
        claim = claims.load()[key]
        expected = {one.expected[key] for one in FAULTS.values()}
        assert claim.condition or expected == {"held"}
        known = {name: FAULTS[name].expected[key] for name in claim.expected if name in FAULTS}
        assert known == {name: claim.expected[name] for name in known}


# What is judged


def test_a_fault_that_keeps_all_promises_is_told_in_four_lines():
    judged = claims_faults.judge_one(fault(), History(sound_run()))
    assert judged.lines == [
        "✓ One led at a time.",
        "✓ Every greeting that arrived was made by the worker that led in Kafka's eyes.",
        "✓ Somebody led in the end. The longest time without a leader: 3.0 s.",
        "The experiment's longest time without a publish: 5.0 s.",
    ]
    assert judged.kind == "held"
    assert judged.in_words() == " ".join(judged.lines).replace("✓ ", "")
    assert judged.in_words(["usable-as-a-mutex"]) == (
        "Every greeting that arrived was made by the worker that led in Kafka's eyes. "
        "The experiment's longest time without a publish: 5.0 s."
    )
    assert claims_faults.FaultJudged(judged.fault, **judged.record) == judged


@pytest.mark.parametrize("key", ["breaks", "may_break"])
def test_two_leaders_are_told_where_they_are_expected(key):
    judged = claims_faults.judge_one(fault(**{key: ("only-one-leader-ever",)}), two_lead())
    assert judged.lines[0] == "✗ Two led at once, for 30.000 s."
    assert judged.kind == "broken"


def test_two_leaders_that_are_not_expected_are_red():
    with pytest.raises(AssertionError, match=r"for 30\.000 s\. \(expected: held\)"):
        claims_faults.judge_one(fault(), two_lead())


def test_a_promise_that_was_to_break_and_held_is_red():
    with pytest.raises(AssertionError, match=r"One led at a time\. \(expected: broken\)"):
        claims_faults.judge_one(fault(breaks=("only-one-leader-ever",)), History(sound_run()))


def test_a_leader_that_leads_on_after_it_was_asked_to_end_contradicts_the_condition():
    history = run_of(started(0, "B"), interrupted(5, "A"), assigned(8, "B", True))
    may = fault(may_break=("only-one-leader-ever",))
    assert claims_faults.led_after_its_end(history) == [("A", 8)]
    with pytest.raises(AssertionError, match=r"A led beside another from 8\.000 s on"):
        claims_faults.judge_one(may, history)


def test_a_cut_off_leader_is_replaced_alive():
    assert claims_faults.led_after_its_end(two_lead()) == []


def test_nobody_who_leads_in_the_end_is_broken():
    history = run_of(assigned(9, "A", False))
    assert claims_faults.somebody_leads(history) == ("broken", "In the end nobody led.")


def test_where_nobody_ever_led_nothing_is_known_and_nothing_is_red():
    history = History([started(0, "A"), ended(9)])
    judged = claims_faults.judge_one(fault(), history)
    assert set(judged.outcomes.values()) == {"unknown"}
    assert judged.pause_s == 9


def test_what_arrives_from_a_replaced_leader_is_counted():
    history = History([*stale_run(), published(15, "A"), stored(15.01, "0.1")])
    outcome, words = claims_faults.one_acts(history)
    assert (outcome, words) == (
        "broken",
        "1 greeting arrived, made by a worker that was no longer Kafka's leader.",
    )


def test_of_greetings_that_nobody_is_known_to_have_made_there_may_be_more():
    """One that was made long after any publish."""
    events = [*stale_run(), published(15, "A"), stored(15.01, "0.1"), stored(19, "0.9", 1)]
    outcome, words = claims_faults.one_acts(History(events))
    assert (outcome, words[:28]) == ("broken", "At least 1 greeting arrived,")


def test_the_experiments_of_a_page_are_judged_in_the_order_of_the_ledger(tmp_path):
    histories = {"another": History(two_lead()), "cut_off_the_leader": History(sound_run())}
    ledger = tmp_path / "claims.toml"
    ledger.write_text(ENTRY + ENTRY.replace("cut", "kill"), encoding="utf-8")
    judged = claims_faults.judge_faults(histories, ledger)
    assert [one.fault.key for one in judged] == ["cut"]
    assert repr(judged).startswith("[The network is cut: ✓ One led at a time.")


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("[[fault]]", "[fault", "cannot be read"),
        ('so = "an-item"', "", "fault 1: .*so"),
        ('so = "an-item"', 'so = "s"\nbreaks = ["it"]', r"fault 'cut': \['it'\]"),
        (ENTRY, ENTRY + ENTRY, "twice"),
    ],
)
def test_an_entry_that_is_not_as_it_should_be_is_refused(tmp_path, was, becomes, why):
    ledger = tmp_path / "claims.toml"
    ledger.write_text(ENTRY.replace(was, becomes), encoding="utf-8")
    with pytest.raises(LabError, match=why):
        claims_faults.load(ledger)


def test_the_recorded_runs_keep_the_ledgers_condition():
    paths = sorted((PROJECT / "docs" / "recorded").glob("*.jsonl"))
    assert paths
    for path in paths:
        assert claims_faults.led_after_its_end(History.load(path)) == []
