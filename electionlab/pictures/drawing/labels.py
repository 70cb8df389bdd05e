"""Labels of what we did: they never overlap, and take few rows, however much was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from electionlab.history.events import Event
from electionlab.history.history import History
from electionlab.pictures.drawing.canvas import ROW, Canvas
from electionlab.pictures.drawing.svg import LETTER, WIDTH, px, tag, text
from electionlab.pictures.wording import actions_of, label

MOST_ROWS = 10
MANY = 80  # actions: with more, rows full of labels would hide the lanes behind their lines
ROWS_OF_MANY = 3


@dataclass(frozen=True)
class Label:
    """An action and its label: its words; or its number, if there is no room for words; or nothing
    (and no row), if there is no room for that either. Numbers count all actions from 1."""

    event: Event
    number: int
    words: str
    row: int | None

    @property
    def is_number(self) -> bool:
        return self.words == str(self.number)


def place(canvas: Canvas) -> list[Label]:
    """Give each action's label the lowest row in which it touches no other.

    From the last to the first: earlier ones go above, so that their lines cross fewer labels.
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
    rows = 1 + max((action.row for action in placed if action.row is not None), default=0)
    return Canvas(history, rows, lane, left), placed


def _extent(canvas: Canvas, event: Event, words: str) -> tuple[float, float]:
    """The left and right end of a label: it is right of its line, or left of it at the edge."""
    x, width = canvas.x(event.time), LETTER * len(words) + 8
    return (x, x + width) if x + width < WIDTH else (x - width, x)


def draw(canvas: Canvas, placed: Iterable[Label]) -> list[str]:
    """A line for each action, from its label to its lane; a short one where it has no label."""
    drawn = []
    for action in placed:
        x, foot = canvas.x(action.event.time), canvas.foot(action.event)
        y = foot - 14 if action.row is None else canvas.top - ROW * action.row - 5
        head = y if action.row is None else y - 9
        drawn.append(tag("line", class_="action", x1=px(x), x2=px(x), y1=px(head), y2=px(foot)))
        if action.row is not None:
            at_edge = _extent(canvas, action.event, action.words)[0] < x
            position = {"x": px(x - 4), "text_anchor": "end"} if at_edge else {"x": px(x + 3)}
            drawn.append(text(action.words, y=px(y), **position))
    return drawn


def note(placed: Iterable[Label]) -> str:
    """What the picture leaves to its table, in words; empty if nothing."""
    placed = list(placed)
    numbered = sum(action.is_number for action in placed)
    unlabelled = sum(action.row is None for action in placed)
    parts = [f"{numbered} shown only by number"] if numbered else []
    parts += [f"{unlabelled} without a label"] if unlabelled else []
    return f"Of {len(placed)} actions, {' and '.join(parts)}; the table names all." if parts else ""
