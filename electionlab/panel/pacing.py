"""How often something is done that may take long: so seldom that it takes little of a processor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

SHARE = 0.025
"""At most this part of a core, on average."""


class Pacing:
    """Does something again after `every_s` seconds, or later if doing it takes long."""

    def __init__(self, every_s: float) -> None:
        self.every_s = every_s
        self._next = 0.0

    def again(self, do: Callable[[], T], former: T) -> T:
        """What `do` returns, if it is due; else `former`, what it returned the last time."""
        if time.monotonic() < self._next:
            return former
        begun = time.thread_time()
        made = do()
        took = time.thread_time() - begun
        self._next = time.monotonic() + max(self.every_s, took / SHARE)
        return made
