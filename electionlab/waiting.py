"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from electionlab.errors import LabError

T = TypeVar("T")


def wait_until(
    condition: Callable[[], T | None],
    *,
    within: float,
    why: Callable[[], str],
    pause: Callable[[float], None] = time.sleep,
    every: float = 0.05,
) -> T:
    """Return the first true value of `condition`.

    `within` and `every` are seconds. `why` is asked only when the wait fails, so it can say what
    is so instead at that moment. `pause` sleeps between two looks.

    Raises LabError with that message when the deadline passes.
    """
    deadline = time.monotonic() + within
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise LabError(f"Waited {within:g} s in vain: {why()}")
        pause(every)
    return value
