"""A word of Kafka or Faust leads to the glossary where a page uses it first."""

import json
import re

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from electionlab.host.folders import PROJECT

TERMS = {
    r"topics?": "topic",
    r"partitions?": "partition",
    r"groups?(?! leader)": "consumer group",
    r"generations?": "generation",
    r"rebalanc\w+": "rebalance",
    r"heartbeats?": "heartbeat",
    r"sessions?": "session timeout",
    r"assignors?": "assignor",
    r"standbys?": "standby",
    r"coordinators?": "coordinator",
}
ROLE = r"\{term\}`(?:[^`<]*<)?(?P<role>[^`<>]+)>?`"
LINK = r"\[[^\[\]]*\]\([^()\s]*glossary\.md#(?P<link>[\w-]+)\)"
ELSEWHERE = r"`[^`]*`|\[[^\[\]]*\]\([^()\s]*\)|https?://\S+"
PAGES = [PROJECT / "index.md", *sorted(PROJECT.glob("docs/*.md"))]
PAGES += sorted(PROJECT.glob("notebooks/*.ipynb"))
PAGES = [path for path in PAGES if path.name not in ("glossary.md", "claims.md")]


def paragraphs(text):
    """The prose of a piece of Markdown as it is written, without headings, tables and code."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.use(front_matter_plugin).use(colon_fence_plugin)
    before, table = "", False
    for token in parser.parse(text):
        if token.type in ("table_open", "table_close"):
            table = token.type == "table_open"
        elif token.type in ("fence", "colon_fence"):
            directive = re.match(r"\{([\w-]+)\}", token.info)
            if directive and directive[1] not in ("code-cell", "toctree", "raw", "literalinclude"):
                yield from paragraphs(re.sub(r"\A(?::[\w-]+:.*\n)+", "", token.content))
        elif token.type == "inline" and before != "heading_open" and not table:
            yield token.content
        before = token.type


def prose(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return "\n\n".join(paragraphs(text))


def unlinked(text):
    """Each word that does not lead to its term where it is used first, with some words around."""
    links = [
        (found.start(), found.end(), (found["role"] or found["link"]).replace("-", " "))
        for found in re.finditer(f"{ROLE}|{LINK}", text)
    ]
    hidden = list(text)
    for found in re.finditer(f"{ROLE}|{LINK}|{ELSEWHERE}", text):
        if not any(start <= found.start() < end for start, end, _ in links):
            hidden[found.start() : found.end()] = " " * len(found.group())
    for word, term in TERMS.items():
        first = re.search(rf"\b{word}\b", "".join(hidden), re.IGNORECASE)
        if first and not any(
            start <= first.start() < end and target.lower() == term for start, end, target in links
        ):
            around = text[max(0, first.start() - 40) : first.end() + 30]
            yield term, " ".join(around.split())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_word_leads_to_the_glossary_where_a_page_uses_it_first(path):
    assert list(unlinked(prose(path))) == []


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("A {term}`topic` has {term}`partitions <partition>`. A topic.", []),
        ("A [topic](../docs/glossary.md#topic), and a *[group](glossary.md#consumer-group)*.", []),
        ("# A topic\n\nIts `topic`, [that topic](topics.md).\n\n| topic |\n|---|\n| x |", []),
        ("```{code-cell} ipython3\ntopic\n```\n\n```python\ntopic = 1\n```", []),
        ("A topic, and then a {term}`topic`.", ["topic"]),
        ("Sessions. {term}`Partitions <session timeout>`.", ["partition", "session timeout"]),
        (":::{note}\nThey rebalance.\n:::", ["rebalance"]),
        ("The group leader.", []),
    ],
)
def test_the_first_use_that_leads_nowhere_is_noticed(text, terms):
    assert sorted(term for term, _ in unlinked("\n\n".join(paragraphs(text)))) == sorted(terms)
