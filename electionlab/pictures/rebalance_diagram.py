"""The sequence diagram of one rebalance, drawn from the logs.

A lifeline for Kafka's coordinator and for each worker; time runs downwards. The steps are evenly
spaced, since at true scale those of the first few milliseconds would overlap; each shows its time
and how long after the previous step it came.
"""

from __future__ import annotations

from collections.abc import Mapping

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.history import HasHistory, History, as_history
from electionlab.pictures.drawing import marks
from electionlab.pictures.drawing.legend import legend
from electionlab.pictures.drawing.marks import Look
from electionlab.pictures.drawing.svg import SMALL_LETTER, WIDTH, figure, picture, px, tag, text
from electionlab.pictures.rebalance_steps import Step, steps
from electionlab.pictures.tables import Table
from electionlab.pictures.wording import listed

TIMES, COLUMN = 140, 44  # px for times, and the least for a lifeline
ROW, PAUSE, PAUSE_S = 19, 10, 0.5  # a gap of more than PAUSE_S seconds gets PAUSE px more
HEAD = 34


class Rebalance:
    """The rebalance that made a generation of the group, as a sequence diagram with its table.

    Raises LabError if no log of the history has the generation.
    """

    def __init__(self, source: History | HasHistory, generation: int, caption: str = "") -> None:
        self.history = history = as_history(source)
        self.generation = generation
        self.caption = caption
        self.steps = steps(history, generation)

    def svg(self) -> str:
        """The picture as SVG text."""
        drawing = _Drawing(self.steps)
        notes = [] if any(step.kind == "stored" for step in self.steps) else [NOT_READ]
        key, height = legend(drawing.entries(), notes, 8, drawing.bottom + 24)
        looks = marks.of(self.history.workers)
        parts = [*drawing.lifelines(looks), *drawing.rows(self.history), *key]
        return picture(repr(self), parts, height, width=drawing.width)

    def table(self) -> Table:
        """The same as a table: seconds since the start, and where the step stands in a log."""
        at = self.history.at
        return Table(
            ["seconds", "who", "what happened", "where it stands"],
            [
                (
                    f"{at(step.event.time):.3f}",
                    step.who,
                    step.words,
                    _where(step.event),
                )
                for step in self.steps
            ],
        )

    def __repr__(self) -> str:
        """The picture in words, for readers who cannot see it."""
        at = self.history.at
        protocol = [step for step in self.steps if step.kind != "done"]
        first, last = protocol[0].event.time, protocol[-1].event.time
        sentences = [f"{at(step.event.time):.3f} s {step.words}" for step in self.steps]
        note = "" if any(step.kind == "stored" for step in self.steps) else f" {NOT_READ}"
        return (
            f"The rebalance that made generation {self.generation}, from {at(first):.3f} to "
            f"{at(last):.3f} s: {(last - first) * 1000:.0f} ms. {listed(sentences, 60)}.{note}"
        )

    def _repr_html_(self) -> str:
        return figure("rebalance", self.svg(), self.table(), self.caption)


NOT_READ = "What the broker stored of this generation was not read."


def _where(event: Event) -> str:
    if isinstance(event, ev.GroupStored):
        return f"offset {event.offset} of the group's log"
    return f"line {event.line} of its log" if event.line else ""


def _gap(seconds: float) -> str:
    return f"+{seconds:.1f} s" if seconds >= 1 else f"+{seconds * 1000:.0f} ms"


def _arrow(start: float, end: float, y: float) -> str:
    back = 7 if end > start else -7
    head = f"{px(end)},{px(y)} {px(end - back)},{px(y - 4)} {px(end - back)},{px(y + 4)}"
    ends = {"x1": px(start), "x2": px(end - back), "y1": px(y), "y2": px(y)}
    return tag("line", class_="arrow", **ends) + tag("polygon", points=head, class_="publish")


def _mark(kind: str, x: float, y: float) -> str:
    """The mark for what a participant does alone, centred on (x, y)."""
    if kind == "ready":
        return tag("circle", cx=px(x), cy=px(y), r=4.5, class_="publish")
    shapes = {
        "revoked": f"M{px(x - 5)} {px(y - 5)}h10v10h-10z",
        "elected": f"M{px(x)} {px(y - 7)}l7 7l-7 7l-7 -7z",
        "stored": f"M{px(x - 11)} {px(y - 4)}h22v8h-22z",
        "done": f"M{px(x - 5)} {px(y - 5)}l10 10m0 -10l-10 10",
    }
    is_filled = kind in ("elected", "stored")
    return tag("path", d=shapes[kind], class_="publish" if is_filled else "greeting")


_WORDS = {
    "done": "what we did",
    "revoked": "gives back",
    "elected": "computes the assignment",
    "stored": "stores",
    "ready": "is ready",
}


class _Drawing:
    """Where the steps go, and their marks."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        workers = sorted({step.who for step in steps} - {"Kafka"})
        names = ["Kafka", *workers]
        # The words are left of the lifelines: on a narrow screen they are seen first.
        left = TIMES + SMALL_LETTER * max(len(step.words) for step in steps)
        column = max(COLUMN, (WIDTH - left) / len(names))
        self.x = {name: left + column * (row + 0.5) for row, name in enumerate(names)}
        self.width = max(WIDTH, left + column * len(names))
        self.y: list[float] = []
        y = HEAD + 0.0
        for before, step in zip([steps[0], *steps], steps, strict=False):
            y += ROW + (PAUSE if step.event.time - before.event.time > PAUSE_S else 0)
            self.y.append(y)
        self.bottom = y + ROW

    def lifelines(self, looks: Mapping[str, Look]) -> list[str]:
        """A line for Kafka and for each worker, under its name and its mark."""
        drawn = []
        for name, x in self.x.items():
            own = [number for number, step in enumerate(self.steps) if step.who == name]
            is_killed = bool(own) and isinstance(self.steps[own[-1]].event, ev.WorkerKilled)
            end = self.y[own[-1]] if is_killed else self.bottom
            place = {"x1": px(x), "x2": px(x), "y1": HEAD, "y2": px(end)}
            drawn.append(tag("line", class_="life", **place))
            if name in looks:
                colour, shape = looks[name]
                drawn.append(tag("path", d=shape, fill=colour, transform=f"translate({px(x)} 8)"))
            drawn.append(text(name, x=px(x), y=HEAD - 4, text_anchor="middle", font_weight="bold"))
        return drawn

    def rows(self, history: History) -> list[str]:
        drawn, before = [], self.steps[0].event.time
        for y, step in zip(self.y, self.steps, strict=True):
            at, small = history.at(step.event.time), {"class_": "small", "y": px(y + 4)}
            drawn.append(text(f"{at:.3f} s", x=70, text_anchor="end", **small))
            gap_s = step.event.time - before
            drawn.append(text(_gap(gap_s) if y > self.y[0] else "", x=76, **small))
            drawn.append(text(step.words, x=TIMES, **small))
            x, end = self.x[step.who], TIMES + SMALL_LETTER * len(step.words) + 6
            to = self.x["Kafka"] if step.kind in ("answer", "request") else x
            guide = {"x1": px(end), "x2": px(to), "y1": px(y), "y2": px(y)}
            drawn.append(tag("line", class_="grid", **guide))
            drawn.append(self.mark(step, x, y))
            before = step.event.time
        return drawn

    def mark(self, step: Step, x: float, y: float) -> str:
        if step.kind == "answer":
            star = text("★", x=px(x + 3), y=px(y + 4)) if step.leads else ""
            return _arrow(self.x["Kafka"], x, y) + star
        if step.kind == "request":
            return _arrow(x, self.x["Kafka"], y)
        return _mark(step.kind, x, y)

    def entries(self) -> list[tuple[str, str]]:
        kinds = {step.kind for step in self.steps}
        entries = []
        if kinds & {"answer", "request"}:
            entries.append((_arrow(0, 22, -4), "message"))
        entries += [(_mark(kind, 11, -4), words) for kind, words in _WORDS.items() if kind in kinds]
        if any(step.leads for step in self.steps):
            entries.append((text("★", x=6, y=0), "the leader partition"))
        return entries
