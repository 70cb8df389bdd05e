"""Measured values in groups, each value a mark: medians, spreads, and what a formula predicts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

from electionlab.history.readable import plural
from electionlab.pictures.drawing.canvas import RIGHT
from electionlab.pictures.drawing.legend import legend
from electionlab.pictures.drawing.svg import (
    LETTER,
    SMALL_LETTER,
    WIDTH,
    figure,
    picture,
    px,
    tag,
    text,
)
from electionlab.pictures.tables import Table

ROW, TOP = 52, 22
JITTER = (0, -5, 5, -2.5, 2.5, -7.5, 7.5)  # px up and down, in turn: equal values stay visible
STEPS = (1, 2, 5, 10)
FEWEST_IN_A_BOX = 8
"""Values. The quartiles of fewer are little more than two of the values themselves."""


class Distribution:
    """A strip of marks for each group of measured values, with its table.

    `groups` has the values by the group's name. `predicted` may have, by the same names, the range
    (lowest, highest) that a formula gives; it is drawn as a bracket. `limit` is drawn as a line
    through all groups, with its value. All values are in `unit`. With at least FEWEST_IN_A_BOX
    values, a box goes from the first quartile to the third. Raises ValueError for a prediction
    without a group, and for any number that is below 0 or not finite.
    """

    def __init__(
        self,
        groups: Mapping[str, Sequence[float]],
        unit: str = "s",
        *,
        predicted: Mapping[str, tuple[float, float]] | None = None,
        limit: float | None = None,
        caption: str = "",
    ) -> None:
        self.groups = {name: list(values) for name, values in groups.items()}
        self.unit = unit
        self.predicted = dict(predicted or {})
        self.limit = limit
        self.caption = caption
        if strangers := self.predicted.keys() - self.groups.keys():
            raise ValueError(f"A prediction without a group: {', '.join(sorted(strangers))}")
        if not all(math.isfinite(value) and value >= 0 for value in self._all()):
            raise ValueError("A value is negative or not finite.")

    def _all(self) -> list[float]:
        """All numbers that the axis must reach."""
        numbers = [value for values in self.groups.values() for value in values]
        numbers += [value for ends in self.predicted.values() for value in ends]
        return numbers if self.limit is None else [*numbers, self.limit]

    def outside(self, name: str) -> int:
        """How many values of a group lie outside its prediction; 0 if it has none."""
        if name not in self.predicted:
            return 0
        low, high = self.predicted[name]
        return sum(not low <= value <= high for value in self.groups[name])

    def table(self) -> Table:
        """The same as a table."""
        rows = []
        for name, values in self.groups.items():
            figures = [f"{number:.2f}" for number in self._figures(values)] or ["-"] * 5
            row = [name, len(values), *figures]
            if self.predicted:
                ends = self.predicted.get(name)
                row += [f"{ends[0]:.2f} to {ends[1]:.2f}" if ends else "-", self.outside(name)]
            rows.append(row)
        heads = ["group", "values", f"least ({self.unit})", "25%", "median", "75%", "most"]
        return Table(heads + (["predicted", "outside"] if self.predicted else []), rows)

    def _figures(self, values: Sequence[float]) -> list[float]:
        """Least, first quartile, median, third quartile, most; empty for no values."""
        if len(values) < 2:
            return [*values] * 5
        return [min(values), *statistics.quantiles(values, n=4, method="inclusive"), max(values)]

    def __repr__(self) -> str:
        """The picture in words, for readers who cannot see it."""
        limit = "" if self.limit is None else f" Limit: {self.limit:g} {self.unit}."
        return (" ".join(map(self._words, self.groups)) or "Nothing was measured.") + limit

    def _words(self, name: str) -> str:
        values = self.groups[name]
        if not values:
            return f"{name}: no values."
        count = f"{len(values)} {plural(len(values), 'value')}"
        sentence = f"{name}: {count}, median {statistics.median(values):.2f} {self.unit}"
        sentence += f" ({min(values):.2f} to {max(values):.2f})"
        if name in self.predicted:
            low, high = self.predicted[name]
            outside = self.outside(name) or "none"
            sentence += f", predicted {low:.2f} to {high:.2f}, {outside} outside"
        return f"{sentence}."

    def _repr_html_(self) -> str:
        return figure("distribution", self.svg(), self.table(), self.caption)

    def svg(self) -> str:
        """The picture as SVG text."""
        drawing = _Drawing(self)
        key, height = legend(drawing.entries(), [], 8, drawing.bottom + 46)
        parts = [*drawing.axis(), *drawing.limit(), *drawing.rows(), *key]
        return picture(repr(self), parts, height)


class _Drawing:
    """Where the groups go, and their marks."""

    def __init__(self, shown: Distribution) -> None:
        self.shown = shown
        longest = max(map(len, shown.groups), default=0)
        self.left = min(max(60.0, LETTER * longest + 22), WIDTH / 2)
        self.bottom = TOP + ROW * max(len(shown.groups), 1)
        most = max([1e-9, *shown._all()])
        power = 10.0 ** math.floor(math.log10(most / 8))
        self.step = next(step * power for step in STEPS if most / (step * power) <= 10)
        self.most = self.step * math.ceil(most / self.step)

    def x(self, value: float) -> float:
        return self.left + (WIDTH - self.left - RIGHT) * value / self.most

    def axis(self) -> list[str]:
        drawn = []
        for number in range(round(self.most / self.step) + 1):
            x = px(self.x(number * self.step))
            drawn.append(tag("line", class_="grid", x1=x, x2=x, y1=TOP, y2=self.bottom))
            words = f"{number * self.step:g}" + ("" if number else f" {self.shown.unit}")
            place = {"x": x, "y": self.bottom + 14, "text_anchor": "middle"}
            drawn.append(text(words, class_="small", **place))
        return drawn

    def limit(self) -> list[str]:
        if self.shown.limit is None:
            return []
        x = self.x(self.shown.limit)
        line = tag("line", class_="limit", x1=px(x), x2=px(x), y1=TOP - 6, y2=self.bottom)
        words = f"limit {self.shown.limit:g} {self.shown.unit}"
        at_edge = x + SMALL_LETTER * len(words) > WIDTH - 8
        place = {"x": px(x - 4 if at_edge else x + 4), "text_anchor": "end" if at_edge else "start"}
        return [line, text(words, class_="small", y=TOP - 8, **place)]

    def rows(self) -> list[str]:
        drawn = []
        for row, (name, values) in enumerate(self.shown.groups.items()):
            y = TOP + ROW * row + 20
            drawn.append(text(name, x=8, y=px(y + 4), font_weight="bold"))
            if figures := self.shown._figures(values):
                _, low, median, high, _ = map(self.x, figures)
                if len(values) >= FEWEST_IN_A_BOX:
                    place = {"x": px(low), "y": px(y - 11), "width": px(high - low), "height": 22}
                    drawn.append(tag("rect", class_="interval", **place))
                drawn += [
                    tag("circle", cx=px(self.x(value)), cy=px(y + jitter), r=3, class_="value")
                    for value, jitter in zip(values, JITTER * len(values), strict=False)
                ]
                drawn.append(_median(median, y))
            else:
                place = {"x": px(self.left + 6), "y": px(y + 4)}
                drawn.append(text("no values", class_="small", **place))
            if name in self.shown.predicted:
                low, high = map(self.x, self.shown.predicted[name])
                drawn.append(_bracket(low, high, y + 22))
        return drawn

    def entries(self) -> list[tuple[str, str]]:
        entries = []
        if any(self.shown.groups.values()):
            entries += [
                (tag("circle", cx=11, cy=-4, r=3, class_="value"), "a measured value"),
                (_median(11, -4, 8), "median"),
            ]
        if any(len(values) >= FEWEST_IN_A_BOX for values in self.shown.groups.values()):
            box = tag("rect", class_="interval", x=0, y=-10, width=22, height=12)
            entries.append((box, "quantiles 25% to 75%"))
        if self.shown.predicted:
            entries.append((_bracket(0, 22, -2), "predicted"))
        return entries


def _median(x: float, y: float, half: float = 14) -> str:
    place = {"x1": px(x), "x2": px(x), "y1": px(y - half), "y2": px(y + half)}
    return tag("line", class_="median", **place)


def _bracket(low: float, high: float, y: float) -> str:
    """A bracket that opens upwards, from `low` to `high`."""
    d = f"M{px(low)} {px(y - 7)}V{px(y)}H{px(high)}V{px(y - 7)}"
    return tag("path", d=d, class_="predicted")
