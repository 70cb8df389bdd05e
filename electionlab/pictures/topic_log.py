"""A topic as Kafka stores it: a row for each partition, and in it the messages in their order."""

from __future__ import annotations

from electionlab.history import events as ev
from electionlab.history.history import HasHistory, History, as_history
from electionlab.history.readable import plural
from electionlab.pictures.drawing.canvas import ROW
from electionlab.pictures.drawing.svg import figure, picture, px, tag, text
from electionlab.pictures.tables import Table

LEFT, BOX, HEIGHT, TOP = 88, 58, 26, 26
LETTERS = 6  # of a greeting: its first digits tell it from the others


class TopicLog:
    """The greetings that a history saw in their topic, partition by partition and in the order of
    their offsets, with a table. Each box has a greeting's first digits. Partitions are drawn up to
    the last that has a greeting, or up to `partitions` of them."""

    def __init__(
        self, source: History | HasHistory, *, partitions: int = 0, caption: str = ""
    ) -> None:
        self.history = as_history(source)
        self.caption = caption
        self.stored = self.history.of(ev.GreetingStored)
        last = max((event.partition for event in self.stored), default=-1)
        self.partitions = max(partitions, last + 1)

    def svg(self) -> str:
        """The picture as SVG text."""
        first = min((event.offset for event in self.stored), default=0)
        last = max((event.offset for event in self.stored), default=0)
        parts = [text("offset", x=8, y=TOP - 8, class_="small")]
        for offset in range(first, last + 1):
            x = px(LEFT + BOX * (offset - first + 0.5))
            parts.append(text(str(offset), x=x, y=TOP - 8, text_anchor="middle", class_="small"))
        width = LEFT + BOX * (last - first + 1) + 12
        for number in range(self.partitions):
            y = TOP + HEIGHT * number
            parts.append(text(f"partition {number}", x=8, y=px(y + HEIGHT / 2 + 4)))
            free = max((e.offset + 1 for e in self.stored if e.partition == number), default=first)
            middle, start = px(y + HEIGHT / 2), LEFT + BOX * (free - first)
            ends = {"x1": start, "x2": px(width - 6), "y1": middle, "y2": middle}
            parts.append(tag("line", class_="grid", **ends))
        for event in self.stored:
            parts += _box(event, LEFT + BOX * (event.offset - first))
        return picture(repr(self), parts, TOP + HEIGHT * self.partitions + ROW / 2, width=width)

    def table(self) -> Table:
        """The same as a table: seconds since the start, and where each greeting is stored."""
        at = self.history.at
        return Table(
            ["seconds", "partition", "offset", "greeting"],
            [(f"{at(e.time):.3f}", e.partition, e.offset, e.greeting) for e in self.stored],
        )

    def __repr__(self) -> str:
        """The picture in words, for readers who cannot see it."""
        held: dict[int, int] = {}
        for event in self.stored:
            held[event.partition] = held.get(event.partition, 0) + 1
        count = len(self.stored)
        counts = ", ".join(
            f"{held.get(number, 0)} in partition {number}" for number in range(self.partitions)
        )
        return f"{count} {plural(count, 'greeting')} in their topic: {counts or 'none'}."

    def _repr_html_(self) -> str:
        return figure("topic-log", self.svg(), self.table(), self.caption)


def _box(event: ev.GreetingStored, x: float) -> list[str]:
    y = TOP + HEIGHT * event.partition
    place = {"x": px(x + 2), "y": px(y + 3), "width": BOX - 4, "height": HEIGHT - 6, "rx": 3}
    words = event.greeting[:LETTERS]
    at = {"x": px(x + BOX / 2), "y": px(y + HEIGHT / 2 + 4)}
    return [
        tag("rect", class_="interval", **place),
        text(words, class_="small", text_anchor="middle", **at),
    ]
