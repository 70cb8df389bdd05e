"""When leadership was gained and lost: it follows from the order of what workers logged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.group_state import Change, GroupState
from electionlab.history.intervals import Span, Spans, Steps
from electionlab.history.states import CHANGING, counts_from

DERIVED = {ev.LeadershipGained, ev.LeadershipLost}

LOGGED_LATE_S = 0.1
"""How many seconds before its gain of leadership is logged a worker may act as leader: Faust reads
the assignment as soon as it arrives, aiokafka logs it a moment later, and timers do not wait for
the log."""


class Replay:
    """What follows from the order of `events`, which are in order of time.

    `state` is the state of the group after the last of them. For each worker, `joined` has its last
    join of the group in its current life over time, and `held` the assignment whose partitions it
    holds.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self.state = GroupState()
        self.joined: dict[str, Steps[ev.MemberJoined]] = {}
        self.held: dict[str, Steps[ev.PartitionsAssigned]] = {}
        self._events = events
        self._changes: dict[int, Change] = {}  # by the place of the event that caused it
        changing = [
            (counts_from(event), place)
            for place, event in enumerate(events)
            if type(event) in CHANGING
        ]
        for time, place in sorted(changing):
            self._apply(events[place], time, place)

    def _apply(self, event: Event, time: float, place: int) -> None:
        if change := self.state.apply(event):
            self._changes[place] = change
        name = event.worker
        state = self.state.of(name)
        if name not in self.joined:
            self.joined[name], self.held[name] = Steps(), Steps()
        joined, held = self.joined[name], self.held[name]
        if joined.last is not state.joined:
            joined.add(time, state.joined)
        if held.last is not state.holds:
            held.add(time, state.holds)

    def with_leaderships(self) -> list[Event]:
        """The events and, each after its cause, every gain and loss of leadership in a worker's own
        eyes; in order of time."""
        complete: list[Event] = []
        done = 0
        for place in sorted(self._changes):
            complete += self._events[done : place + 1]
            complete.append(self._changes[place])
            done = place + 1
        complete += self._events[done:]
        complete.sort(key=attrgetter("time"))
        return complete


def orphaned(
    leaderships: Spans[Span], given: Iterable[ev.PartitionsAssigned], replacements: Sequence[float]
) -> Spans[Span]:
    """The parts of leaderships, in a worker's own eyes, in which their Kafka was gone: from one of
    the `replacements` to the next assignment or to the end of the leadership."""
    times: dict[str, list[float]] = {}
    for event in given:
        times.setdefault(event.worker, []).append(event.time)
    spans = []
    for gone in replacements:
        for span in leaderships.touching(gone, gone):
            if span.end <= gone:
                continue
            own = times.get(span.worker, [])
            later = bisect_right(own, gone)
            end = min([span.end, *own[later : later + 1]])
            known = span.end_is_known or end < span.end
            spans.append(Span(span.worker, gone, end, known, span.generation))
    return Spans(spans)
