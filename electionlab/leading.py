"""When leadership was gained and lost: it follows from the order of what workers logged."""

from __future__ import annotations

from collections.abc import Sequence

from electionlab import events as ev
from electionlab.events import Event

DERIVED = {ev.LeadershipGained, ev.LeadershipLost}
_DECIDES = {  # who leads
    *(ev.MemberJoined, ev.PartitionsAssigned, ev.GroupLeft, ev.WorkerExited, ev.WorkerKilled)
}


def with_leaderships(events: Sequence[Event]) -> list[Event]:
    """Add when leadership was gained and lost, in the worker's own eyes.

    Faust asks whether its cached assignment holds the leader partition. A rebalance under way does
    not change that; the next assignment, leaving the group or the end of the process does.
    """
    leading: set[str] = set()
    generation: dict[str, int] = {}
    found: list[Event] = []
    for event in events:
        found.append(event)
        if type(event) not in _DECIDES:
            continue
        worker, lost = event.worker, None
        if isinstance(event, ev.MemberJoined):
            generation[worker] = event.generation
        elif isinstance(event, ev.PartitionsAssigned):
            if event.leads and worker not in leading:
                leading.add(worker)
                found.append(
                    ev.LeadershipGained(
                        time=event.time,
                        worker=worker,
                        line=event.line,
                        generation=generation.get(worker),
                    )
                )
            elif not event.leads:
                lost = "assignment"
        elif isinstance(event, ev.GroupLeft):
            lost = "leaving"
        else:
            lost = "exit"
        if lost and worker in leading:
            leading.remove(worker)
            found.append(
                ev.LeadershipLost(time=event.time, worker=worker, line=event.line, by=lost)
            )
    return found
