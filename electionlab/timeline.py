"""The picture of a run: one lane a worker, who led when, what was published, what we did.

An inline SVG. Lines and text have the colour of the text around it, so it follows a light or dark
page; every kind of mark has a shape of its own, so it reads without colour.
"""

from __future__ import annotations

import html
import uuid
from dataclasses import dataclass

from electionlab import events as ev
from electionlab.checks import at_most_one_leader
from electionlab.events import Event
from electionlab.history import History, Span
from electionlab.spans import overlaps
from electionlab.tables import Table

WIDTH, LEFT, RIGHT = 720, 50, 12
LANE, BAND = 58, 22
ROW = 16  # height of a row of action labels
LETTER = 6.6  # average width of a letter of 12 px, for keeping labels apart

ACTIONS: dict[type[Event], str] = {
    ev.WorkerStarted: "start",
    ev.WorkerInterrupted: "Ctrl+C",
    ev.WorkerKilled: "kill -9",
    ev.WorkerFrozen: "freeze",
    ev.WorkerThawed: "thaw",
    ev.RunEnding: "end of run",
}
WORDS: dict[type[Event], str] = {
    **ACTIONS,
    ev.LeadershipGained: "becomes leader",
    ev.LeadershipLost: "leads no longer",
    ev.RebalanceNoticed: "notices a rebalance",
    ev.GroupLeaderElected: "is group leader: computes the assignment",
    ev.Published: "publishes",
    ev.GreetingPrinted: "prints a greeting",
    ev.WorkerExited: "has ended",
}
STYLE = """
.tl{font:12px system-ui,sans-serif;color:inherit} .tl text{fill:currentColor;stroke:none}
.tl .life{stroke:currentColor;stroke-width:1.5;opacity:.45} .tl .small{font-size:10.5px}
.tl .leads{fill:#3b82f6;fill-opacity:.35;stroke:#3b82f6;stroke-width:1.5}
.tl .two{fill:#ea580c;fill-opacity:.16;stroke:#ea580c;stroke-dasharray:4 2}
.tl .action{stroke:currentColor;stroke-dasharray:2 3;opacity:.75}
.tl .publish{fill:currentColor} .tl .greeting{fill:none;stroke:currentColor;stroke-width:1.4}
.tl .grid{stroke:currentColor;opacity:.13} .tl .hatch{stroke:currentColor;stroke-width:1;opacity:.5}
"""


def tag(name: str, *inside: str, **attributes: object) -> str:
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{told}>{''.join(inside)}</{name}>"


def text(words: str, **attributes: object) -> str:
    return tag("text", html.escape(words), **attributes)


def _px(number: float) -> str:
    return f"{number:.1f}"


def describe(history: History) -> str:
    """The picture in words, for whoever cannot see it."""
    seconds = history.at(history.end)
    led = "; ".join(
        f"{span.worker} from {history.at(span.start):.1f} to {history.at(span.end):.1f} s"
        for span in history.leaderships
    )
    done = "; ".join(
        f"{_words(event)} at {history.at(event.time):.1f} s"
        for event in _actions_of(history)
        if not isinstance(event, ev.WorkerStarted)
    )
    return (
        f"{len(history.workers)} workers ({', '.join(history.workers)}) over {seconds:.0f} s. "
        f"Leader: {led or 'nobody'}. Done to them: {done or 'nothing'}. "
        f"{len(history.of(ev.Published))} greetings published, "
        f"{len(history.of(ev.GreetingPrinted))} printed."
    )


def _words(event: Event) -> str:
    what = WORDS[type(event)]
    return what if event.worker == "lab" else f"{what} {event.worker}"


@dataclass
class Canvas:
    """Where things go: seconds to the right, one lane a worker downwards."""

    history: History
    label_rows: int

    def __post_init__(self) -> None:
        self.id = f"tl{uuid.uuid4().hex[:8]}"
        self.top = 8 + ROW * self.label_rows
        self.bottom = self.top + LANE * len(self.history.workers)
        self.height = self.bottom + 52
        self.seconds = max(self.history.at(self.history.end), 1.0)

    def x(self, time: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * self.history.at(time) / self.seconds

    def middle(self, worker: str) -> float:
        return self.top + LANE * (self.history.workers.index(worker) + 0.5)

    def box(self, span: Span, half: float, **attributes: object) -> str:
        x, width = self.x(span.start), self.x(span.end) - self.x(span.start)
        y = self.middle(span.worker) - half
        place = {"x": _px(x), "y": _px(y), "width": _px(width), "height": _px(2 * half)}
        return tag("rect", **place, **attributes)


def _place_labels(history: History) -> list[tuple[Event, int]]:
    """Give each action's label the lowest row in which it touches no other."""
    ends: list[float] = []
    placed = []
    canvas = Canvas(history, 0)
    for event in _actions_of(history):
        left, right = _label_extent(canvas, event)
        row = next((r for r, end in enumerate(ends) if end <= left), len(ends))
        ends[row : row + 1] = [right]
        placed.append((event, row))
    return placed


def _actions_of(history: History) -> list[Event]:
    """What we did, up to the end of the run: that all workers are stopped then is no news."""
    actions = history.of(*ACTIONS)
    over = [number for number, event in enumerate(actions) if isinstance(event, ev.RunEnding)]
    return actions[: over[0] + 1] if over else actions


def _label_extent(canvas: Canvas, event: Event) -> tuple[float, float]:
    """From where to where an action's label goes: right of its line, left of it at the edge."""
    x, width = canvas.x(event.time), LETTER * len(_words(event)) + 8
    return (x, x + width) if x + width < WIDTH else (x - width, x)


def _lanes(canvas: Canvas) -> list[str]:
    history, drawn = canvas.history, []
    for worker in history.workers:
        y = _px(canvas.middle(worker) + 4)
        drawn.append(text(worker, x=8, y=y, font_weight="bold"))
    for life in history.lives:
        y = _px(canvas.middle(life.worker))
        ends = {"x1": _px(canvas.x(life.start)), "x2": _px(canvas.x(life.end))}
        drawn.append(tag("line", class_="life", y1=y, y2=y, **ends))
    for span in history.leaderships:
        drawn.append(canvas.box(span, BAND / 2, class_="leads", rx=3))
        label = f"leads · generation {span.generation}"
        room = canvas.x(span.end) - canvas.x(span.start)
        label = next((text for text in (label, "leads") if LETTER * len(text) < room), "")
        x, y = _px(canvas.x(span.start) + 4), _px(canvas.middle(span.worker) + 4)
        drawn.append(text(label, class_="small", x=x, y=y))
    hatched = [(span, "rebalance") for span in history.rebalances]
    hatched += [(span, "frozen") for span in history.freezes]
    for span, pattern in hatched:
        drawn.append(canvas.box(span, LANE / 2 - 6, fill=f"url(#{canvas.id}{pattern})"))
    return drawn


def _marks(canvas: Canvas) -> list[str]:
    drawn = []
    for event in canvas.history.of(ev.Published):
        x, y = canvas.x(event.time), canvas.middle(event.worker) - BAND / 2 - 3
        points = f"{_px(x - 3.5)},{_px(y - 7)} {_px(x + 3.5)},{_px(y - 7)} {_px(x)},{_px(y)}"
        drawn.append(tag("polygon", points=points, class_="publish"))
    for printed in canvas.history.of(ev.GreetingPrinted):
        x, y = canvas.x(printed.time), canvas.middle(printed.worker) + BAND / 2 + 7
        drawn.append(tag("circle", cx=_px(x), cy=_px(y), r=3.2, class_="greeting"))
    return drawn


def _two_leaders(canvas: Canvas) -> list[str]:
    height = canvas.bottom - canvas.top
    return [
        tag(
            "rect",
            tag("title", "two leaders"),
            class_="two",
            x=_px(canvas.x(start)),
            y=canvas.top,
            width=_px(canvas.x(end) - canvas.x(start)),
            height=height,
        )
        for _, _, (start, end) in overlaps(canvas.history.leaderships)
    ]


def _actions(canvas: Canvas, placed: list[tuple[Event, int]]) -> list[str]:
    drawn = []
    for event, row in placed:
        x, words = canvas.x(event.time), _words(event)
        y = canvas.top - ROW * row - 5
        foot = canvas.bottom if event.worker == "lab" else canvas.middle(event.worker)
        drawn.append(
            tag("line", class_="action", x1=_px(x), x2=_px(x), y1=_px(y - 9), y2=_px(foot))
        )
        at_edge = _label_extent(canvas, event)[0] < x
        place = {"x": _px(x - 4), "text_anchor": "end"} if at_edge else {"x": _px(x + 3)}
        drawn.append(text(words, y=_px(y), **place))
    return drawn


def _axis(canvas: Canvas) -> list[str]:
    steps = (1, 2, 5, 10, 30, 60, 300, 3600, 4 * 3600)
    step = next((s for s in steps if canvas.seconds / s <= 18), 24 * 3600)
    drawn = []
    for second in range(0, int(canvas.seconds) + 1, step):
        x = _px(canvas.x(canvas.history.start + second))
        drawn.append(tag("line", class_="grid", x1=x, x2=x, y1=canvas.top, y2=canvas.bottom))
        words = f"{second} s" if second == 0 else str(second)
        drawn.append(text(words, class_="small", x=x, y=canvas.bottom + 14, text_anchor="middle"))
    return drawn


def _legend(canvas: Canvas) -> list[str]:
    y, x, drawn = canvas.bottom + 40, LEFT, []
    small = {"x": 0, "y": -10, "width": 22, "height": 12}
    entries = [
        (tag("rect", class_="leads", rx=3, **small), "leads, in its own eyes"),
        (tag("polygon", points="8,-8 15,-8 11.5,-1", class_="publish"), "publishes"),
        (tag("circle", cx=11, cy=-4, r=3.2, class_="greeting"), "prints a greeting"),
        (tag("rect", fill=f"url(#{canvas.id}rebalance)", **small), "rebalance"),
    ]
    if canvas.history.freezes:
        entries.append((tag("rect", fill=f"url(#{canvas.id}frozen)", **small), "frozen"))
    if at_most_one_leader(canvas.history).outcome == "broken":
        entries.append((tag("rect", class_="two", **small), "two leaders"))
    for mark, words in entries:
        label = text(words, class_="small", x=28, y=0)
        drawn.append(tag("g", mark, label, transform=f"translate({x} {y})"))
        x += 46 + int(6 * len(words))
    return drawn


def _patterns(canvas: Canvas) -> str:
    size = {"width": 6, "height": 6, "patternUnits": "userSpaceOnUse"}
    slant = tag("path", d="M0 6L6 0", class_="hatch")
    cross = tag("path", d="M0 6L6 0M0 0L6 6", class_="hatch")
    return tag(
        "defs",
        tag("pattern", slant, id=f"{canvas.id}rebalance", **size),
        tag("pattern", cross, id=f"{canvas.id}frozen", **size),
    )


def svg(history: History, *, standalone: bool = False) -> str:
    """The picture as SVG text. `standalone` gives a file of its own that chooses light or dark."""
    placed = _place_labels(history)
    canvas = Canvas(history, 1 + max((row for _, row in placed), default=0))
    style, attributes = STYLE, {"class": "tl", "role": "img", "aria-label": describe(history)}
    if standalone:
        attributes["xmlns"] = "http://www.w3.org/2000/svg"
        style += "svg{color:#1f2328;background:#fff}@media (prefers-color-scheme:dark)"
        style += "{svg{color:#e6edf3;background:#0d1117}}"
    return tag(
        "svg",
        tag("style", style),
        _patterns(canvas),
        *_axis(canvas),
        *_two_leaders(canvas),
        *_lanes(canvas),
        *_marks(canvas),
        *_actions(canvas, placed),
        *_legend(canvas),
        viewBox=f"0 0 {WIDTH} {canvas.height}",
        width="100%",
        **attributes,
    )


def table(history: History) -> Table:
    """The same as a table: seconds since the start, worker, what happened, line in its log."""
    return Table(
        ["seconds", "worker", "what happened", "log line"],
        [
            (f"{history.at(event.time):.3f}", event.worker, WORDS[type(event)], event.line or "")
            for event in history.of(*WORDS)
        ],
    )


class Timeline:
    """A history as a picture with its table; a notebook shows it by naming it."""

    def __init__(self, history: History, caption: str = "") -> None:
        self.history = history
        self.caption = caption

    def _repr_html_(self) -> str:
        words = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return (
            f'<figure class="timeline"><div class="timeline-scroll" tabindex="0">'
            f"{svg(self.history)}</div>{words}"
            f"<details><summary>The same as a table</summary>"
            f'<div class="timeline-scroll">{table(self.history)._repr_html_()}</div>'
            "</details></figure>"
        )

    def __repr__(self) -> str:
        return describe(self.history)
