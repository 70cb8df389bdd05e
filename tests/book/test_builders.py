"""The same pages in every format that Sphinx has, without executing anything again."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from sites import Site, build, copy_workbook

from electionlab.host.folders import PROJECT

pytestmark = [pytest.mark.live, pytest.mark.timeout(3600)]
SHOWS = f"""---
file_format: mystnb
kernelspec:
  name: python3
---

# What a cell shows

```{{code-cell}} ipython3
:tags: [remove-input]
from IPython.display import display
from electionlab import History, Replay, Timeline, checks
from electionlab.book import claims
from electionlab.pictures import tables
from electionlab.pictures.views_diagram import Views
from electionlab.pictures.strip_plot import Distribution
history = History.load({str(PROJECT / "tests" / "data" / "history.jsonl")!r})
display(checks.at_most_one_leader(history))
display(tables.generations(history))
display(Timeline(history), Views(history), Replay(history))
display(Distribution({{"a": [1.0, 2.0]}}, unit="s"))
display(claims.Judged(next(iter(claims.load().values())), {{"an experiment": "held"}}, "2 times."))
checks.says(checks.at_most_one_leader(history), broken="Two led for {{overlap_s:.1f}} s.")
```
"""
OBJECT = re.compile(r"<[\w.]+ (object|at) .*?>| at 0x[0-9a-f]{6,}|\b[A-Z]\w+\(\w+=['\"(]")
"""What Python shows of an object that nobody has given words."""


def build_as(site: Site, builder: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Build from what the first build has read, nitpicky."""
    doctrees = ["-d", "_build/html/.doctrees", *options]
    return build(site.root, "-n", "-b", builder, *doctrees, output=f"_build/{builder}")


@pytest.mark.parametrize(
    ("builder", "options", "made"),
    [
        ("dirhtml", [], "docs/playbook/index.html"),
        ("singlehtml", [], "index.html"),
        ("html", ["-j", "auto"], "docs/playbook.html"),
        ("epub", [], "*.epub"),
        ("text", [], "docs/playbook.txt"),
        ("man", [], "*.1"),
        ("latex", [], "*.tex"),
        # gettext keeps what it reads apart from the others, and would execute every page again.
    ],
)
def test_every_format_is_built_without_a_warning(site: Site, builder, options, made):
    told = build_as(site, builder, *options)
    assert told.returncode == 0, told.stdout
    assert "Executing notebook" not in told.stdout
    assert list((site.root / "_build" / builder).glob(made))


@pytest.mark.parametrize("builder", ["text", "latex"])
def test_what_a_cell_shows_reads_without_html_too(tmp_path: Path, builder: str):
    root = copy_workbook(tmp_path / "book")
    (root / "page.md").write_text(SHOWS, encoding="utf-8")
    options = ["-D", "root_doc=page", "-D", "include_patterns=page.md", "-b", builder]
    told = build(root, *options, output=f"_build/{builder}")
    assert told.returncode == 0, told.stdout
    pattern = "*.txt" if builder == "text" else "*.tex"
    (page,) = (root / "_build" / builder).glob(pattern)
    shown = page.read_text(encoding="utf-8")
    words = ["✗ broken: At most one worker leads", "generation  members", "Leader: 606"]
    words += ["held: Only the leader", "Two led for 5.0 s."]
    assert [each for each in words if each not in shown] == []
    assert OBJECT.findall(shown) == []


def test_an_electronic_book_names_who_made_it_and_its_version(site: Site):
    assert build_as(site, "epub").returncode == 0
    (book,) = (site.root / "_build" / "epub").glob("*.epub")
    with zipfile.ZipFile(book) as files:
        about = files.read("content.opf").decode()
    for name in ("creator", "publisher", "rights", "date"):
        assert re.search(rf"<dc:{name}[^>]*>[^<]+</dc:{name}>", about), about


def test_read_the_docs_options_build_too(site: Site):
    """As its configuration runs Sphinx: html into a folder of its own, in a given language."""
    told = build_as(site, "html", "-T", "-D", "language=en")
    assert told.returncode == 0, told.stdout
