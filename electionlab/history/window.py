"""A window of a history, with the state at its start."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.group_state import GroupState
from electionlab.history.states import effect

CARRIED = "before"
"""The `by` of actions that we had taken before the window began."""

NEXT_S = 1e-6  # between the older and the newer part of the state at the start of a window
LEAD_S = 0.05


def between(
    events: Iterable[Event], names: Mapping[str, str], start: float, end: float
) -> list[Event]:
    """The events from one Unix time to another, preceded by events at the start time that make up
    the state then (who ran, in which generation, with which partitions, what was frozen, cut off,
    blocked or down). `names` are workers' names by member id, which the window alone may not have.
    """
    before = _Before(start)
    within: list[Event] = []
    for event in events:
        if event.time > end:
            break
        if event.time < start:
            before.apply(event)
        elif not isinstance(event, ev.HistoryEnded):
            within.append(event)
    carried = [*before.carried(), *within]
    return [*(_named(event, names) for event in carried), ev.HistoryEnded(time=end, worker="lab")]


def just_before(events: Iterable[Event], time: float) -> float:
    """When a window begins that shows what is done from a Unix time on: LEAD_S seconds earlier, so
    that the state comes before what is done; but after any exit, or a worker that has ended would
    have a lane in the window's picture, and after any assignment, or what holds then would not be
    the state at its start."""
    settled = (ev.WorkerExited, ev.PartitionsAssigned)
    ends = [event.time + NEXT_S for event in events if isinstance(event, settled)]
    return max([time - LEAD_S, *ends])


class _Before:
    """What happened before a window, as far as it still matters within it."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._state = GroupState()
        self._pending: list[Event] = []
        """Actions requested before the window that take effect within it."""
        self._replaced: ev.BrokerStarted | None = None
        """The last start of an empty Kafka in place of another."""
        self._former_stored: ev.GroupStored | None = None
        """What the replaced Kafka had stored last."""

    def apply(self, event: Event) -> None:
        if isinstance(event, ev.BrokerStarted) and event.fresh:
            stored = self._state.stored or self._former_stored
            self._former_stored, self._replaced = stored, event
        elif effect(event) >= self._start:
            self._pending.append(event)
            return
        if effect(event) < self._start:
            self._state.apply(event)
            if isinstance(event, (ev.WorkerStarted, ev.WorkerExited)):
                self._pending = [act for act in self._pending if act.worker != event.worker]

    def carried(self) -> list[Event]:
        """The events that make up the state at the start, with that time."""
        held = [event for who, _ in self._state.items() for event in self._held(who)]
        held.sort(key=lambda event: event.time)
        # The newest generation first, or a stale leader would seem to hand over at the start.
        held.sort(key=lambda event: -self._generation(event.worker))
        # What a former Kafka had granted, and its replacement, come before what holds since then.
        older: list[Event] = []
        if self._replaced is not None:
            older = [event for event in held if event.time <= self._replaced.time]
            if self._former_stored is not None and self._former_stored not in older:
                older.append(self._former_stored)
            older.append(self._replaced)
        newer = [event for event in held if event not in older] + self._pending
        later = self._start + NEXT_S if older else self._start
        return [
            *(_carried(event, self._start) for event in older),
            *(_carried(event, later) for event in newer),
        ]

    def _held(self, who: str) -> list[Event]:
        """The events that hold for a worker or broker, in the order that brings about the same
        state."""
        state = self._state.of(who)
        held: list[Event] = []
        if older := self._state.older_start(who):
            held.append(older)  # the exit of that process may be seen in the window
        for event in state.held.values():
            if event is state.assigned and state.assigned_in not in (None, state.joined):
                held.append(state.assigned_in)  # it joined the next, and still holds these
            if not isinstance(event, ev.WorkerExited):
                held.append(event)
        held += [block for block in state.blocks if _end(block) >= self._start]
        return held

    def _generation(self, worker: str) -> int:
        joined = self._state.of(worker).joined
        return joined.generation if joined else 0


def _end(block: ev.LoopBlocked) -> float:
    return effect(block) + block.seconds


def _carried(event: Event, start: float) -> Event:
    if isinstance(event, ev.LoopBlocked):
        left = _end(event) - start
        return dataclasses.replace(event, time=start, effective=None, by=CARRIED, seconds=left)
    if isinstance(event, ev.Action):
        effective = event.effective if effect(event) > start else None
        return dataclasses.replace(event, time=start, effective=effective, by=CARRIED)
    return dataclasses.replace(event, time=start)


def _named(event: Event, names: Mapping[str, str]) -> Event:
    """Name the stored members: they may have logged their joins before or after the window."""
    if not isinstance(event, ev.GroupStored):
        return event
    return dataclasses.replace(event, workers=tuple(names.get(m, "") for m in event.members))
