"""The ledger: what is expected stands in it, and a finding that differs is red."""

import json
import re
import runpy

import pytest

from electionlab import claims
from electionlab.checks import Verdict
from electionlab.errors import LabError
from electionlab.places import PROJECT

ENTRY = """
[[claim]]
key = "sticky"
words = "Leadership is sticky."
source = "belief"
page = "a-page"
anchor = "a-section"
condition = "there are standbys"
expected = { "with" = "held", "without" = "broken", "sometimes" = "held|broken" }
"""


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(ENTRY)
    return path


def judged(ledger, **found):
    outcomes = {"with": "held", "without": "broken", "sometimes": "held", **found}
    return claims.judge("sticky", outcomes, "1 move.", ledger)


def test_a_finding_that_is_expected_is_shown_with_its_figure(ledger):
    told = judged(ledger)
    assert told.verdict == "held only if there are standbys"
    assert repr(told).startswith("◐ held only if there are standbys: Leadership is sticky. 1 move.")
    assert "without: broken" in told._repr_html_()


@pytest.mark.parametrize("sometimes", ["held", "broken"])
def test_where_one_run_proves_nothing_either_outcome_will_do(ledger, sometimes):
    assert judged(ledger, sometimes=sometimes).outcomes["sometimes"] == sometimes


@pytest.mark.parametrize("outcome", ["held", "unknown"])
def test_a_finding_that_is_not_expected_is_red_and_says_what_was_seen(ledger, outcome):
    verdict = Verdict("It stays.", outcome, "It moved 3 times.", ("at 4.2 s",))
    with pytest.raises(AssertionError) as caught:
        judged(ledger, without=verdict)
    assert "Expected of 'without': broken; found: " + outcome in str(caught.value)
    assert "at 4.2 s" in str(caught.value)


def test_an_experiment_that_was_not_judged_or_that_nobody_asks_for_is_unexpected(ledger):
    told = {"with": "held", "without": "broken", "also": "held"}
    assert claims.Judged(claims.load(ledger)["sticky"], told, "").unexpected == [
        "sometimes",
        "also",
    ]


def test_a_claim_or_an_experiment_that_is_not_in_the_ledger_is_refused(ledger):
    with pytest.raises(LabError, match="no claim 'stick'"):
        claims.judge("stick", {}, "", ledger)
    with pytest.raises(LabError, match="judged by with, without, sometimes; this cell tells of"):
        claims.judge("sticky", {"with": "held"}, "", ledger)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('key = "sticky"', 'key = "sticky"\nkey = "twice"', "cannot be read"),
        ("[[claim]]", "[[claims]]", "cannot be read"),
        ('anchor = "a-section"', "", "claim 1: .*anchor"),
        ('"with" = "held"', '"with" = "hold"', "claim 'sticky': \\['hold'\\]"),
        ('condition = "there are standbys"', "", "no condition"),
        (ENTRY, ENTRY + ENTRY, "twice"),
    ],
)
def test_a_ledger_that_is_not_as_it_should_be_is_refused_by_its_claim(ledger, was, becomes, told):
    ledger.write_text(ENTRY.replace(was, becomes))
    with pytest.raises(LabError, match=told):
        claims.load(ledger)


@pytest.mark.parametrize("claim", claims.load().values(), ids=lambda claim: claim.key)
def test_each_claim_is_judged_by_a_page_that_is_there(claim):
    notebook = json.loads((PROJECT / f"{claim.page}.ipynb").read_text())
    sources = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert re.search(rf'claims\.judge\(\s*"{claim.key}"', sources)
    headings = re.findall(r"^## (.*)$", sources, re.MULTILINE)
    assert claim.anchor in [heading.lower().replace(" ", "-") for heading in headings]


def test_the_pages_are_executed_anew_where_the_ledger_has_changed(tmp_path, monkeypatch):
    fingerprint = runpy.run_path(str(PROJECT / "conf.py"))["_fingerprint"]
    monkeypatch.setitem(fingerprint.__globals__, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "leader.py").write_text("")
    (tmp_path / "docs" / "claims.toml").write_text(ENTRY)
    before = fingerprint()
    assert fingerprint() == before
    (tmp_path / "docs" / "claims.toml").write_text(ENTRY + ENTRY)
    assert fingerprint() != before
