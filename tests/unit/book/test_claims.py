"""The ledger: what is expected stands in it, and a finding that differs is red."""

import json
import re
import tomllib

import pytest

from electionlab.book import claims
from electionlab.checks import Verdict
from electionlab.errors import LabError
from electionlab.host.folders import PROJECT

HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
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
    path.write_text(ENTRY, encoding="utf-8")
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


def test_the_outcomes_of_more_experiments_join_those_of_a_claim(ledger):
    more, expected = {"faulty": "broken", "with": "broken"}, {"faulty": "held", "with": "broken"}
    joined = judged(ledger).joined_with(more, expected)
    assert joined.outcomes["with"] == "held"
    assert joined.broken_by == ["faulty", "without"]
    assert joined.unexpected == ["faulty"]


def test_what_a_history_does_not_say_does_not_make_a_claim_held_in_part():
    assert claims.in_words({"one": "held", "another": "unknown"}) == "held"
    assert claims.in_words({"one": "unknown"}) == "unknown"


def test_a_claim_or_an_experiment_that_is_not_in_the_ledger_is_refused(ledger):
    with pytest.raises(LabError, match="no claim 'stick'"):
        claims.judge("stick", {}, "", ledger)
    with pytest.raises(LabError, match="judged by with, without, sometimes; this cell has"):
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
    ledger.write_text(ENTRY.replace(was, becomes), encoding="utf-8")
    with pytest.raises(LabError, match=told):
        claims.load(ledger)


@pytest.mark.parametrize("claim", claims.load().values(), ids=lambda claim: claim.key)
def test_each_claim_is_judged_by_a_page_that_is_there(claim):
    notebook = json.loads((PROJECT / f"{claim.page}.ipynb").read_text(encoding="utf-8"))
    sources = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert re.search(rf'claims\.judge\(\s*"{claim.key}"', sources)
    headings = re.findall(r"^## (.*)$", sources, re.MULTILINE)
    assert claim.anchor in [heading.lower().replace(" ", "-") for heading in headings]


def test_each_entry_leads_to_an_item_of_the_checklist():
    ledger = tomllib.loads(claims.LEDGER.read_text(encoding="utf-8"))
    so = {*ledger["storm"].values()}
    so |= {entry["so"] for entry in (*ledger["claim"], *ledger["fault"])}
    heads = HEADING.findall((PROJECT / "docs" / "checklist.md").read_text(encoding="utf-8"))
    # Sphinx makes another anchor than Markdown out of anything but letters and spaces.
    assert all(head.replace(" ", "").isalpha() for head in heads)
    assert so <= {head.lower().replace(" ", "-") for head in heads}


def test_each_item_of_the_checklist_says_what_to_do_why_and_how_to_check_it():
    text = (PROJECT / "docs" / "checklist.md").read_text(encoding="utf-8")
    *items, short = text.split("\n## ")[1:]
    assert short.startswith("In short\n")
    for item in items:
        assert re.findall(r"^\*\*(\w+):\*\*", item, re.MULTILINE) == ["Do", "Why", "Check"], item
