"""Who was given which partitions in a generation of the group, as a grid: a row for each worker, a
column for each partition of the greetings, and one for the leader partition."""

from __future__ import annotations

from dataclasses import dataclass

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.group import greeting_partitions
from electionlab.history.history import HasHistory, History, as_history
from electionlab.pictures.drawing import marks
from electionlab.pictures.drawing.canvas import ROW
from electionlab.pictures.drawing.svg import figure, picture, px, tag, text
from electionlab.pictures.tables import Table
from electionlab.pictures.wording import listed

LEFT, CELL, GAP, HEAD = 70, 24, 10, 46


@dataclass(frozen=True)
class Given:
    """What a member was given in a generation: the numbers of its greeting partitions, and whether
    the leader partition is among the others. `heir`: whether it was the standby for that one, by
    its answers over HTTP in that generation; None if it was not asked."""

    generation: int
    worker: str
    partitions: tuple[int, ...]
    leads: bool
    heir: bool | None


def given(history: History, generation: int) -> list[Given]:
    """What each member of a generation was given, in the order of the history's workers.

    Where a Kafka was replaced and its numbers came again, the last is meant.
    Raises LabError if no log of the history tells of the generation.
    """
    joins = (joined for joined in history.member_joins if joined.generation == generation)
    last = {joined.worker: joined for joined in joins}  # a Kafka that is replaced counts anew
    found = [_given(history, joined) for joined in last.values()]
    if not found:
        raise LabError(f"The history has no assignment of generation {generation}.")
    return sorted(found, key=lambda each: history.workers.index(each.worker))


def _given(history: History, joined: ev.MemberJoined) -> Given:
    worker = joined.worker
    ends_wait = history.of(ev.PartitionsAssigned, ev.MemberJoined, worker=worker)
    after = next((e for e in ends_wait if e.time >= joined.time and e is not joined), None)
    assigned = after if isinstance(after, ev.PartitionsAssigned) else None
    held = assigned.partitions if assigned else {}
    since = assigned.time if assigned else joined.time
    ends = history.of(ev.PartitionsRevoked, ev.WorkerKilled, ev.WorkerExited, worker=worker)
    end = next((event.time for event in ends if event.time >= since), history.over)
    views = [v for v in history.of(ev.WorkerView, worker=worker) if since <= v.time < end]
    return Given(
        joined.generation,
        worker,
        tuple(greeting_partitions(held)),
        assigned.leads if assigned else False,
        views[-1].heir if views else None,
    )


class Assignments:
    """What the members of one or more generations were given, as a grid for each, one below the
    other, with its table. Raises LabError if no log of the history tells of a generation."""

    def __init__(self, source: History | HasHistory, *generations: int, caption: str = "") -> None:
        self.history = history = as_history(source)
        self.caption = caption
        self.given = [each for number in generations for each in given(history, number)]
        self.generations = generations
        self.columns = max((max(each.partitions, default=0) for each in self.given), default=0) + 1

    def svg(self) -> str:
        """The picture as SVG text."""
        width = LEFT + CELL * (self.columns + 1) + GAP + 8
        parts: list[str] = []
        top = 0.0
        for number in self.generations:
            rows = [each for each in self.given if each.generation == number]
            parts += self._block(number, rows, top)
            top += HEAD + CELL * len(rows) + ROW
        if any(each.heir for each in self.given):
            words = "★ the leader partition · ☆ its standby"
            parts.append(text(words, class_="small note", x=8, y=px(top)))
            top += ROW
        return picture(repr(self), parts, top, width=width)

    def _block(self, number: int, rows: list[Given], top: float) -> list[str]:
        parts = [text(f"generation {number}", x=8, y=px(top + 16), font_weight="bold")]
        heads = {str(column): self._x(column) for column in range(self.columns)}
        heads["★"] = self._x(self.columns)
        centre = {"text_anchor": "middle", "class_": "small"}
        for words, x in heads.items():
            parts.append(text(words, x=px(x + CELL / 2), y=px(top + HEAD - 6), **centre))
        looks = marks.of(self.history.workers)
        for row, each in enumerate(rows):
            y = top + HEAD + CELL * row
            parts += _row(each, looks[each.worker], y, heads, self.columns)
        return parts

    def _x(self, column: int) -> float:
        return LEFT + CELL * column + (GAP if column == self.columns else 0)

    def table(self) -> Table:
        """The same as a table."""
        return Table(
            ["generation", "worker", "partitions of the greetings", "leader partition"],
            [
                (each.generation, each.worker, _numbers(each), _leader_words(each))
                for each in self.given
            ],
        )

    def __repr__(self) -> str:
        """The picture in words, for readers who cannot see it."""
        sentences = []
        for number in self.generations:
            rows = [each for each in self.given if each.generation == number]
            shares = [
                f"{each.worker} has {_numbers(each)}"
                + (f" and is {words}" if (words := _leader_words(each)) else "")
                for each in rows
            ]
            sentences.append(f"In generation {number}: {listed(shares, 40)}.")
        return " ".join(sentences)

    def _repr_html_(self) -> str:
        return figure("assignments", self.svg(), self.table(), self.caption)


def _numbers(each: Given) -> str:
    return ", ".join(map(str, each.partitions)) or "none"


def _leader_words(each: Given) -> str:
    return "leader" if each.leads else "standby" if each.heir else ""


def _row(
    each: Given, look: marks.Look, y: float, heads: dict[str, float], columns: int
) -> list[str]:
    colour, shape = look
    middle = y + CELL / 2
    drawn = [
        tag("path", d=shape, fill=colour, transform=f"translate(14 {px(middle)})"),
        text(each.worker, x=24, y=px(middle + 4), font_weight="bold"),
    ]
    held = {*map(str, each.partitions), *(["★"] if each.leads else [])}
    for name, x in heads.items():
        place = {"x": px(x + 1), "y": px(y + 1), "width": CELL - 2, "height": CELL - 2, "rx": 3}
        if name in held:
            how = {"class_": "leads", "style": f"fill:{colour};stroke:{colour}"}
            drawn.append(tag("rect", **how, **place))
        else:
            drawn.append(tag("rect", class_="greeting", opacity=".4", **place))
        sign = name if name in held else "☆" if name == "★" and each.heir else ""
        if sign:
            at = {"x": px(x + CELL / 2), "y": px(middle + 4)}
            drawn.append(text(sign, class_="small", text_anchor="middle", **at))
    return drawn
