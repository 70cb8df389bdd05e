"""How late this machine wakes up what should run: the difference between a slow election and a slow
machine."""

from __future__ import annotations

import threading
import time

from electionlab.blocks import Stoppable

EVERY_S = 0.05
WORTH_NOTING_S = 0.02


class Lateness(Stoppable):
    """Sleeps 50 ms again and again, from when it is made, and notes each time that it woke up more
    than 20 ms late. What it shares an interpreter with adds to that; so it rather says too much."""

    def __init__(self) -> None:
        self.noted: list[tuple[float, float]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it; what was noted stays."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        due = time.monotonic() + EVERY_S
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            now = time.monotonic()
            if now - due > WORTH_NOTING_S:
                self.noted.append((time.time(), now - due))
            due = now + EVERY_S
