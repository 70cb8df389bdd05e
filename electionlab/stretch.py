"""A stretch of a history, with what was so when it began."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from electionlab import events as ev
from electionlab.events import Event

STATE = (
    *(ev.WorkerStarted, ev.WorkerReady, ev.MemberJoined, ev.PartitionsAssigned),
    *(ev.WorkerFrozen, ev.WorkerCut, ev.WorkerSlowed, ev.GroupStored, ev.WorkerStopping),
)
"""What holds until an event of the same kind, or one that undoes it."""
UNDOES: dict[type[Event], tuple[type[Event], ...]] = {
    ev.WorkerThawed: (ev.WorkerFrozen,),
    ev.WorkerHealed: (ev.WorkerCut, ev.WorkerSlowed),
}


CARRIED = "before"
"""Who asked (`by`) for what we had done before the stretch began."""


def between(events: Iterable[Event], start: float, end: float) -> list[Event]:
    """The events from one Unix time to another. What was so at the beginning (who ran, in which
    generation, with which partitions, what was frozen or cut off) stands at that time."""
    before: dict[tuple[str, type[Event]], Event] = {}
    within: list[Event] = []
    for event in events:
        if event.time > end:
            break
        if event.time >= start:
            if not isinstance(event, ev.HistoryEnded):
                within.append(event)
        elif isinstance(event, (ev.WorkerExited, ev.WorkerKilled)):
            before = {key: e for key, e in before.items() if key[0] != event.worker}
        elif type(event) in UNDOES:
            for undone in UNDOES[type(event)]:
                before.pop((event.worker, undone), None)
        elif isinstance(event, STATE):
            before.pop((event.worker, type(event)), None)  # the newest comes last
            before[event.worker, type(event)] = event
    known = [_carried(event, start) for event in before.values()]
    return [*known, *within, ev.HistoryEnded(time=end, worker="lab")]


def _carried(event: Event, start: float) -> Event:
    if isinstance(event, ev.Action):
        return dataclasses.replace(event, time=start, effective=None, by=CARRIED)
    return dataclasses.replace(event, time=start)
