"""Who may start: several at once, as many as this machine can run, or one alone."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

from electionlab.errors import LabError
from electionlab.host import load

AT_ONCE = 3
"""Labs at the same time: 2 cores and 4 GB can run three, alongside two other pages.
`benchmarks/sidebyside.py` compares their figures with those of a lab alone. ELECTIONLAB_AT_ONCE
overrides this."""

LOOK_EVERY_S = 0.5


def allowed(asked: int | None) -> int:
    """How many labs may run at once: `asked`, else ELECTIONLAB_AT_ONCE, else `AT_ONCE`. LabError
    unless that is a whole number from 1."""
    setting = os.environ.get("ELECTIONLAB_AT_ONCE", AT_ONCE) if asked is None else asked
    with contextlib.suppress(ValueError):
        if (count := int(setting)) >= 1:
            return count
    raise LabError(
        "The number of labs at once (ELECTIONLAB_AT_ONCE) is a whole number from 1, not "
        f"{setting!r}."
    )


class Gate:
    """Lets in at most `at_once` at a time: fewer if the machine has no room for more (`load`), but
    always one. The room is checked each time somebody wants to start; with `on_any_machine` it is
    not checked at all."""

    def __init__(self, at_once: int, *, on_any_machine: bool = False) -> None:
        self._at_once = at_once
        self._on_any_machine = on_any_machine
        self._inside = 0
        self._alone = False
        self._changed = threading.Condition()
        self._closed = False

    @contextlib.contextmanager
    def entered(self, *, alone: bool = False) -> Iterator[bool]:
        """Wait for a turn, which lasts as long as the block. With `alone`, nobody else has one
        meanwhile. Yields False, at once, if the gate has been closed."""
        with self._changed:
            while not (self._closed or self._is_free(alone)):
                self._changed.wait(LOOK_EVERY_S)
            opened = not self._closed
            self._inside += 1
            self._alone = alone
        try:
            yield opened
        finally:
            with self._changed:
                self._inside -= 1
                self._alone = False
                self._changed.notify_all()

    def close(self) -> None:
        """From now on nobody starts; whoever is waiting is let go with False."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _is_free(self, alone: bool) -> bool:
        if self._inside == 0:
            return True
        if alone or self._alone or self._inside >= self._at_once:
            return False
        return self._on_any_machine or load.has_room()
