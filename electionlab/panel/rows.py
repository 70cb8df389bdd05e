"""The log of a panel: what the workers log and what is done to them, merged in order of time."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Mapping
from typing import Any

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.pictures import sentences

Row = dict[str, Any]
"""`number` (in the order in which the rows became known, from 1), `seconds` of the run in words,
`worker`, `kind` (a key of `KINDS`) and `words`."""

KINDS: Mapping[str, tuple[str, int]] = {
    "act": ("what was done", 100),
    "election": ("elections", 150),
    "greeting": ("greetings", 60),
    "other": ("all other lines", 60),
}
"""The kinds of rows, each with its label, and how many of them are kept: the newest."""

NOT_SHOWN = (ev.HistoryEnded, ev.GroupSeen, ev.WorkerView, ev.OffsetCommitted, ev.RunEnding)
GREETINGS = (ev.Published, ev.GreetingPrinted, ev.GreetingStored)
OTHERS = (ev.Logged, ev.WitnessFailed, ev.RoundBegun, ev.RoundEnded)


def kind_of(event: Event) -> str:
    """The kind of row that an event becomes; empty if it is not shown."""
    if isinstance(event, NOT_SHOWN):
        return ""
    if isinstance(event, ev.Action):
        return "act"
    if isinstance(event, GREETINGS):
        return "greeting"
    return "other" if isinstance(event, OTHERS) else "election"


class Rows:
    """The newest rows of each kind, in order of time."""

    def __init__(self) -> None:
        self._count = 0
        self._of_kind: dict[str, list[tuple[float, int, Row]]] = {kind: [] for kind in KINDS}

    def add(self, event: Event) -> bool:
        """Add the row of an event. Returns whether there is one."""
        kind = kind_of(event)
        if not kind:
            return False
        self._count += 1
        row = {
            "number": self._count,
            "worker": event.worker,
            "kind": kind,
            "words": sentences.sentence(event),
        }
        rows = self._of_kind[kind]
        bisect.insort(rows, (event.time, self._count, row))
        _, most = KINDS[kind]
        del rows[:-most]
        return True

    def all(self, at: Callable[[float], float]) -> list[Row]:
        """The rows that are kept, in order of time. `at` gives the seconds of the run at a Unix
        time; they change while an experiment runs, which counts from its own beginning."""
        merged = sorted(entry for rows in self._of_kind.values() for entry in rows)
        return [{**row, "seconds": f"{at(time):.3f} s"} for time, _, row in merged]
