"""Draws the rooms of `electionlab` from its real imports, for how-it-works.md.

    python docs/house.py           redraws house.html, which the page includes
    python docs/house.py --check   fails if it no longer matches the imports

The floors are those of the contract in pyproject.toml. An arrow goes from a room to one that it
imports; if there is also a way through another room, the direct arrow is left out.
"""

from __future__ import annotations

import ast
import sys
import textwrap
import tomllib
from itertools import permutations
from pathlib import Path

import grimp

from electionlab.pictures.drawing import svg

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "electionlab"
FILE = Path(__file__).with_suffix(".html")
BOX_WIDTH, BOX_HEIGHT, FLOOR, MARGIN = 340, 48, 82, 10
COLUMNS = MARGIN, svg.WIDTH - MARGIN - BOX_WIDTH
ACROSS = "lab", "errors"
"""The rooms that span both columns. Any other room alone on its floor stands on the left."""
STYLE = ".room{fill:#3b82f6;fill-opacity:.12;stroke:currentColor;stroke-opacity:.55}"
HEAD = (
    '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path d="M0,0 L8,4 L0,8" class="arrow" fill="none"/></marker></defs>'
)


def floors() -> list[list[str]]:
    """The rooms on each floor, from the top."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    return [layer.split(" | ") for layer in contract["layers"]]


def imports(rooms: list[str]) -> set[tuple[str, str]]:
    """Which room imports which, as (importer, imported)."""
    graph = grimp.build_graph("electionlab")
    for room in rooms:
        if (PACKAGE / room).is_dir():
            graph.squash_module(f"electionlab.{room}")
    return {
        (room, other)
        for room, other in permutations(rooms, 2)
        if graph.direct_import_exists(
            importer=f"electionlab.{room}", imported=f"electionlab.{other}"
        )
    }


def without_detours(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edges that are the only way from one room to the other."""
    return {(start, end) for start, end in edges if not reaches_otherwise(start, end, edges)}


def reaches_otherwise(start: str, end: str, edges: set[tuple[str, str]]) -> bool:
    """Whether there is a way from `start` to `end` through another room."""
    ahead = [there for here, there in edges if here == start and there != end]
    seen: set[str] = set()
    while ahead:
        room = ahead.pop()
        if room == end:
            return True
        if room not in seen:
            seen.add(room)
            ahead += [there for here, there in edges if here == room]
    return False


def sentence(room: str) -> str:
    """What the room is for: the first sentence of its `__init__.py`."""
    folder = PACKAGE / room
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.split("\n\n")[0].split()).split(". ")[0].rstrip(".") + "."


def draw() -> str:
    plan = floors()
    rooms = [room for floor in plan for room in floor]
    every = imports(rooms)
    edges = without_detours(every)
    left, right = COLUMNS
    places = {  # left and right end, and top
        room: (x, right + BOX_WIDTH if room in ACROSS else x + BOX_WIDTH, MARGIN + number * FLOOR)
        for number, floor in enumerate(plan)
        for x, room in zip((left, right), floor, strict=False)
    }
    parts = [svg.tag("style", STYLE), HEAD]
    for start, end in sorted(edges):
        (a1, b1, y1), (a2, b2, y2) = places[start], places[end]
        x1, x2 = (a1 + b1) / 2, (a2 + b2) / 2
        x1, x2 = (x2 if start in ACROSS else x1), (x1 if end in ACROSS else x2)
        ends = {"x1": x1, "y1": y1 + BOX_HEIGHT, "x2": x2, "y2": y2 - 2}
        parts.append(svg.tag("line", **ends, class_="arrow", marker_end="url(#to)"))
    for room, (x, end, y) in places.items():
        box = {"x": x, "y": y, "width": end - x, "height": BOX_HEIGHT}
        parts.append(svg.tag("rect", **box, rx=6, class_="room"))
        parts.append(svg.text(room, x=x + 10, y=y + 20, font_weight="bold"))
        for number, line in enumerate(
            textwrap.wrap(sentence(room), int((end - x - 90) / svg.SMALL_LETTER))
        ):
            parts.append(svg.text(line, x=x + 76, y=y + 20 + 14 * number, class_="small"))
    words = "The rooms of electionlab, from the top. " + " ".join(
        f"{room} imports {', '.join(other for other in rooms if (room, other) in every)}."
        for room in rooms
        if any(room == importer for importer, _ in every)
    )
    height = MARGIN * 2 + FLOOR * (len(plan) - 1) + BOX_HEIGHT
    drawing = svg.picture(words, parts, height)
    scrolls = svg.tag("div", drawing, class_="lab-scroll", tabindex=0)
    return svg.tag("figure", scrolls, class_="lab-figure") + "\n"


if __name__ == "__main__":
    drawn = draw()
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(drawn, encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != drawn:
        sys.exit(f"docs/{FILE.name} is not what the imports are now: python docs/house.py")
