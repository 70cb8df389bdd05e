"""The picture of a run: a lane for each worker, who led when, what was published, what we did."""

from __future__ import annotations

import functools
from dataclasses import replace

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.history import HasHistory, History, as_history
from electionlab.history.intervals import overlaps, union
from electionlab.history.readable import plural
from electionlab.pictures.drawing import hatching, labels
from electionlab.pictures.drawing.canvas import Canvas
from electionlab.pictures.drawing.hatching import Hatch
from electionlab.pictures.drawing.labels import Label
from electionlab.pictures.drawing.legend import SWATCH, legend
from electionlab.pictures.drawing.svg import SMALL_LETTER, figure, picture, px, tag, text
from electionlab.pictures.tables import Table
from electionlab.pictures.wording import SHOWN, actions_of, before_until, label, listed, what

OF_ANYBODY = "fill:currentColor;stroke:currentColor"  # a band has its worker's colour
LANE, LEFT, BAND = 62, 74, 26


def _bands(canvas: Canvas) -> list[str]:
    drawn = []
    before = before_until(canvas.history)
    for span in canvas.history.leaderships:
        colour, _ = canvas.looks[span.worker]
        how = {"class_": "leads", "style": f"fill:{colour};stroke:{colour}"}
        drawn.append(canvas.box(span, BAND / 2, rx=3, **how))
        # In which generation a leadership began before the window, its state does not tell.
        began = f"leads · generation {span.generation}" if span.start > before else "leads"
        room = canvas.x(span.end) - canvas.x(span.start)
        fits = (short for short in (began, "leads") if SMALL_LETTER * len(short) + 6 < room)
        x, y = px(canvas.x(span.start) + 4), px(canvas.middle(span.worker) - 1)
        drawn.append(text(next(fits, ""), class_="small", x=x, y=y))
    return drawn


def _marks(canvas: Canvas) -> list[str]:
    drawn = []
    for event in canvas.history.of(ev.Published):
        x, y = canvas.x(event.time), canvas.middle(event.worker) - BAND / 2 - 3
        points = f"{px(x - 3.5)},{px(y - 7)} {px(x + 3.5)},{px(y - 7)} {px(x)},{px(y)}"
        drawn.append(tag("polygon", points=points, class_="publish"))
    for printed in canvas.history.of(ev.GreetingPrinted):
        x, y = canvas.x(printed.time), canvas.middle(printed.worker) + BAND / 2 + 7
        drawn.append(tag("circle", cx=px(x), cy=px(y), r=3.2, class_="greeting"))
    return drawn


def _two_leaders(canvas: Canvas) -> list[str]:
    title, height = tag("title", "two leaders"), canvas.kafka - canvas.top
    return [
        canvas.strip(start, end, canvas.top, height, title, class_="two")
        for start, end in union(span for _, _, span in overlaps(canvas.history.leaderships))
    ]


def _entries(canvas: Canvas, kinds: list[Hatch], two: bool) -> list[tuple[str, str]]:
    history = canvas.history
    entries = []
    if history.leaderships:
        entries.append(
            (
                tag("rect", class_="leads", style=OF_ANYBODY, rx=3, **SWATCH),
                "leads, in its own eyes",
            )
        )
    if history.of(ev.Published):
        mark = tag("polygon", points="8,-8 15,-8 11.5,-1", class_="publish")
        entries.append((mark, "publishes"))
    if history.of(ev.GreetingPrinted):
        mark = tag("circle", cx=11, cy=-4, r=3.2, class_="greeting")
        entries.append((mark, "prints a greeting"))
    entries += [kind.entry(canvas) for kind in kinds]
    if two:
        entries.append((tag("rect", class_="two", **SWATCH), "two leaders"))
    return entries


class Timeline:
    """A history, or a run so far, as a picture with its table: the value of a notebook's cell."""

    def __init__(self, source: History | HasHistory, caption: str = "") -> None:
        self.history = as_history(source)
        self.caption = caption

    @functools.cached_property
    def _canvas_and_labels(self) -> tuple[Canvas, list[Label]]:
        return labels.with_room(self.history, LANE, LEFT)

    def svg(self, *, standalone: bool = False) -> str:
        """The picture as SVG text; `standalone`: as a file of its own, for light and dark mode."""
        canvas, placed = self._canvas_and_labels
        canvas = replace(canvas)  # with an id of its own
        if standalone:  # the file has no other ids, and every drawing of a history is the same
            canvas.id = "tl"
        own, brokers = hatching.in_lanes(self.history), hatching.of_brokers(canvas)
        two = _two_leaders(canvas)
        note = labels.note(placed)
        entries = _entries(canvas, own + brokers, bool(two))
        key, height = legend(entries, [note] if note else [], LEFT, canvas.bottom + 40)
        parts = [
            hatching.patterns(canvas, own + brokers),
            *canvas.axis(),
            *two,
            *canvas.names(),
            *_bands(canvas),
            *hatching.draw(canvas, own),
            *hatching.draw_kafka(canvas, brokers),
            *_marks(canvas),
            *labels.draw(canvas, placed),
            *key,
        ]
        return picture(repr(self), parts, height, standalone=standalone)

    def table(self) -> Table:
        """The same as a table: seconds since the start, or `before` for the state at the start of a
        window; worker, what happened, line in its log; and the actions' numbers, if the picture
        labels any action with its number."""
        _, placed = self._canvas_and_labels
        numbers = dict(pair for action in placed for pair in action.numbered())
        heads, shown = ["seconds", "worker", "what happened", "log line"], self.history.of(*SHOWN)
        before = before_until(self.history)
        rows = [
            [self._second(event, before), event.worker, self._what(event, before), event.line or ""]
            for event in shown
        ]
        if any(action.is_number for action in placed):
            heads.append("number")
            for row, event in zip(rows, shown, strict=True):
                row.append(numbers.get(event, ""))
        return Table(heads, rows)

    @staticmethod
    def _what(event: Event, before: float) -> str:
        led_already = isinstance(event, ev.LeadershipGained) and event.time <= before
        return "leads" if led_already else what(event)

    def _second(self, event: Event, before: float) -> str:
        return "before" if event.time <= before else f"{self.history.at(event.time):.3f}"

    def _repr_html_(self) -> str:
        return figure("timeline", self.svg(), self.table(), self.caption)

    def __repr__(self) -> str:
        """The picture in words, for readers who cannot see it."""
        history = self.history
        count, published = len(history.workers), len(history.of(ev.Published))
        led = [
            f"{span.worker} from {history.at(span.start):.1f} to {history.at(span.end):.1f} s"
            for span in history.leaderships
        ]
        done = [
            f"{label(event)} at {history.at(event.time):.1f} s"
            for event in actions_of(history)
            if not isinstance(event, ev.WorkerStarted)
        ]
        return (
            f"{count} {plural(count, 'worker')} ({', '.join(history.workers)}) "
            f"over {history.length_s:.0f} s. "
            f"Leader: {listed(led) or 'nobody'}. Done to them: {listed(done) or 'nothing'}. "
            f"{published} {plural(published, 'greeting')} published, "
            f"{len(history.of(ev.GreetingPrinted))} printed."
        )
