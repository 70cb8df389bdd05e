"""SVG as text: elements, a whole picture, and the figure that a page shows it in.

Lines and text have the colour of the text around a picture, so it follows a light or dark page;
every kind of mark has a shape or a pattern of its own, so it reads without colour.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from electionlab.tables import Table

WIDTH = 720
LETTER = 6.6  # average width of a letter of 12 px, for keeping labels apart
SMALL_LETTER = 5.6  # the same of 10.5 px

STYLE = """
.tl{font:12px system-ui,sans-serif;color:inherit} .tl text{fill:currentColor;stroke:none}
.tl .life{stroke:currentColor;stroke-width:1.5;opacity:.45} .tl .small{font-size:10.5px}
.tl .leads{fill:#3b82f6;fill-opacity:.35;stroke:#3b82f6;stroke-width:1.5}
.tl .two{fill:#ea580c;fill-opacity:.16;stroke:#ea580c;stroke-dasharray:4 2}
.tl .action{stroke:currentColor;stroke-dasharray:2 3;opacity:.75}
.tl .publish{fill:currentColor} .tl .greeting{fill:none;stroke:currentColor;stroke-width:1.4}
.tl .grid{stroke:currentColor;opacity:.13} .tl .hatch{stroke:currentColor;stroke-width:1;opacity:.5}
.tl .by-log{fill:#3b82f6;fill-opacity:.45;stroke:#3b82f6}
.tl .by-http{fill:#14b8a6;fill-opacity:.3;stroke:#0d9488;stroke-dasharray:3 2}
.tl .by-broker{fill:currentColor;fill-opacity:.22;stroke:currentColor;stroke-width:1.6}
.tl .apart{stroke:#ea580c;stroke-width:2;stroke-dasharray:5 3}
.tl .arrow{stroke:currentColor;stroke-width:1.3}
.tl .value{fill:#3b82f6;fill-opacity:.55;stroke:currentColor;stroke-width:.8}
.tl .median{stroke:currentColor;stroke-width:2.6}
.tl .interval{fill:currentColor;fill-opacity:.1;stroke:currentColor;stroke-opacity:.5}
.tl .predicted{fill:none;stroke:#ea580c;stroke-width:2.2}
.tl .limit{stroke:currentColor;stroke-width:1.5;stroke-dasharray:7 4}
.tl .edge{stroke:currentColor;stroke-opacity:.55}
"""
ALONE = """svg{color:#1f2328;background:#fff}
@media (prefers-color-scheme:dark){svg{color:#e6edf3;background:#0d1117}}
"""


def tag(name: str, *inside: str, **attributes: object) -> str:
    """An element. `_` in an attribute's name stands for `-`, and a last one for nothing."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{told}>{''.join(inside)}</{name}>"


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
    """A picture of `width` by `height` px, told by `words` to whoever cannot see it. `standalone`
    gives a file of its own that chooses light or dark."""
    attributes = {"class": "tl", "role": "img", "aria-label": words}
    if width > WIDTH:  # or its letters would shrink below the others'
        attributes["style"] = f"min-width:{0.85 * width:.0f}px"
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
