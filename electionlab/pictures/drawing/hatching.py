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
        for span in kind.spans:
            top = canvas.kafka + 5 + BROKER_ROW * canvas.brokers.index(span.worker)
            fill = kind.fill(canvas)
            how = {"fill": fill, "class_": f"edge {kind.pattern}"}
            drawn.append(canvas.strip(span.start, span.end, top + 2, 16, **how))
            x = _beside(canvas, span)
            drawn.append(text(span.worker, class_="small", x=px(x), y=px(top + 14)))
    return drawn


def _beside(canvas: Canvas, span: Span) -> float:
    """Where the name of a span begins: beside it, or on its pattern, where it is hard to read, if
    there is no room on either side."""
    x, width = canvas.x(span.start), SMALL_LETTER * len(span.worker) + 6
    if x - width > canvas.left:
        return x - width
    end = canvas.x(span.end) + 6
    return end if end + width < WIDTH else x + 4
