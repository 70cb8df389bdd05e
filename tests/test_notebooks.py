"""Notebooks are stored without outputs, their cells are small, and their text reads as well in
JupyterLab, which knows plain Markdown only, as on the built pages."""

import json
import re
from urllib.parse import unquote, urlsplit

import pytest

from electionlab.host.folders import PROJECT

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
PAGES = [PROJECT / "index.md", PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
ONLY_MYST = {
    "a role": re.compile(r"\{[a-zA-Z][\w:.+-]*\}`"),
    "a directive": re.compile(r"^\s*(?:`{3,}|:{3,}|~{3,})\s*\{", re.MULTILINE),
    "a label": re.compile(r"^\([\w-]+\)=\s*$", re.MULTILINE),
    "an attribute": re.compile(r"[`)\]]\{[.#][^}]*\}"),
    "a comment": re.compile(r"^% ", re.MULTILINE),
    "a substitution": re.compile(r"\{\{.*\}\}"),
    "a link by label": re.compile(r"\]\(#?\)|<(?:project|inv|path):"),
}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def markdown(path):
    cells = load(path)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def links(text):
    """The words and the target of each link. What stands in a code block is no link."""
    return LINK.findall(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def slugs(path):
    """The anchors of a page's headings, and of the terms of a glossary."""
    texts = markdown(path) if path.suffix == ".ipynb" else [path.read_text(encoding="utf-8")]
    heads = re.findall(r"^#+ (.*)$", "\n".join(texts), re.MULTILINE)
    for glossary in re.findall(r"^```\{glossary\}$(.*?)^```$", texts[0], re.DOTALL | re.MULTILINE):
        heads += re.findall(r"^\w.*$", glossary, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_stored_stripped_and_with_small_cells(path):
    notebook = load(path)
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info", "ports", "seconds"}
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        if cell["cell_type"] == "code":
            assert len("".join(cell["source"]).splitlines()) <= 10, cell["source"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_that_was_downloaded_alone_says_what_it_needs(path):
    """In its first cell; its page has no need to."""
    first = load(path)["cells"][0]
    words = " ".join("".join(first["source"]).split())
    assert "does not run alone" in words
    assert "`electionlab` and `leader.py`" in words
    assert "run `make lab`" in words
    assert first["metadata"]["tags"] == ["remove-cell"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_text_of_a_notebook_is_plain_markdown(path):
    found = [
        (what, text)
        for text in markdown(path)
        for what, pattern in ONLY_MYST.items()
        if pattern.search(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "lasted {glue:text}`gap`.",
        "```{claims} playbook\n```",
        ":::{note}\nSo.\n:::",
        "(a-label)=",
        "`code`{.python}",
        "% not shown",
        "It took {{ seconds }}.",
        "see [the page](#)",
        "see <project:#a-label>",
    ],
)
def test_what_jupyterlab_would_show_raw_is_noticed(text):
    assert any(pattern.search(text) for pattern in ONLY_MYST.values())


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=lambda path: path.name)
def test_links_have_words_and_lead_somewhere(path):
    texts = markdown(path) if path.suffix == ".ipynb" else [path.read_text(encoding="utf-8")]
    for words, target in (link for text in texts for link in links(text)):
        assert words.strip(), f"the link to {target} has no words"
        parts = urlsplit(target)
        if parts.scheme:
            continue
        page = path.parent / unquote(parts.path) if parts.path else path
        assert page.is_file(), f"{target}, which {words!r} leads to, is not there"
        if parts.fragment:
            assert parts.fragment in slugs(page), f"{page.name} has no heading {parts.fragment!r}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_cell_prints_and_displays(path):
    """A build puts all that a cell prints before all that it displays (`nb_merge_streams`)."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        is_code = cell["cell_type"] == "code"
        assert not (is_code and "display(" in source and "print(" in source), source


def test_there_are_notebooks():
    assert NOTEBOOKS
