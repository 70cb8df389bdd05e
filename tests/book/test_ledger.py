"""The ledger's page shows what was judged, and turns red for what was not or is not expected."""

import re
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from electionlab.book import claims
from electionlab.host.folders import PROJECT
from electionlab.storm.promises import PROMISES

pytestmark = pytest.mark.own_ports
RECORDED = PROJECT / "docs" / "recorded" / "lost-greeting.jsonl"
CONF = """
extensions = ["myst_nb", "electionlab.book.claims_directive"]
claims_ledger = "claims.toml"
claims_checklist = "list"
nb_execution_raise_on_error = False
"""
CLAIM = """
[[claim]]
key = "sum"
words = "Two and two are four."
source = "belief"
page = "sums"
anchor = "a-sum"
so = "count-again"
expected = { "a sum" = "held" }
"""
FAULT = """
[[fault]]
key = "a busy machine"
words = "The machine is busy"
acts = []
experiment = "was_busy"
page = "sums"
anchor = "a-sum"
so = "wait-longer"
"""
LIST = """# List

## Count again

## Wait longer

Here: {found}`a busy machine` And: {found}`sum` And of one promise alone:
{found}`a busy machine: only-one-leader-ever`
"""
SUMS = """---
file_format: mystnb
kernelspec: {name: python3}
---

# Sums

## A sum

```{code-cell} ipython3
from pathlib import Path
from electionlab.book import claims
claims.judge("sum", {"a sum": "held" if 2 + 2 == 4 else "broken"}, "4 in all.", Path("claims.toml"))
```
"""
BUSY = f"""
```{{code-cell}} ipython3
:tags: [remove-cell]

from electionlab import History
from electionlab.book.claims_faults import judge_faults

judge_faults({{"was_busy": History.load({str(RECORDED)!r})}}, Path("claims.toml"))
```
"""


@pytest.fixture
def build(tmp_path):
    def run(builder="html", **changed):
        files = {"conf.py": CONF, "claims.toml": CLAIM + FAULT, "sums.md": SUMS + BUSY}
        files["list.md"] = LIST
        tables = "".join(
            f"```{{claims}} {kind}\n```\n\n" for kind in ("belief", "faults", "storms")
        )
        files["index.md"] = f"# Ledger\n\n{tables}```{{toctree}}\nsums\nlist\n```\n"
        for name, text in {**files, **changed}.items():
            path = tmp_path / name
            if (
                not path.exists() or path.read_text(encoding="utf-8") != text
            ):  # what is written anew is read anew
                path.write_text(text, encoding="utf-8")
        told = subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder, ".", "out"],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
            env=None,
        )
        (page,) = (tmp_path / "out").glob("index.*")
        return told, BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")

    return run


def cells(row):
    return [cell.get_text(" ", strip=True) for cell in row.find_all("td")]


def links(row):
    return [link["href"] for link in row.find_all("a")]


def test_a_claim_is_shown_with_its_finding_its_figure_and_links_to_the_cell_and_what_to_do(build):
    told, page = build()
    assert told.returncode == 0, told.stderr
    row = page.find(id="claim-sum")
    assert cells(row) == ["Two and two are four.", "✓ held", "4 in all.", "Count again"]
    assert [link["href"] for link in row.find_all("a")] == [
        "sums.html#a-sum",
        "list.html#count-again",
    ]


def test_a_fault_is_shown_with_what_its_experiment_did_and_what_to_do(build):
    _, page = build()
    row = page.find(id="fault-a-busy-machine")
    what, found, so = cells(row)
    assert (what, so) == ("The machine is busy", "Wait longer")
    assert re.fullmatch(r"✓ One led .* ✓ Every .* ✓ Somebody .* longest time .* s\.", found)
    assert [link["href"] for link in row.find_all("a")] == [
        "sums.html#a-sum",
        "list.html#wait-longer",
    ]


def test_each_promise_of_the_recorded_storms_is_shown_with_its_rounds(build):
    _, page = build()
    rows = page.select("tr[id^=storm-]")
    assert len(rows) == len([one for one in PROMISES if one.rule != "is reported"])
    assert all(re.search(r"[✓✗] (held|broken).* \d+ rounds\.", cells(row)[1]) for row in rows)


def test_the_tables_are_told_in_plain_text_too(build):
    told, page = build("text")
    assert told.returncode == 0, told.stderr
    text = " ".join(re.sub(r"[|+=-]", " ", page.get_text()).split())
    for words in ("so do this", "✓ held", "Count again", "✓ One led at a time.", "Wait longer"):
        assert words in text


def test_a_page_says_what_was_found_and_links_to_the_ledger(build, tmp_path):
    build()
    page = BeautifulSoup(
        (tmp_path / "out" / "list.html").read_text(encoding="utf-8"), "html.parser"
    )
    fault, claim, part = (place.get_text(strip=True) for place in page.select("span.found"))
    assert fault.startswith("One led at a time.")
    assert claim == "4 in all."
    assert re.fullmatch(
        r"One led at a time\. The experiment's longest time without a publish: .* s\.", part
    )
    shown = [link["href"] for link in page.find_all("a") if link.get_text() == "ledger"]
    fault_row = "fault-a-busy-machine"
    assert [link.partition("#")[2] for link in shown] == [fault_row, "claim-sum", fault_row]


@pytest.mark.parametrize(("there", "wrong"), [("`sum`", "sun"), ("only-one-leader-ever", "one")])
def test_a_page_that_asks_for_what_the_ledger_does_not_have_is_red(build, there, wrong):
    asked = there.strip("`")
    told, _ = build(**{"list.md": LIST.replace(there, there.replace(asked, wrong))})
    assert told.returncode != 0
    assert f"The ledger has no {wrong!r}." in told.stderr


def test_an_entry_that_leads_to_no_item_of_the_checklist_is_red(build):
    told, _ = build(**{"list.md": LIST.replace("## Count again", "## Count")})
    assert told.returncode != 0
    assert "the checklist has no item 'count-again'" in told.stderr


def test_a_fault_that_is_expected_to_break_a_promise_and_did_not_is_red(build):
    assert build()[0].returncode == 0
    breaks = f'{CLAIM}{FAULT}breaks = ["only-one-leader-ever"]\n'
    told, page = build(**{"claims.toml": breaks})
    assert told.returncode != 0
    assert "only-one-leader-ever: not what is expected" in told.stderr
    assert (
        "One led at a time. (expected: broken)" in page.find(id="fault-a-busy-machine").get_text()
    )


def test_a_claim_that_was_not_judged_says_so_and_fails_the_build(build):
    told, page = build(**{"sums.md": "# Sums\n\n## A sum\n"})
    assert told.returncode != 0
    assert "sums did not judge it in this build" in told.stderr
    assert "it did not run" in page.find(id="claim-sum").get_text()


def test_a_finding_that_is_no_longer_expected_fails_the_build(build):
    assert build()[0].returncode == 0
    told, _ = build(**{"claims.toml": CLAIM.replace('= "held"', '= "broken"') + FAULT})
    assert told.returncode != 0
    assert "a sum: not what is expected" in told.stderr


def test_an_experiment_that_the_ledger_has_gained_fails_the_build_until_it_is_judged(build):
    assert build()[0].returncode == 0
    gained = CLAIM.replace('"held" }', '"held", "another sum" = "held" }')
    told, _ = build(**{"claims.toml": gained + FAULT})
    assert told.returncode != 0
    assert "another sum: not what is expected" in told.stderr


def test_a_finding_of_an_earlier_build_is_not_shown_as_one_of_this(build):
    assert build()[0].returncode == 0
    told, page = build(**{"sums.md": SUMS.replace('claims.judge("sum"', '("sum"') + BUSY})
    assert told.returncode != 0
    assert "sums did not judge it in this build" in told.stderr
    assert "it did not run" in page.find(id="claim-sum").get_text()


def test_the_workbooks_own_ledger_is_what_the_page_shows_by_default(build):
    assert "claims_ledger" not in (PROJECT / "conf.py").read_text(encoding="utf-8")
    default = CONF.replace('claims_ledger = "claims.toml"\n', "")
    default = default.replace('claims_checklist = "list"\n', "")
    _, page = build(**{"conf.py": default})
    known = [key for key, claim in claims.load().items() if claim.source == "belief"]
    rows = page.select("table.claims-ledger tbody tr[id^=claim-]")
    assert [row["id"] for row in rows] == [claims.glue_name(key) for key in known]
