"""How often a condition is judged by a whole history, which takes longer the longer a run is."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

AT_LEAST_EVERY_S = 0.5
"""Conditions may become true by the mere passing of time, though nothing new is known."""

SHARE = 0.1
"""Of the time of a wait, what judging may take."""


class Pace:
    """When a condition is judged next: once something new is known, so soon that judging takes a
    tenth of the time; and twice a second in any case. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: int | None = None  # events, when it was judged last
        self._judged = self._took_s = 0.0

    def is_due(self, known: int) -> bool:
        """Whether to judge now that so many events are known; if so, `judging` is next."""
        since_s = self._clock() - self._judged
        is_new = known != self._known and since_s >= self._took_s / SHARE
        if not (self._known is None or is_new or since_s >= AT_LEAST_EVERY_S):
            return False
        self._known = known
        return True

    @contextlib.contextmanager
    def judging(self) -> Iterator[None]:
        """The block judges; it is noted when, and how long it takes."""
        begun = self._clock()
        try:
            yield
        finally:
            self._judged = self._clock()
            self._took_s = self._judged - begun
