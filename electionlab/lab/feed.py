"""What a run shows while it is followed: what its workers log about the election, and our own acts.

Everything is in order of time. What was logged before the run was followed is summed up in one
line, since the logs have it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from electionlab.history import events as ev
from electionlab.history.readable import plural
from electionlab.host import cells
from electionlab.lab.worker import Worker, shown
from electionlab.pictures import sentences

JUST_NOW_S = 2.0
"""Seconds. Whoever follows a run this soon after an act wants to see all that it led to."""

WRITTEN_WITHIN_S = 0.05
"""Seconds from the time on a log line until others can read it."""

HELD_BACK_S = 1.0
"""The longest time, in seconds, for which an incomplete line holds up later ones."""


class Feed:
    """The lines of one run that have not been shown yet. `lives` and `events` are the run's own
    lists, which grow; `at` gives the seconds of the run at a Unix time.

    In a notebook an act is shown at once, under the cell that asks for it; elsewhere, when the
    run is followed.
    """

    def __init__(
        self, lives: Sequence[Worker], events: Sequence[ev.Event], at: Callable[[float], float]
    ) -> None:
        self._lives, self._events, self._at = lives, events, at
        self._waiting: list[tuple[float, str, str | None, int]] = []  # time, worker, text, lines
        self._seen = 0  # how many of the events
        self._since = 0.0  # when somebody began to follow
        self._shown: set[int] = set()  # acts by `id`, which is safe: the run keeps them
        self.quiet = False  # while everything is stopped
        self.skipped = 0  # lines about anything but the election
        self.write: Callable[[str, str], None] = _write  # a worker, empty for an act, and the text

    def act(self, event: ev.Event) -> None:
        """Show an act, if this is a notebook."""
        if self.quiet or cells.shell() is not None:
            self._shown.add(id(event))
        if not self.quiet and cells.shell() is not None:
            print(self._line(event), flush=True)

    def begin(self) -> float:
        """Sum up in one line what was logged until now, or until an act that was done just now.
        Returns that moment: what is logged from then on is shown."""
        self._collect()
        now = time.time()
        acts = [event.time for event in self._events if isinstance(event, ev.Action)]
        since = acts[-1] if acts and now - acts[-1] < JUST_NOW_S else now
        self._since = since - 0.001  # logs have whole milliseconds
        old = [entry for entry in self._waiting if entry[0] < since]
        self._waiting = [entry for entry in self._waiting if entry[0] >= since]
        folded = [entry for entry in old if entry[1]]
        if count := sum(lines for *_, lines in folded):
            workers = sorted({name for _, name, _, _ in folded})
            first = min(entry[0] for entry in folded)
            lines = f"{count} {plural(count, 'line')} of {', '.join(workers)}"
            print(f"(In the logs: {lines}, from {self._at(first):.1f} s on.)", flush=True)
        self._print([entry for entry in old if not entry[1]])
        self.skipped = 0
        return self._since

    def show(self, read: Callable[[], None], *, all_of_it: bool = False) -> int:
        """Read what is new, and print the lines that no earlier line can still precede; with
        `all_of_it`, all lines. Returns how many lines were printed."""
        begun = time.time()
        read()
        self._collect()
        open_since = [life.open_since for life in self._lives if life.open_since is not None]
        until = min([begun - WRITTEN_WITHIN_S, *open_since])
        until = time.time() if all_of_it else max(until, begun - HELD_BACK_S)
        due = [entry for entry in self._waiting if entry[0] <= until]
        self._waiting = [entry for entry in self._waiting if entry[0] > until]
        return self._print(due)

    def _collect(self) -> None:
        for worker in self._lives:
            for event, record in worker.take_unshown():
                lines = record.text.count("\n") + 1
                if event.time < self._since:  # a busy worker wrote it late: the logs have it
                    self.skipped += lines
                    continue
                is_other = isinstance(event, ev.Logged)
                text = None if is_other else shown(event, record, self._at(event.time))
                self._waiting.append((event.time, worker.name, text, lines))
        new, self._seen = self._events[self._seen :], len(self._events)
        for event in new:
            if isinstance(event, ev.Action) and id(event) not in self._shown:
                self._waiting.append((event.time, "", self._line(event), 1))
        self._waiting.sort(key=lambda entry: entry[0])

    def _line(self, event: ev.Event) -> str:
        return sentences.line(event, self._at(event.time))

    def _print(self, entries: Iterable[tuple[float, str, str | None, int]]) -> int:
        printed = 0
        for _, name, text, lines in entries:
            if text is None:
                self.skipped += lines
            else:
                self.write(name, text)
                printed += 1
        return printed


def _write(_worker: str, text: str) -> None:
    print(text, flush=True)
