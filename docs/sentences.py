"""Lists the sentences about this build that nothing on their page guards.

    python docs/sentences.py          those that are neither guarded nor in sentences.toml
    python docs/sentences.py --all    every sentence about this build, with its guards

A sentence is about this build if it tells what happened, answers a question, points at what is
shown, has a quantity, or is the first one behind a cell. Orders, questions and conditions claim
nothing, nor does what only announces the next cell. The guards of a sentence are whatever turns the
page red or chooses the sentence, in the same section: `.expect(…)`, `checks.says(…)`,
`claims.judge`, an `assert`, lines that are `quoted`, or a figure that is glued into the text.
Whether a guard judges what the sentence says is for people to tell; this script tells where there
is none.

sentences.toml has those that hold by construction, each with the reason; one that is no longer
needed there is listed, too.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

PROJECT = Path(__file__).resolve().parent.parent
HOLDS = Path(__file__).with_suffix(".toml")

PAST = "was|were|had|did|became|began|broke|came|chose|fell|gave|grew|knew|ran|saw|took|went|wrote"
PAST_OR_PARTICIPLE = "found|got|heard|held|kept|led|left|lost|made|met|said|sent|stood|told|won"
SUBJECT = (
    "it|they|he|she|we|you|who|nobody|nothing|none|everyone|both|all|"
    r"\w*(?:leader|worker|member|broker|coordinator|greeting|session|generation|process|machine)s?"
)
POINTS = "points at what is shown"
TELLING = {
    "tells what happened": rf"\b(?:{PAST})\b|"
    rf"\b(?:{SUBJECT}) (?:\w+ly )?(?:{PAST_OR_PARTICIPLE}|(?!need\b|included\b)\w+ed)\b",
    "answers": r"^(?:No|Yes)\b[.,:]|^(?:It|They|Nothing|Both|Neither) "
    r"(?:do|does|is|are|takes?|goes)\b(?: not)?[.,]|^Nobody\b",
    POINTS: r"\b(?:this|the whole) (?:build|run|time|walk)\b|\bhere\b(?! you)|\babove\b|\bbelow\b|"
    r"\bthe (?:pictures?|table|output|diagrams?)\b",
    "has a quantity": r"\b\d+(?:\.\d+)? ?(?:s|ms|seconds?|minutes?|MB|%|times)\b",
}
COMMENTS = "is the first one behind a cell"
NO_CLAIM = re.compile(
    r"\?$|^(?:now |then )?(?:change|compare|find|look|press|run|start|take|try|write)\b|^if\b|"
    r"^it takes \d+ minutes to read\b",  # tests/test_chapters.py holds these
    re.IGNORECASE,
)
GUARDS = {
    "expect": r"\.expect\(",
    "says": r"\bsays\(",
    "claims": r"\bclaims\.judge\(",
    "assert": r"^\s*assert\b",
    "glue": r"\{glue:\w*\}`",
    "quoted": r"\bquoted\(",
}
NO_PROSE = {"toctree", "glossary", "claims", "literalinclude", "raw", "glue"}
END = re.compile(r"(?<=[.!?:])[\"”)]*\s+(?=[\"“(`A-Z0-9])")


@dataclass
class Section:
    """What stands under one heading of a page: its paragraphs without markup, those of them that
    follow a code cell, and the source of its code cells."""

    page: str
    title: str
    paragraphs: list[str] = field(default_factory=list)
    comments: set[int] = field(default_factory=set)
    cells: list[str] = field(default_factory=list)
    after_cell: bool = False

    def add_cell(self, source: str) -> None:
        self.cells.append(source)
        self.after_cell = True

    def add_paragraph(self, words: str) -> None:
        if self.after_cell:
            self.comments.add(len(self.paragraphs))
        self.paragraphs.append(words)
        self.after_cell = False

    @property
    def guards(self) -> tuple[str, ...]:
        """The names of the guards in this section."""
        text = "\n".join([*self.cells, *self.paragraphs])
        return tuple(name for name, call in GUARDS.items() if re.search(call, text, re.MULTILINE))


@dataclass(frozen=True)
class Sentence:
    """A sentence about this build, with why it is taken for one, and its guards."""

    page: str
    section: str
    words: str
    why: tuple[str, ...]
    guards: tuple[str, ...]

    def __str__(self) -> str:
        guards = f"; guarded by {', '.join(self.guards)}" if self.guards else ""
        return f"{self.page} › {self.section}: {self.words} [{', '.join(self.why)}{guards}]"


def sections(path: Path, page: str) -> list[Section]:
    """The sections of a page or notebook, from its source."""
    text = path.read_text(encoding="utf-8")
    found = [Section(page, "")]
    if path.suffix != ".ipynb":
        _read(text, found)
        return found
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            found[-1].add_cell(source)
        else:
            _read(source, found)
    return found


def _read(markdown: str, found: list[Section]) -> None:
    """Add what a piece of Markdown has to the last section, and the sections that it begins."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.use(front_matter_plugin).use(colon_fence_plugin).use(deflist_plugin)
    before, in_table = "", False
    for token in parser.parse(markdown):
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
        elif token.type in ("fence", "colon_fence"):
            _read_directive(token, found)
        elif token.type == "inline" and before == "heading_open":
            found.append(Section(found[0].page, _text(token)))
        elif token.type == "inline" and not in_table and not _is_choice(token):
            found[-1].add_paragraph(_text(token))
        before = token.type


def _is_choice(inline: Token) -> bool:
    """Whether a paragraph is one of the answers to choose from before a reader sees the right one:
    it claims nothing."""
    return any(child.content.startswith("<label") for child in inline.children or [])


def _read_directive(token: Token, found: list[Section]) -> None:
    directive = re.match(r"\{([\w-]+)\}", token.info.strip())
    content = re.sub(r"\A(?::[\w-]+:.*\n)+", "", token.content)
    if directive and directive[1] == "code-cell":
        found[-1].add_cell(content)
    elif directive and directive[1] not in NO_PROSE:
        _read(content, found)


def _text(inline: Token) -> str:
    """The words of a paragraph: code in backticks, links and terms by their words."""
    text = ""
    for token in inline.children or []:
        if token.type == "code_inline" and text.endswith("{term}"):
            text = text.removesuffix("{term}") + re.sub(r" <.*>", "", token.content)
        elif token.type == "code_inline":
            text += f"`{token.content}`"
        elif token.type in ("softbreak", "hardbreak"):
            text += " "
        elif token.type == "text":
            text += token.content
    return text


def reasons(words: str, *, comments: bool = False) -> tuple[str, ...]:
    """Why a sentence is about this build; empty if it is not. `comments`: whether it is the first
    one behind a cell."""
    if NO_CLAIM.search(words):
        return ()
    plain = re.sub(r"`[^`]*`", "`…`", words)
    why = [name for name, tells in TELLING.items() if re.search(tells, plain, re.IGNORECASE)]
    if words.endswith(":"):
        return tuple(name for name in why if name != POINTS)
    return (*why, COMMENTS) if comments else tuple(why)


def about_this_build(section: Section) -> Iterator[Sentence]:
    """The sentences of a section that are about this build."""
    for place, paragraph in enumerate(section.paragraphs):
        for number, words in enumerate(filter(None, END.split(paragraph.strip()))):
            why = reasons(words, comments=number == 0 and place in section.comments)
            if why:
                yield Sentence(section.page, section.title, words, why, section.guards)


def pages(root: Path = PROJECT) -> list[Path]:
    """The pages that a build executes."""
    found = [*sorted(root.glob("docs/*.md")), *sorted(root.glob("notebooks/*.ipynb"))]
    return [
        path
        for path in found
        if path.suffix == ".ipynb" or "file_format: mystnb" in path.read_text(encoding="utf-8")
    ]


def look(root: Path, paths: Iterable[Path]) -> list[Sentence]:
    """Every sentence about this build on these pages."""
    return [
        sentence
        for path in paths
        for section in sections(path, path.relative_to(root).as_posix())
        for sentence in about_this_build(section)
    ]


def complaints(sentences: Iterable[Sentence], holds: Iterable[dict[str, str]]) -> list[str]:
    """A line for each sentence that has no guard and does not hold by construction, and for each
    entry of `holds` that no sentence needs. ValueError for an entry without a reason."""
    bare = {(each.page, each.words): str(each) for each in sentences if not each.guards}
    known = {(entry["page"], entry["sentence"]): entry.get("reason", "") for entry in holds}
    if unreasoned := [words for (_, words), reason in known.items() if not reason.strip()]:
        raise ValueError(f"no reason why this holds: {unreasoned[0]}")
    return [line for place, line in bare.items() if place not in known] + [
        f"{page}: sentences.toml does not need this: {words}"
        for page, words in known
        if (page, words) not in bare
    ]


def main(arguments: list[str]) -> int:
    every = look(PROJECT, pages())
    if arguments == ["--all"]:
        print("\n".join(map(str, every)))
        return 0
    lines = complaints(every, tomllib.loads(HOLDS.read_text(encoding="utf-8"))["holds"])
    print("\n".join(lines) or f"{len(every)} sentences about this build have a guard or a reason.")
    return len(lines) > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
