"""Which events begin and end which state: one table for every module that needs the state at a
time."""

from __future__ import annotations

from collections.abc import Mapping

from electionlab.history import events as ev
from electionlab.history.events import Event

Kinds = tuple[type[Event], ...]

ENDED_BY: Mapping[type[Event], Kinds] = {
    ev.WorkerStarted: (),
    ev.WorkerExited: (),
    ev.WorkerReady: (),
    ev.WorkerStopping: (),
    ev.WorkerInterrupted: (),
    ev.WorkerKilled: (),
    ev.GroupLeft: (ev.PartitionsAssigned,),
    ev.MemberJoined: (ev.WorkerKilled,),
    ev.PartitionsRevoked: (ev.PartitionsAssigned,),
    ev.PartitionsAssigned: (ev.WorkerKilled,),  # and by leaving the group in an orderly stop
    ev.WorkerFrozen: (ev.WorkerThawed,),
    ev.WorkerCut: (ev.WorkerHealed,),
    ev.WorkerSlowed: (ev.WorkerHealed,),
    ev.BrokerStopped: (ev.BrokerStarted,),
    ev.BrokerKilled: (ev.BrokerStarted,),
    ev.GroupStored: (),
    ev.RunEnding: (),
}
"""The events that begin a state, each with the events that end it. A later event of the same kind
replaces the earlier one, and every state of a worker ends with its process."""

ENDS: Mapping[type[Event], Kinds] = {
    end: tuple(kind for kind, ends in ENDED_BY.items() if end in ends)
    for end in {end for ends in ENDED_BY.values() for end in ends}
}
"""The same table the other way round: what an event ends."""

OF_PROCESSES: Kinds = (ev.WorkerStarted, ev.WorkerExited)

CHANGING = frozenset({*ENDED_BY, *ENDS, ev.LoopBlocked})
"""The events that change a state; all others leave every state as it is."""


class Processes:
    """Finds which of the processes with the same name an exit belongs to.

    We may notice the end of a process only after we have started the next one with its name. An
    exit belongs to the oldest process that has none yet; and that process was over when the next
    one began, since both listen on the same port.
    """

    def __init__(self) -> None:
        self._exits_awaited: dict[str, int] = {}

    def end_with(self, event: Event) -> bool:
        """Whether every state of a worker's newest process ends with this event. Feed it each
        `WorkerStarted` and `WorkerExited` in order; no other event ends a process."""
        awaited = self._exits_awaited.get(event.worker, 0)
        if isinstance(event, ev.WorkerStarted):
            self._exits_awaited[event.worker] = awaited + 1
            return True
        if isinstance(event, ev.WorkerExited):
            self._exits_awaited[event.worker] = max(awaited - 1, 0)
            return awaited <= 1
        return False

    def exits_awaited(self, worker: str) -> int:
        """How many processes with this name were started and have not been seen to end."""
        return self._exits_awaited.get(worker, 0)


def whose(event: Event) -> str:
    """Whose state an event changes: a worker's name, `broker 1`, …, `kafka` or `lab`."""
    if isinstance(event, (ev.BrokerStopped, ev.BrokerKilled, ev.BrokerStarted)):
        return f"broker {event.broker}"
    return event.worker


def effect(event: Event) -> float:
    """When an event took effect, in Unix seconds."""
    if isinstance(event, ev.Action) and event.effective is not None:
        return event.effective
    return event.time


def counts_from(event: Event) -> float:
    """When an event changes who leads, in Unix seconds. A killed worker runs until the signal has
    been sent."""
    return effect(event) if isinstance(event, ev.WorkerKilled) else event.time
