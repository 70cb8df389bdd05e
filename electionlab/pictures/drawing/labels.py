"""Labels of what we did: they never overlap, and take few rows, however much was done.

Where the same was done several times in a row, one label stands for all: `start ×9`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from electionlab.history.events import Event
from electionlab.history.history import History
from electionlab.pictures.drawing.canvas import ROW, Canvas
from electionlab.pictures.drawing.svg import LETTER, WIDTH, px, tag, text
from electionlab.pictures.wording import actions_of, is_alike, label, label_of_all

MOST_ROWS = 10
MANY = 80  # actions: with more, rows full of labels would hide the lanes behind their lines
ROWS_OF_MANY = 3
CLOSE = 12  # px: actions no further apart than this may have one label
FEWEST = 3
"""Actions with one label: of two, each can name its worker."""


@dataclass(frozen=True)
class Label:
    """An action, or several alike that are close together, with a label: words; or the number, if
    there is no room for words; or nothing (and no row), if there is no room for that either.
    Numbers count all actions from 1; `number` is that of the first of `events`."""

    events: tuple[Event, ...]
    number: int
    words: str
    row: int | None

    @property
    def is_number(self) -> bool:
        return self.words == _numbers(self.events, self.number)

    def numbered(self) -> Iterator[tuple[Event, int]]:
        """Each action with its number."""
        return ((event, self.number + place) for place, event in enumerate(self.events))


def place(canvas: Canvas) -> list[Label]:
    """Give each label the lowest row in which it touches no other.

    From the last to the first: earlier ones go above, so that their lines cross fewer labels.
    """
    actions = actions_of(canvas.history)
    most = MOST_ROWS if len(actions) <= MANY else ROWS_OF_MANY
    begins: list[float] = []
    placed = []
    number = len(actions) + 1
    for events in reversed(list(_together(canvas, actions))):
        number -= len(events)
        chosen = Label(events, number, "", None)
        whole = label(events[0]) if len(events) == 1 else label_of_all(events)
        for words in (whole, _numbers(events, number)):
            left, right = _extent(canvas, events, words)
            row = next((r for r, begin in enumerate(begins) if right <= begin), len(begins))
            if row < most:
                begins[row : row + 1] = [left]
                chosen = Label(events, number, words, row)
                break
        placed.append(chosen)
    return placed[::-1]


def _together(canvas: Canvas, actions: Iterable[Event]) -> Iterator[tuple[Event, ...]]:
    """The actions, in order: those that get one label together."""
    run: list[Event] = []
    for event in actions:
        if (
            run
            and is_alike(run[-1], event)
            and canvas.x(event.time) <= canvas.x(run[-1].time) + CLOSE
        ):
            run.append(event)
            continue
        yield from _parted(run)
        run = [event]
    yield from _parted(run)


def _parted(run: list[Event]) -> Iterator[tuple[Event, ...]]:
    if len(run) >= FEWEST:
        yield tuple(run)
    else:
        yield from ((event,) for event in run)


def _numbers(events: tuple[Event, ...], first: int) -> str:
    return str(first) if len(events) == 1 else f"{first}–{first + len(events) - 1}"


def with_room(history: History, lane: float, left: float) -> tuple[Canvas, list[Label]]:
    """A canvas with as many rows as the labels need, and the labels."""
    placed = place(Canvas(history, lane=lane, left=left))
    rows = 1 + max((action.row for action in placed if action.row is not None), default=0)
    return Canvas(history, rows, lane, left), placed


def _extent(canvas: Canvas, events: tuple[Event, ...], words: str) -> tuple[float, float]:
    """The left and right end of a label and its lines: it is right of them, or left at the edge."""
    first, last = canvas.x(events[0].time), canvas.x(events[-1].time)
    width = LETTER * len(words) + 8
    return (first, last + width) if last + width < WIDTH else (first - width, last)


def draw(canvas: Canvas, placed: Iterable[Label]) -> list[str]:
    """A line for each action, from its label to its lane; a short one where it has no label."""
    drawn = []
    for action in placed:
        for event in action.events:
            x, foot = canvas.x(event.time), canvas.foot(event)
            head = foot - 14 if action.row is None else canvas.top - ROW * action.row - 14
            drawn.append(tag("line", class_="action", x1=px(x), x2=px(x), y1=px(head), y2=px(foot)))
        if action.row is not None:
            first, last = canvas.x(action.events[0].time), canvas.x(action.events[-1].time)
            at_edge = _extent(canvas, action.events, action.words)[0] < first
            position = (
                {"x": px(first - 4), "text_anchor": "end"} if at_edge else {"x": px(last + 3)}
            )
            drawn.append(text(action.words, y=px(canvas.top - ROW * action.row - 5), **position))
    return drawn


def note(placed: Iterable[Label]) -> str:
    """What the picture leaves to its table, in words; empty if nothing."""
    placed = list(placed)
    count = sum(len(action.events) for action in placed)
    numbered = sum(len(action.events) for action in placed if action.is_number)
    unlabelled = sum(len(action.events) for action in placed if action.row is None)
    parts = [f"{numbered} shown only by number"] if numbered else []
    parts += [f"{unlabelled} without a label"] if unlabelled else []
    return f"Of {count} actions, {' and '.join(parts)}; the table names all." if parts else ""
