"""The chapters: their order in the contents, the box at the head of each, and how each ends."""

import json
import math
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

WORDS_A_MINUTE, OUTPUT_S, ROUNDED_TO = 200, 20, 5
"""How long a chapter takes to read, as CONTRIBUTING.md says: without its exercises."""


def source(name):
    """A page as its reader finds it: a notebook's text without the cell for who has only that."""
    path = next(PROJECT.glob(f"{name}.*md"), PROJECT / f"{name}.ipynb")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"][1:]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return re.sub(r"\A---\n.*?^---\n", "", text, flags=re.DOTALL | re.MULTILINE).lstrip()


def outputs(name):
    """How many cells show something, and pictures: before the exercises, if it is a notebook."""
    path = PROJECT / f"{name}.ipynb"
    if not path.exists():
        return len(re.findall(r"^```\{(?:code-cell|glue)\}", source(name), re.MULTILINE))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    told = ["".join(cell["source"]) for cell in cells]
    end = next((at for at, text in enumerate(told) if text.startswith("## Exercise")), len(told))
    code = [cell for cell in cells[:end] if cell["cell_type"] == "code"]
    return sum("remove-cell" not in cell["metadata"].get("tags", ()) for cell in code)


def reading_minutes(name):
    text = re.split(r"^## Exercise", source(name), flags=re.MULTILINE)[0]
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    words = re.findall(r"\w[\w'’.-]*", re.sub(r"\]\([^)]*\)|<[^>]*>", " ", text))
    minutes = len(words) / WORDS_A_MINUTE + outputs(name) * OUTPUT_S / 60
    return ROUNDED_TO * math.ceil(minutes / ROUNDED_TO)


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
def test_the_box_says_how_many_minutes_reading_takes(name):
    told = re.search(r"^> - \*\*It takes\*\* (.*)$", source(name), re.MULTILINE)[1]
    minutes = f"{reading_minutes(name)} minutes to read"
    assert re.match(rf"{minutes}[.,;]", told), minutes
    assert ("the cells run for" in told) == name.startswith("notebooks/")


def test_the_front_page_says_how_long_the_whole_course_is():
    hours = round(sum(map(reading_minutes, CHAPTERS)) / 60)
    assert f"some {('two', 'three', 'four')[hours - 2]} hours of reading" in INDEX


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_ends_with_a_summary(name):
    """After it may come only exercises and where to go from there."""
    headings = re.findall(r"^## (.*)$", source(name), re.MULTILINE)
    assert headings.count("In short") == 1
    after = headings[headings.index("In short") + 1 :]
    assert all(re.match(r"Exercise|Try your own|Record it anew", heading) for heading in after)
