"""Labels of what we did: none over another, and in few rows, however much was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from electionlab.drawing.canvas import ROW, Canvas
from electionlab.drawing.svg import LETTER, WIDTH, px, tag, text
from electionlab.events import Event
from electionlab.history import History
from electionlab.words import actions_of, label

MOST_ROWS = 10
MANY = 80  # actions: where there are more, rows full of labels would hide the lanes behind lines
ROWS_OF_MANY = 3


@dataclass(frozen=True)
class Label:
    """An action and its label: its words, its number where words have no room, or nothing (and no
    row) where that has none either. Numbers count all actions from 1."""

    event: Event
    number: int
    words: str
    row: int | None

    @property
    def is_number(self) -> bool:
        return self.words == str(self.number)


def place(canvas: Canvas) -> list[Label]:
    """Give each action's label the lowest row in which it touches no other.

    The last come first: earlier ones go above them, and their lines down cross fewer labels.
    """
    actions = actions_of(canvas.history)
    most = MOST_ROWS if len(actions) <= MANY else ROWS_OF_MANY
    begins: list[float] = []
    placed = []
    for number, event in reversed(list(enumerate(actions, start=1))):
        chosen = Label(event, number, "", None)
        for words in (label(event), str(number)):
            left, right = _extent(canvas, event, words)
            row = next((r for r, begin in enumerate(begins) if right <= begin), len(begins))
            if row < most:
                begins[row : row + 1] = [left]
                chosen = Label(event, number, words, row)
                break
        placed.append(chosen)
    return placed[::-1]


def with_room(history: History, lane: float, left: float) -> tuple[Canvas, list[Label]]:
    """A canvas with as many rows as the labels need, and the labels."""
    placed = place(Canvas(history, lane=lane, left=left))
    rows = 1 + max((found.row for found in placed if found.row is not None), default=0)
    return Canvas(history, rows, lane, left), placed


def _extent(canvas: Canvas, event: Event, words: str) -> tuple[float, float]:
    """From where to where a label goes: right of its line, left of it at the edge."""
    x, width = canvas.x(event.time), LETTER * len(words) + 8
    return (x, x + width) if x + width < WIDTH else (x - width, x)


def draw(canvas: Canvas, placed: Iterable[Label]) -> list[str]:
    """A line for each action, from its label to its lane; a short one where it has no label."""
    drawn = []
    for found in placed:
        x, foot = canvas.x(found.event.time), canvas.foot(found.event)
        y = foot - 14 if found.row is None else canvas.top - ROW * found.row - 5
        head = y if found.row is None else y - 9
        drawn.append(tag("line", class_="action", x1=px(x), x2=px(x), y1=px(head), y2=px(foot)))
        if found.row is not None:
            at_edge = _extent(canvas, found.event, found.words)[0] < x
            where = {"x": px(x - 4), "text_anchor": "end"} if at_edge else {"x": px(x + 3)}
            drawn.append(text(found.words, y=px(y), **where))
    return drawn


def note(placed: Iterable[Label]) -> str:
    """What the picture leaves to its table, in words; empty if nothing."""
    placed = list(placed)
    numbered = sum(found.is_number for found in placed)
    bare = sum(found.row is None for found in placed)
    told = [f"{numbered} have only their number"] if numbered else []
    told += [f"{bare} have no label"] if bare else []
    return f"Of {len(placed)} actions {' and '.join(told)}; the table names all." if told else ""
