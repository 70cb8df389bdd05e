"""SVG as text: elements, a whole picture, and the figure that a page shows it in.

Lines and text have the colour of the text around a picture, so it follows a light or dark page;
every kind of mark has a shape or a pattern of its own, so it can be read without colour.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path

from electionlab.pictures.tables import Table

WIDTH = 720
LETTER = 7.7  # average width of a letter at 14 px, for keeping labels apart
SMALL_LETTER = 6.7  # the same at 12.5 px

STYLE = "\n" + Path(__file__).with_name("style.css").read_text(encoding="utf-8")
ALONE = """svg{color:#1f2328;background:#fff}
@media (prefers-color-scheme:dark){svg{color:#e6edf3;background:#0d1117}}
"""


def tag(name: str, *inside: str, **attributes: object) -> str:
    """An element. `_` in an attribute's name stands for `-`, and at its end for nothing."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>"


def text(words: str, **attributes: object) -> str:
    return tag("text", html.escape(words), **attributes)


def px(number: float) -> str:
    return f"{number:.1f}"


def picture(
    words: str,
    parts: Iterable[str],
    height: float,
    *,
    width: float = WIDTH,
    standalone: bool = False,
) -> str:
    """A picture of `width` by `height` px, with `words` for readers who cannot see it. `standalone`
    makes a file of its own, for light and dark mode."""
    attributes = {"class": "tl", "role": "img", "aria-label": words}
    if width > WIDTH:  # or its letters would be smaller than in other pictures
        attributes["style"] = f"min-width:{0.85 * width:.0f}px"
    elif width < WIDTH:  # or they would be larger
        attributes["style"] = f"min-width:0;max-width:{width:.0f}px"
    if standalone:
        attributes["xmlns"] = "http://www.w3.org/2000/svg"
    return tag(
        "svg",
        tag("style", STYLE + ALONE if standalone else STYLE),
        *parts,
        viewBox=f"0 0 {width:g} {height:g}",
        width="100%",
        **attributes,
    )


def figure(kind: str, drawn: str, table: Table, caption: str = "") -> str:
    """A picture in a page, with its table behind it. `kind` is the figure's class."""
    words = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return (
        f'<figure class="lab-figure {kind}"><div class="lab-scroll" tabindex="0">{drawn}</div>'
        f"{words}<details><summary>The same as a table</summary>"
        f"{table._repr_html_()}</details></figure>"
    )
