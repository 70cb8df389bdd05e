"""A stretch of a history, with what was so when it began."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from electionlab import events as ev
from electionlab.events import Event
from electionlab.spans import effect

STATE = (
    *(ev.WorkerStarted, ev.WorkerReady, ev.WorkerStopping, ev.WorkerInterrupted, ev.WorkerKilled),
    *(ev.MemberJoined, ev.PartitionsRevoked, ev.PartitionsAssigned, ev.GroupStored),
    *(ev.WorkerFrozen, ev.WorkerCut, ev.WorkerSlowed, ev.LoopBlocked),
    *(ev.BrokerStopped, ev.BrokerKilled, ev.RunEnding),
)
"""What holds until an event of the same kind, or one that undoes it, or the worker's exit."""
UNDOES: dict[type[Event], tuple[type[Event], ...]] = {
    ev.WorkerStarted: (ev.WorkerStopping, ev.WorkerInterrupted, ev.WorkerKilled),
    ev.PartitionsAssigned: (ev.PartitionsRevoked,),
    ev.WorkerThawed: (ev.WorkerFrozen,),
    ev.WorkerHealed: (ev.WorkerCut, ev.WorkerSlowed),
    ev.BrokerStarted: (ev.BrokerStopped, ev.BrokerKilled),
}

CARRIED = "before"
"""Who asked (`by`) for what we had done before the stretch began."""

Held = dict[tuple[str, object], Event]  # by whom it is about, and its kind; the newest comes last


def between(
    events: Iterable[Event], names: Mapping[str, str], start: float, end: float
) -> list[Event]:
    """The events from one Unix time to another. What was so at the beginning (who ran, in which
    generation, with which partitions, what was frozen, cut off, blocked or down) stands at that
    time. `names` are the workers' by member id: who joined before the stretch is known in it too.
    """
    held: Held = {}
    within: list[Event] = []
    for event in events:
        if event.time > end:
            break
        if event.time < start:
            _hold(held, event, start)
        elif not isinstance(event, ev.HistoryEnded):
            within.append(event)
    generation = {e.worker: e.generation for e in held.values() if isinstance(e, ev.MemberJoined)}
    # The newest generation stands first, or a stale leader would seem to hand over at the start.
    known = sorted(held.values(), key=lambda event: -generation.get(event.worker, 0))
    found = [*(_carried(event, start) for event in known), *within]
    return [*(_named(event, names) for event in found), ev.HistoryEnded(time=end, worker="lab")]


def _hold(held: Held, event: Event, start: float) -> None:
    """Note what an event before the stretch makes so, and what it ends."""
    who, kind = _whom(event), type(event)
    if isinstance(event, ev.WorkerStarted) and (who, kind) in held:
        held[who, "older"] = held[who, kind]  # its exit may be seen a moment after this start
    if isinstance(event, ev.WorkerExited):
        newer = (who, ev.WorkerStarted) if (who, "older") in held else None
        for key in [key for key in held if key[0] == who and key != newer]:
            del held[key]
    for undone in _undone(held, event):
        if effect(event) < start:
            held.pop((who, undone), None)
        elif (who, undone) in held:  # asked for before the stretch, and effective in it
            held[who, kind] = event
    if isinstance(event, ev.LoopBlocked):
        if _end(event) >= start:
            held[who, event.time] = event  # each ends by itself, whatever comes after it
    elif isinstance(event, STATE):
        if isinstance(event, ev.PartitionsAssigned) and (who, ev.MemberJoined) in held:
            # The generation of the assignment: a worker may join the next and still hold this one.
            held.pop((who, "joined"), None)
            held[who, "joined"] = held.pop((who, ev.MemberJoined))
        held.pop((who, kind), None)
        held[who, kind] = event


def _whom(event: Event) -> str:
    if isinstance(event, (ev.BrokerStopped, ev.BrokerKilled, ev.BrokerStarted)):
        return f"broker {event.broker}"
    return event.worker


def _undone(held: Held, event: Event) -> tuple[type[Event], ...]:
    """The kinds of what an event ends. Who leaves the group holds nothing any more; but whether
    leaving ends a leadership, the event `LeadershipLost` tells."""
    had = held.get((event.worker, ev.PartitionsAssigned))
    leads = isinstance(had, ev.PartitionsAssigned) and had.leads
    if isinstance(event, ev.LeadershipLost) and leads:
        return (ev.PartitionsAssigned,)
    if isinstance(event, ev.GroupLeft) and not leads:
        return (ev.PartitionsAssigned,)
    return UNDOES.get(type(event), ())


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
    """Who joined before the stretch, or logs that after it, is named by what the broker stored."""
    if not isinstance(event, ev.GroupStored):
        return event
    return dataclasses.replace(event, workers=tuple(names.get(m, "") for m in event.members))
