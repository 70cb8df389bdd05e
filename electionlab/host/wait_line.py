"""A line that says what is being waited for, for how long at most, and what the state is now.

It is shown where somebody will see it: updated in place under a notebook's cell, or on a terminal's
last line. It disappears when the wait is over. Builds and background threads show none.
"""

from __future__ import annotations

import functools
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Callable

from electionlab.host import cells
from electionlab.host.owners import build_name

AFTER_S = 1.0
"""A wait shorter than this shows nothing; a longer one updates its line this often."""


class WaitLine:
    """The line of one wait: `what` is waited for, for at most `within` seconds, and `now` says in a
    few words what the state is instead. Without `what` there is no line."""

    def __init__(self, what: str, within: float, now: Callable[[], str] | None = None) -> None:
        self._what, self._within, self._now = what, within, now
        self._started = self._last = time.monotonic()
        self._show = _place() if what else None
        self._is_shown = False

    def update(self) -> None:
        """Update the line, if it is time to."""
        if self._show is None or time.monotonic() - self._last < AFTER_S:
            return
        elapsed = time.monotonic() - self._started
        now = f" Now: {self._now()}." if self._now else ""
        line = f"Waiting for {self._what}: {elapsed:.0f} s so far, {self._within:g} s at most.{now}"
        self._show(line, again=self._is_shown)
        self._is_shown, self._last = True, time.monotonic()

    def clear(self) -> None:
        """Remove the line: the wait is over."""
        if self._show is not None and self._is_shown:
            self._show("", again=True)


def _place() -> Callable[..., None] | None:
    if build_name():
        return None
    if cells.shell() is not None:
        return functools.partial(_in_notebook, uuid.uuid4().hex)
    alone = threading.current_thread() is threading.main_thread()
    return _on_terminal if alone and sys.stderr.isatty() else None


def _in_notebook(display_id: str, text: str, *, again: bool) -> None:
    """Show an output of the cell, or change it in place."""
    from IPython.display import display  # only where there is a notebook

    data = {"text/plain": text}
    display(data, raw=True, display_id=display_id, update=again)  # type: ignore[no-untyped-call]


def _on_terminal(text: str, **_: object) -> None:
    text = text[: shutil.get_terminal_size().columns - 1]  # only one line can be updated in place
    print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
