"""The ledger's page shows what was judged, and turns red for what was not or is not expected."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from electionlab.places import PROJECT

CONF = """
extensions = ["myst_nb", "electionlab.ledger_page"]
claims_ledger = "claims.toml"
nb_execution_raise_on_error = False
"""
CLAIM = """
[[claim]]
key = "sum"
words = "Two and two are four."
source = "belief"
page = "sums"
anchor = "a-sum"
expected = { "a sum" = "held" }
"""
SUMS = """---
file_format: mystnb
kernelspec: {name: python3}
---

# Sums

## A sum

```{code-cell} ipython3
from pathlib import Path
from electionlab import claims
claims.judge("sum", {"a sum": "held" if 2 + 2 == 4 else "broken"}, "4 in all.", Path("claims.toml"))
```
"""


@pytest.fixture
def build(tmp_path):
    def run(**changed):
        files = {"conf.py": CONF, "claims.toml": CLAIM, "sums.md": SUMS}
        files["index.md"] = "# Ledger\n\n```{claims} belief\n```\n\n```{toctree}\nsums\n```\n"
        for name, text in {**files, **changed}.items():
            path = tmp_path / name
            if not path.exists() or path.read_text() != text:  # what is written anew is read anew
                path.write_text(text)
        told = subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", ".", "out"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env=None,
        )
        page = BeautifulSoup((tmp_path / "out" / "index.html").read_text(), "html.parser")
        return told, page

    return run


def test_a_claim_is_shown_with_its_finding_its_figure_and_a_link_to_the_cell(build):
    told, page = build()
    assert told.returncode == 0, told.stderr
    row = page.find(id="claim-sum")
    assert [cell.get_text(strip=True) for cell in row.find_all("td")] == [
        "Two and two are four.",
        "held",
        "✓ held",
        "4 in all.",
    ]
    assert row.find("a")["href"] == "sums.html#a-sum"


def test_a_claim_that_was_not_judged_says_so_and_fails_the_build(build):
    told, page = build(**{"sums.md": "# Sums\n"})
    assert told.returncode != 0
    assert "sums did not judge it in this build" in told.stderr
    assert "it did not run" in page.find(id="claim-sum").get_text()


def test_a_finding_that_is_no_longer_expected_fails_the_build(build):
    assert build()[0].returncode == 0
    told, _ = build(**{"claims.toml": CLAIM.replace('= "held"', '= "broken"')})
    assert told.returncode != 0
    assert "a sum: not what is expected" in told.stderr


def test_an_experiment_that_the_ledger_has_gained_fails_the_build_until_it_is_judged(build):
    assert build()[0].returncode == 0
    gained = CLAIM.replace('"held" }', '"held", "another sum" = "held" }')
    told, _ = build(**{"claims.toml": gained})
    assert told.returncode != 0
    assert "another sum: not what is expected" in told.stderr


def test_a_finding_of_an_earlier_build_is_not_shown_as_one_of_this(build):
    assert build()[0].returncode == 0
    told, page = build(**{"sums.md": SUMS.replace('claims.judge("sum"', '("sum"')})
    assert told.returncode != 0
    assert "sums did not judge it in this build" in told.stderr
    assert "it did not run" in page.find(id="claim-sum").get_text()


def test_the_workbooks_own_ledger_is_what_the_page_shows_by_default():
    assert "claims_ledger" not in (PROJECT / "conf.py").read_text()
