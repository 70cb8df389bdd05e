"""What a long preparation prints to standard error, perhaps during two fetches at once."""

from __future__ import annotations

import sys
import threading

from electionlab.errors import LabError

STEPS = 10


def say(text: str) -> None:
    """Print a line, whole: another thread may print as well."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class Progress:
    """Says how much of a fetch of `total` bytes is done, at the start and after each tenth. Once
    `stopped` is set, the next `add` raises LabError."""

    def __init__(self, what: str, total: int, stopped: threading.Event | None = None) -> None:
        self._what, self._total, self._done, self._step = what, total, 0, -1
        self._stopped = stopped or threading.Event()
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """Count this many more bytes, and print the progress if it has reached another step. Raises
        LabError once `stopped` is set."""
        if self._stopped.is_set():
            raise LabError(f"Fetching {self._what} was stopped.")
        with self._lock:
            self._done += count
            step = self._done * STEPS // self._total
            if step > self._step:
                self._step = step
                say(f"Fetching {self._what} {self._done / 1e6:.0f} of {self._total / 1e6:.0f} MB")
