"""The picture of a run: one lane a worker, who led when, what was published, what we did."""

from __future__ import annotations

from electionlab import events as ev
from electionlab.drawing import hatching, labels
from electionlab.drawing.canvas import Canvas
from electionlab.drawing.hatching import Hatch
from electionlab.drawing.labels import Label
from electionlab.drawing.legend import SWATCH, legend
from electionlab.drawing.svg import LETTER, WIDTH, figure, picture, px, tag, text
from electionlab.history import History
from electionlab.spans import overlaps, union
from electionlab.tables import Table
from electionlab.words import TOLD, actions_of, label, listed, what

__all__ = ["WIDTH", "Timeline", "describe", "svg", "table"]

LANE, LEFT, BAND = 58, 50, 22


def describe(history: History) -> str:
    """The picture in words, for whoever cannot see it."""
    seconds = history.at(history.end)
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
        f"{len(history.workers)} workers ({', '.join(history.workers)}) over {seconds:.0f} s. "
        f"Leader: {listed(led) or 'nobody'}. Done to them: {listed(done) or 'nothing'}. "
        f"{len(history.of(ev.Published))} greetings published, "
        f"{len(history.of(ev.GreetingPrinted))} printed."
    )


def _bands(canvas: Canvas) -> list[str]:
    drawn = []
    for span in canvas.history.leaderships:
        drawn.append(canvas.box(span, BAND / 2, class_="leads", rx=3))
        words = f"leads · generation {span.generation}"
        room = canvas.x(span.end) - canvas.x(span.start)
        words = next((short for short in (words, "leads") if LETTER * len(short) < room), "")
        x, y = px(canvas.x(span.start) + 4), px(canvas.middle(span.worker) + 4)
        drawn.append(text(words, class_="small", x=x, y=y))
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
        for start, end in union(both for _, _, both in overlaps(canvas.history.leaderships))
    ]


def _entries(canvas: Canvas, kinds: list[Hatch], two: bool) -> list[tuple[str, str]]:
    history = canvas.history
    entries = []
    if history.leaderships:
        entries.append((tag("rect", class_="leads", rx=3, **SWATCH), "leads, in its own eyes"))
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


def svg(history: History, *, standalone: bool = False) -> str:
    """The picture as SVG text. `standalone` gives a file of its own that chooses light or dark."""
    canvas, placed = labels.with_room(history, LANE, LEFT)
    return _svg(canvas, placed, standalone=standalone)


def _svg(canvas: Canvas, placed: list[Label], *, standalone: bool = False) -> str:
    history = canvas.history
    own, brokers = hatching.in_lanes(history), hatching.of_brokers(canvas)
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
    return picture(describe(history), parts, height, standalone=standalone)


def table(history: History) -> Table:
    """The same as a table: seconds since the start, worker, what happened, line in its log. Where
    the picture labels an action with its number, the number too."""
    _, placed = labels.with_room(history, LANE, LEFT)
    return _table(history, placed)


def _table(history: History, placed: list[Label]) -> Table:
    numbers = {found.event: found.number for found in placed}
    heads = ["seconds", "worker", "what happened", "log line"]
    rows = [
        [f"{history.at(event.time):.3f}", event.worker, what(event), str(event.line or "")]
        for event in history.of(*TOLD)
    ]
    if any(found.is_number for found in placed):
        heads.append("number")
        for row, event in zip(rows, history.of(*TOLD), strict=True):
            row.append(str(numbers.get(event, "")))
    return Table(heads, rows)


class Timeline:
    """A history as a picture with its table; a notebook shows it by naming it."""

    def __init__(self, history: History, caption: str = "") -> None:
        self.history = history
        self.caption = caption

    def _repr_html_(self) -> str:
        canvas, placed = labels.with_room(self.history, LANE, LEFT)
        shown = _table(self.history, placed)
        return figure("timeline", _svg(canvas, placed), shown, self.caption)

    def __repr__(self) -> str:
        return describe(self.history)
