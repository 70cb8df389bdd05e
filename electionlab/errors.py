"""The one exception that this package raises for what a reader can mend."""

from __future__ import annotations


class LabError(RuntimeError):
    """Something the reader can mend.

    The message says what was wrong, what was seen and what to do. Notebooks show it without the
    frames of this package: they would not help.
    """

    def _render_traceback_(self) -> list[str]:  # asked for by IPython
        return [f"LabError: {self}"]
