"""A colour and a mark for each worker, the same wherever it is drawn.

The first three colours are those of the lines of `make demo`. All have a contrast of 3 or more on
a light and on a dark page. Nine marks and six colours meet in a new pair for each of the first
eighteen workers.
"""

from __future__ import annotations

from collections.abc import Iterable

COLOURS = ("#0891b2", "#b7791f", "#c026d3", "#16a34a", "#3b82f6", "#e0557b")

SHAPES = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",  # circle
    "M-4.5 -4.5h9v9h-9z",  # square
    "M0 -5.5L5.5 4.5H-5.5z",  # triangle
    "M0 -6L6 0L0 6L-6 0z",  # diamond
    "M-5.5 -4.5H5.5L0 5.5z",  # triangle upside down
    "M-2 -5.5h4v3.5h3.5v4h-3.5v3.5h-4v-3.5h-3.5v-4h3.5z",  # plus
    "M-3 -5.2H3L6 0L3 5.2H-3L-6 0z",  # hexagon
    "M-5.5 -2.5H5.5V2.5H-5.5z",  # bar
    "M-2.5 -5.5H2.5V5.5H-2.5z",  # pillar
)
"""Marks as SVG paths, centred on (0, 0), twelve px wide and high at most."""


Look = tuple[str, str]
"""A colour and a mark."""


def of(workers: Iterable[str]) -> dict[str, Look]:
    """The colour and the mark of each worker, by its place in the list of all workers."""
    return {
        worker: (COLOURS[place % len(COLOURS)], SHAPES[place % len(SHAPES)])
        for place, worker in enumerate(workers)
    }
