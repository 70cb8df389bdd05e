"""Spans of time as patterns, a different one for each kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from electionlab.history.history import History, Span
from electionlab.pictures.drawing.canvas import BROKER_ROW, Canvas
from electionlab.pictures.drawing.legend import SWATCH
from electionlab.pictures.drawing.svg import SMALL_LETTER, WIDTH, px, tag, text

# The lines of each pattern in a tile of 6 × 6 px.
PATTERNS = {
    "rebalance": "M0 6L6 0",
    "frozen": "M0 6L6 0M0 0L6 6",
    "cut": "M0 1.5H6M0 4.5H6",
    "slow": "M1 1.5H2.5M4 4.5H5.5",
    "blocked": "M1.5 0V6M4.5 0V6",
    "down": "M0 0.5H6M0 3.5H6M1.5 0.5V3.5M4.5 3.5V6",
    "apart": "M0 0L6 6M0 3L3 6M3 0L6 3",
}


@dataclass(frozen=True)
class Hatch:
    """A kind of span: its pattern, its words in the legend, and where it occurs."""

    pattern: str
    words: str
    spans: list[Span]

    def fill(self, canvas: Canvas) -> str:
        return f"url(#{canvas.id}{self.pattern})"

    def entry(self, canvas: Canvas) -> tuple[str, str]:
        """Its mark and words for a legend."""
        return tag("rect", class_="edge", fill=self.fill(canvas), **SWATCH), self.words


def in_lanes(history: History) -> list[Hatch]:
    """The kinds of spans that occur in the workers' lives."""
    kinds = [
        Hatch("rebalance", "rebalance", history.rebalances),
        Hatch("frozen", "frozen", history.freezes),
        Hatch("cut", "network cut", history.cuts),
        Hatch("slow", "network slow", history.slowdowns),
        Hatch("blocked", "loop blocked", history.blocks),
    ]
    return [kind for kind in kinds if kind.spans]


def of_brokers(canvas: Canvas) -> list[Hatch]:
    return [Hatch("down", "broker down", canvas.outages)] if canvas.outages else []


def patterns(canvas: Canvas, kinds: Iterable[Hatch]) -> str:
    """The definitions of the patterns that these kinds use."""
    size = {"width": 6, "height": 6, "patternUnits": "userSpaceOnUse"}
    return tag(
        "defs",
        *(
            tag(
                "pattern",
                tag("path", d=PATTERNS[kind.pattern], class_="hatch", fill="none"),
                id=f"{canvas.id}{kind.pattern}",
                **size,
            )
            for kind in kinds
        ),
    )


def draw(canvas: Canvas, kinds: Iterable[Hatch]) -> list[str]:
    """The spans in the workers' lanes."""
    return [
        canvas.box(span, canvas.lane / 2 - 6, fill=kind.fill(canvas), class_=f"edge {kind.pattern}")
        for kind in kinds
        for span in kind.spans
    ]


def draw_kafka(canvas: Canvas, kinds: Iterable[Hatch]) -> list[str]:
    """The lane `Kafka`: a row for each broker that was down."""
    if canvas.bottom == canvas.kafka:
        return []
    middle = (canvas.kafka + canvas.bottom) / 2
    drawn = [text("Kafka", x=24, y=px(middle + 4), font_weight="bold")]
    for kind in kinds:
        how = {"fill": kind.fill(canvas), "class_": f"edge {kind.pattern}"}
        tops = {
            name: canvas.kafka + 5 + BROKER_ROW * row for row, name in enumerate(canvas.brokers)
        }
        for span in kind.spans:
            drawn.append(canvas.strip(span.start, span.end, tops[span.worker] + 2, 16, **how))
        for broker, top in tops.items():
            spans = [span for span in kind.spans if span.worker == broker]
            for group in _together(canvas, spans):
                words = broker if len(group) == 1 else f"{broker} ×{len(group)}"
                x = px(_beside(canvas, group, words))
                drawn.append(text(words, class_="small", x=x, y=px(top + 14)))
    return drawn


def _together(canvas: Canvas, spans: Iterable[Span]) -> list[list[Span]]:
    """A broker's spans, in order: those between which its name has no room share it."""
    groups: list[list[Span]] = []
    for span in spans:
        width = SMALL_LETTER * len(f"{span.worker} ×99") + 12
        if groups and canvas.x(span.start) - canvas.x(groups[-1][-1].end) < width:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _beside(canvas: Canvas, spans: list[Span], words: str) -> float:
    """Where the name of spans begins: beside them, or on the first one's pattern, where it is hard
    to read, if there is no room on either side."""
    x, width = canvas.x(spans[0].start), SMALL_LETTER * len(words) + 6
    if x - width > canvas.left:
        return x - width
    end = canvas.x(spans[-1].end) + 6
    return end if end + width < WIDTH else x + 4
