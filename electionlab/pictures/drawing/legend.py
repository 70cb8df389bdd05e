"""What the marks mean, below a picture: only those that occur in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from electionlab.pictures.drawing.canvas import RIGHT, ROW
from electionlab.pictures.drawing.svg import SMALL_LETTER, WIDTH, px, tag, text

SWATCH = {"x": 0, "y": -10, "width": 22, "height": 12}


def legend(
    entries: Iterable[tuple[str, str]], notes: Sequence[str], left: float, top: float
) -> tuple[list[str], float]:
    """Draw marks with their words in rows below `top`, and a line for each note. A mark is
    centred on (11, -4). Returns what was drawn, and the height reached in px."""
    x, y, drawn = left, top, []
    for mark, words in entries:
        width = 54 + SMALL_LETTER * len(words)
        if x > left and x + width > WIDTH - RIGHT:
            x, y = left, y + ROW + 2
        label = text(words, class_="small", x=28, y=0)
        drawn.append(tag("g", mark, label, transform=f"translate({px(x)} {px(y)})"))
        x += width
    for words in notes:
        y += ROW + 2
        drawn.append(text(words, class_="small note", x=px(left), y=px(y)))
    return drawn, y + 12
