"""The panel's widget: what a notebook shows, and what is pressed there.

anywidget sends the JavaScript and the style with the widget, so neither needs a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

VIEW = Path(__file__).parent / "view"


class PanelWidget(anywidget.AnyWidget):
    """What it shows. Only one thread of the kernel sets it; the browser sends messages, and sets
    nothing."""

    _esm = (VIEW / "panel.js").read_text(encoding="utf-8")
    _css = (VIEW / "panel.css").read_text(encoding="utf-8")

    title = traitlets.Unicode().tag(sync=True)
    """What it shows, for who cannot see it."""
    kinds: traitlets.List[Any] = traitlets.List().tag(sync=True)
    """The kinds of rows in the log, each with its label."""
    cards: traitlets.List[Any] = traitlets.List().tag(sync=True)
    leaders: traitlets.List[Any] = traitlets.List().tag(sync=True)
    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)
    """The timeline: `svg`, and `words` below it."""
    said = traitlets.Dict().tag(sync=True)
    """The last sentence about an act: `number`, `words`, `is_error`."""
    over = traitlets.Bool().tag(sync=True)
    """The run has ended for good: there is nothing to press."""
