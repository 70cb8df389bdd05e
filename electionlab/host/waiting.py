"""Waiting for a condition, never for a fixed time.

A deadline counts only seconds in which the machine actually runs us. So it stretches on an
overloaded machine, and time during which this process was stopped (a laptop that sleeps) does not
count. Each wait still ends: it takes at most `MOST` times as long, plus the time during which it
was stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent import futures
from typing import TypeVar

from electionlab.errors import DeadlineError
from electionlab.host import disks, load
from electionlab.host.wait_line import WaitLine

T = TypeVar("T")

MOST = 6.0
"""A deadline is stretched to at most this many times its length."""

STOPPED_S = 2.0
"""A process that wakes up more than this many seconds late was stopped, not merely slow."""

LOOK_S = 10.0
"""Checking a condition takes less than this many seconds, unless this process is stopped."""


class Patience:
    """Counts down `within` seconds from its creation, counting only those in which the machine runs
    us."""

    def __init__(self, within: float) -> None:
        self.within = within
        self.stopped_s = 0.0
        self._spent_s = 0.0
        self._begun = self._last = time.monotonic()

    @property
    def over(self) -> bool:
        return self._spent_s >= self.within

    def count(self, expected_s: float = LOOK_S) -> None:
        """Count the time since the last call, or since creation. What was done meanwhile would have
        taken at most `expected_s` seconds if nothing had held it up."""
        now = time.monotonic()
        took, self._last = now - self._last, now
        if took - expected_s > STOPPED_S:
            self.stopped_s += took - expected_s
            took = expected_s
        late = took / expected_s if expected_s else 1.0
        self._spent_s += took / min(MOST, max(1.0, load.per_core(), late))

    @property
    def stretched(self) -> str:
        """For a message, after the deadline: how long it was by the clock, and why. Empty if it was
        not notably longer."""
        took = self._last - self._begun
        if took < 1.2 * self.within + 1:
            return ""
        why = f"this machine has {load.per_core():.1f} tasks per core"
        if self.stopped_s:
            why += f", and was suspended for {self.stopped_s:.0f} s"
        return f" ({took:.0f} s by the clock: {why})"


def wait_until(
    condition: Callable[[], T | None],
    *,
    within: float,
    why: Callable[[], str],
    pause: Callable[[float], object] = time.sleep,
    every: float = 0.05,
    what: str = "",
    now: Callable[[], str] | None = None,
) -> T:
    """Return the first true value of `condition`.

    `within` and `every` are in seconds; `within` stretches on a busy machine. `why` is called only
    when the wait fails, so it can describe the state at that moment. `pause` sleeps between two
    checks. During a wait of more than a second, a line says `what` is waited for and, in a few
    words, what the state is `now`.

    Raises DeadlineError, a LabError, with the message from `why` when the deadline passes.
    """
    patience = Patience(within)
    line = WaitLine(what, within, now)
    try:
        while not (value := condition()):
            patience.count()
            if patience.over:
                message = f"Waited {within:g} s in vain{patience.stretched}: {why()}"
                full = disks.full()
                raise DeadlineError(message if full in message else message + full)
            pause(every)
            patience.count(every)
            line.update()
    finally:
        line.clear()
    return value


def wait_for(
    future: futures.Future[T],
    *,
    within: float,
    why: Callable[[], str],
    what: str = "",
    now: Callable[[], str] | None = None,
) -> T:
    """The result of a future. Raises what it raised, or DeadlineError as `wait_until` does."""
    wait_until(
        future.done,
        within=within,
        why=why,
        pause=lambda seconds: futures.wait([future], seconds),
        what=what,
        now=now,
    )
    return future.result()


def stretched(seconds: float) -> float:
    """A time-out for something that goes by the clock (a socket, a child process, another library):
    `seconds` on an idle machine, more on a busy one."""
    return seconds * min(MOST, max(1.0, load.per_core()))
