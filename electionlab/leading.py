"""When leadership was gained and lost: it follows from the order of what workers logged."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from electionlab import events as ev
from electionlab.events import Event
from electionlab.spans import effect

DERIVED = {ev.LeadershipGained, ev.LeadershipLost}

LOGGED_LATE_S = 0.1
"""So many seconds before its gain is logged a worker may act as leader: Faust reads the assignment
as soon as it is there, aiokafka logs it a moment later, and timers do not wait for that."""


def with_leaderships(events: Sequence[Event]) -> list[Event]:
    """Add to events, in order of time, when leadership was gained and lost, in a worker's own eyes.

    Faust asks whether its cached assignment holds the leader partition. A rebalance under way does
    not change that; the next assignment, an orderly stop or the end of the process does. Leaving
    the group without a stop (aiokafka does so when it was not polled for too long) does not.
    """
    leading: set[str] = set()
    stopping: set[str] = set()
    generation: dict[str, int] = {}
    found: list[Event] = []
    for event in sorted(events, key=_counts_from):
        found.append(event)
        worker, lost = event.worker, ""
        match event:
            case ev.MemberJoined():
                generation[worker] = event.generation
            case ev.WorkerStarted():
                stopping.discard(worker)
            case ev.WorkerInterrupted() | ev.WorkerStopping():
                stopping.add(worker)
            case ev.PartitionsAssigned() if not event.leads:
                lost = "assignment"
            case ev.PartitionsAssigned() if worker not in leading:
                leading.add(worker)
                found.append(
                    ev.LeadershipGained(
                        time=event.time,
                        worker=worker,
                        line=event.line,
                        generation=generation.get(worker),
                    )
                )
            case ev.GroupLeft() if worker in stopping:
                lost = "leaving"
            case ev.WorkerExited() | ev.WorkerKilled():
                lost = "exit"
        if lost and worker in leading:
            leading.remove(worker)
            time = _counts_from(event)
            found.append(ev.LeadershipLost(time=time, worker=worker, line=event.line, by=lost))
    found.sort(key=attrgetter("time"))
    return found


def _counts_from(event: Event) -> float:
    """A killed worker runs until the signal has been sent."""
    return effect(event) if isinstance(event, ev.WorkerKilled) else event.time
