"""What a long preparation says on standard error, where two fetches may speak at once."""

from __future__ import annotations

import sys
import threading

from electionlab.errors import LabError

_lock = threading.Lock()
_shown: list[Progress] = []
"""The fetches on the line that is rewritten in place; they leave it together."""


def say(text: str) -> None:
    """Print a line of its own, below what is being rewritten in place."""
    with _lock:
        if _shown:
            print(file=sys.stderr)
        print(text, file=sys.stderr, flush=True)


class Progress:
    """Says how much of a fetch is done, of `total` bytes: in place on a terminal, else in steps.

    Fetches that run at the same time share a line on a terminal. Once `stopped` is set, the next
    byte of a fetch raises LabError.
    """

    def __init__(self, what: str, total: int, stopped: threading.Event | None = None) -> None:
        self._what, self._total, self._done, self._step = what, total, 0, -1
        self._stopped = stopped or threading.Event()

    def __str__(self) -> str:
        return f"{self._what} {self._done / 1e6:.0f} of {self._total / 1e6:.0f} MB"

    def add(self, count: int) -> None:
        """Count so many bytes more, and say so where enough have come since the last time."""
        if self._stopped.is_set():
            raise LabError(f"Fetching {self._what} was stopped.")
        with _lock:
            self._done += count
            live = sys.stderr.isatty()
            step = self._done * (100 if live else 4) // self._total
            if step == self._step:
                return
            self._step = step
            if not live:
                print(f"Fetching {self}", file=sys.stderr, flush=True)
                return
            if self not in _shown:
                _shown.append(self)
            print(f"\rFetching {', '.join(map(str, _shown))}", end="", file=sys.stderr, flush=True)
            if all(each._done >= each._total for each in _shown):
                _shown.clear()
                print(file=sys.stderr)
