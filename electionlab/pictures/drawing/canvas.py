"""Where things go: time runs to the right; each worker has a lane, and so has Kafka if needed."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass

from electionlab.history.events import Event
from electionlab.history.history import History, Span
from electionlab.pictures.drawing import marks
from electionlab.pictures.drawing.svg import WIDTH, px, tag, text
from electionlab.pictures.wording import BROKER_ACTIONS

RIGHT = 18
ROW = 16  # height of a row of action labels
BROKER_ROW = 20  # height of a broker's row in the lane `Kafka`
LEAST = 1.5  # px: a shorter span could not be seen


@dataclass
class Canvas:
    """Places for the events of a history. Each lane is `lane` px high; `label_rows` rows are left
    free above the lanes, and `left` px beside them for names."""

    history: History
    label_rows: int = 0
    lane: float = 58
    left: float = 66

    def __post_init__(self) -> None:
        # A page may show the same run twice: the ids of patterns must differ even then.
        self.id = f"tl{uuid.uuid4().hex[:8]}"
        self.workers = {worker: row for row, worker in enumerate(self.history.workers)}
        self.looks = marks.of(self.workers)
        self.outages = self.history.broker_outages
        self.brokers = sorted({span.worker for span in self.outages})
        self.top = 8 + ROW * self.label_rows
        self.kafka = self.top + self.lane * len(self.workers)
        has_kafka = bool(self.history.of(*BROKER_ACTIONS))
        rows = max(len(self.brokers), 1) if has_kafka else 0
        self.bottom = self.kafka + (BROKER_ROW * rows + 10 if rows else 0)
        self.seconds = max(self.history.length_s, 1.0)

    def x(self, time: float) -> float:
        share = (time - self.history.start) / self.seconds
        return self.left + (WIDTH - self.left - RIGHT) * share

    def middle(self, worker: str) -> float:
        return self.top + self.lane * (self.workers[worker] + 0.5)

    def foot(self, event: Event) -> float:
        """How far down an action's line goes: to the middle of its lane, or the end of the last."""
        if isinstance(event, BROKER_ACTIONS):
            return (self.kafka + self.bottom) / 2
        return self.middle(event.worker) if event.worker in self.workers else self.bottom

    def strip(
        self, start: float, end: float, top: float, height: float, *inside: str, **how: object
    ) -> str:
        """A box from one Unix time to another, at least `LEAST` px wide; `height` px high from
        `top`. `inside` are the elements in it, `how` its attributes."""
        x, width = self.x(start), max(self.x(end) - self.x(start), LEAST)
        place = {"x": px(x), "y": px(top), "width": px(width), "height": px(height)}
        return tag("rect", *inside, **place, **how)

    def box(self, span: Span, half: float, **attributes: object) -> str:
        """A box in the worker's lane, `half` px up and down from its middle."""
        top = self.middle(span.worker) - half
        return self.strip(span.start, span.end, top, 2 * half, **attributes)

    def names(self, *, lives: bool = True, lower: float = 0) -> list[str]:
        """Each lane's name with its worker's mark, `lower` px below its middle, and, with `lives`,
        a line for each process's life."""
        drawn = []
        for worker, (colour, shape) in self.looks.items():
            middle = self.middle(worker) + lower
            drawn.append(tag("path", d=shape, fill=colour, transform=f"translate(14 {px(middle)})"))
            drawn.append(text(worker, x=24, y=px(middle + 4), font_weight="bold"))
        for life in self.history.lives if lives else []:
            y = px(self.middle(life.worker))
            ends = {"x1": px(self.x(life.start)), "x2": px(self.x(life.end))}
            drawn.append(tag("line", class_="life", y1=y, y2=y, **ends))
        return drawn

    def axis(self) -> list[str]:
        """Lines at whole seconds of the history's clock, which a window does not begin anew."""
        steps = (1, 2, 5, 10, 30, 60, 300, 600, 3600, 4 * 3600)
        step = next((s for s in steps if self.seconds / s <= 18), 24 * 3600)
        begin = self.history.at(self.history.start)
        first = step * math.ceil(round(begin / step, 6))
        drawn = []
        for second in range(first, math.floor(begin + self.seconds) + 1, step):
            x = px(self.x(self.history.zero + second))
            drawn.append(tag("line", class_="grid", x1=x, x2=x, y1=self.top, y2=self.bottom))
            words = f"{second} s" if second == first else str(second)
            drawn.append(text(words, class_="small", x=x, y=self.bottom + 14, text_anchor="middle"))
        return drawn
