"""The chapters: their order in the contents, the box at the head of each, and how each ends."""

import json
import re

import pytest

from electionlab.host.folders import PROJECT

INDEX = (PROJECT / "index.md").read_text(encoding="utf-8")
PARTS = re.findall(
    r"^```\{toctree\}\n((?::[^\n]*\n)*)\n(.*?)^```$", INDEX, re.DOTALL | re.MULTILINE
)
PAGES = [re.findall(r"^(?:.*<)?([\w/-]+)>?$", names, re.MULTILINE) for _, names in PARTS]
CHAPTERS = PAGES[0]
BOX = ["You will see", "It takes", "You need"]


def source(name):
    """A page as its reader finds it: a notebook's text without the cell for who has only that."""
    path = next(PROJECT.glob(f"{name}.*md"), PROJECT / f"{name}.ipynb")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"][1:]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return re.sub(r"\A---\n.*?^---\n", "", text, flags=re.DOTALL | re.MULTILINE).lstrip()


def test_the_contents_have_numbered_chapters_and_two_parts_more():
    assert [options for options, _ in PARTS] == [
        ":hidden:\n:numbered: 1\n",
        ":hidden:\n:caption: Evidence\n",
        ":hidden:\n:caption: About\n",
    ]
    assert CHAPTERS[:3] == ["docs/primer", "docs/playbook", "notebooks/01-walkthrough"]
    assert CHAPTERS[-1] == "docs/checklist"


def test_every_page_stands_in_the_contents_once():
    listed = sorted(name for names in PAGES for name in names)
    pages = [*PROJECT.glob("docs/*.md"), *PROJECT.glob("notebooks/*.ipynb")]
    names = [str(path.relative_to(PROJECT).with_suffix("")) for path in pages]
    assert listed == sorted([*names, "docs/reference/index"])


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_begins_with_what_it_shows_how_long_it_takes_and_what_it_needs(name):
    head, box, *_ = re.split(r"\n{2,}", source(name))
    assert head.startswith("# ")
    assert all(line.startswith("> ") for line in box.splitlines())
    assert re.findall(r"^> - \*\*(.*?)\*\*", box, re.MULTILINE) == BOX


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_ends_with_a_summary(name):
    """After it may come only exercises and where to go from there."""
    headings = re.findall(r"^## (.*)$", source(name), re.MULTILINE)
    assert headings.count("In short") == 1
    after = headings[headings.index("In short") + 1 :]
    assert all(re.match(r"Exercise|Try your own|Record it anew", heading) for heading in after)
