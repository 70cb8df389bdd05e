"""How late this machine wakes up a sleeping thread, to tell a slow election from a slow machine."""

from __future__ import annotations

import threading
import time

from electionlab.host.lifecycle import Stoppable

EVERY_S = 0.05
WORTH_NOTING_S = 0.02


class Lateness(Stoppable):
    """From its creation, sleeps 50 ms again and again, and notes each time it wakes up more than 20
    ms late. Whatever shares its interpreter adds to the delay, so it over-reports."""

    def __init__(self) -> None:
        self.noted: list[tuple[float, float]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop sleeping; what was noted stays."""
        self._ended.set()
        self._thread.join()

    def longest_s(self, since: float = 0.0) -> float:
        """The longest delay since that Unix time, in seconds."""
        return max((late for at, late in self.noted if at >= since), default=0.0)

    def _watch(self) -> None:
        due = time.monotonic() + EVERY_S
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            now = time.monotonic()
            if now - due > WORTH_NOTING_S:
                self.noted.append((time.time(), now - due))
            due = now + EVERY_S
