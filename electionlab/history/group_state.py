"""The state of the group after each event: who lives, who leads, who holds what."""

from __future__ import annotations

from collections.abc import Iterable

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.states import (
    CHANGING,
    ENDED_BY,
    ENDS,
    OF_PROCESSES,
    Kinds,
    Processes,
    counts_from,
    whose,
)

LOGGED: Kinds = (
    *(ev.WorkerReady, ev.WorkerStopping, ev.GroupLeft),
    *(ev.MemberJoined, ev.PartitionsRevoked, ev.PartitionsAssigned),
)
"""What comes from a worker's log, which may be read only after the worker's end was recorded."""

Change = ev.LeadershipGained | ev.LeadershipLost


class WorkerState:
    """The state of a worker or a broker: what holds, each with the event that began it."""

    __slots__ = ("assigned_in", "blocks", "gained", "held")

    def __init__(self) -> None:
        self.held: dict[type[Event], Event] = {}
        """The events of `states.ENDED_BY` that hold, by kind; the newest comes last."""
        self.gained: ev.LeadershipGained | None = None
        """The event by which it leads in its own eyes; None if it does not."""
        self.assigned_in: ev.MemberJoined | None = None
        """Its join of the generation in which it got its newest assignment."""
        self.blocks: list[ev.LoopBlocked] = []
        """The blocks of its event loop in this life. Each ends by itself, whatever comes after."""

    def __repr__(self) -> str:
        held = ", ".join(kind.__name__ for kind in self.held)
        return f"WorkerState({held}{', leads' if self.gained else ''})"

    @property
    def is_alive(self) -> bool:
        """Its process was started, and has neither ended nor been killed."""
        return ev.WorkerStarted in self.held and ev.WorkerKilled not in self.held

    @property
    def is_stopping(self) -> bool:
        """It was asked for an orderly stop, or has begun one."""
        return ev.WorkerInterrupted in self.held or ev.WorkerStopping in self.held

    @property
    def joined(self) -> ev.MemberJoined | None:
        """Its last join of the group in this life."""
        joined = self.held.get(ev.MemberJoined)
        return joined if isinstance(joined, ev.MemberJoined) else None

    @property
    def assigned(self) -> ev.PartitionsAssigned | None:
        """The assignment that Faust has cached, by which it decides whether it leads."""
        assigned = self.held.get(ev.PartitionsAssigned)
        return assigned if isinstance(assigned, ev.PartitionsAssigned) else None

    @property
    def holds(self) -> ev.PartitionsAssigned | None:
        """The assignment whose partitions it holds; None if it gave them back or left the group."""
        gone = ev.PartitionsRevoked in self.held or ev.GroupLeft in self.held
        return None if gone else self.assigned

    def has_partitions_of(self, generation: int) -> bool:
        """Whether it joined this generation last, and holds the partitions given in it."""
        joined = self.joined
        if joined is None or joined.generation != generation or joined is not self.assigned_in:
            return False
        return self.holds is not None

    def newest(self, kinds: Iterable[type[Event]]) -> Event | None:
        """The newest event of these kinds that holds."""
        wanted = set(kinds)
        return next((event for kind, event in reversed(self.held.items()) if kind in wanted), None)

    def apply(self, event: Event) -> Change | None:
        """Apply an event that ends no process. Returns the change of leadership, if any."""
        kind = type(event)
        if kind in LOGGED and self._is_of_former_process(event):
            return None
        ended = ENDS.get(kind, ())
        if isinstance(event, ev.GroupLeft) and self.is_stopping:
            ended = (*ended, ev.PartitionsAssigned)
        for gone in (*ended, kind):
            self.held.pop(gone, None)
        if kind in ENDED_BY:
            self.held[kind] = event
        elif isinstance(event, ev.LoopBlocked):
            self.blocks.append(event)
        if isinstance(event, ev.PartitionsAssigned):
            self.assigned_in = self.joined
            return self._gain(event) if event.leads else self.lose(event)
        return None if ev.PartitionsAssigned in self.held else self.lose(event)

    def end_process(self, event: Event) -> ev.LeadershipLost | None:
        """End the process: by its exit, or by the start of the next one."""
        self.held = {type(event): event}
        self.assigned_in = None
        self.blocks = []
        return self.lose(event)

    def _gain(self, event: ev.PartitionsAssigned) -> ev.LeadershipGained | None:
        if self.gained is not None:
            return None
        self.gained = ev.LeadershipGained(
            time=event.time,
            worker=event.worker,
            line=event.line,
            generation=self.assigned_in.generation if self.assigned_in else None,
        )
        return self.gained

    def lose(self, event: Event) -> ev.LeadershipLost | None:
        """End its leadership by this event; nothing happens if it did not lead."""
        if self.gained is None:
            return None
        self.gained = None
        by = {ev.PartitionsAssigned: "assignment", ev.GroupLeft: "leaving"}.get(type(event), "exit")
        time = counts_from(event)
        return ev.LeadershipLost(time=time, worker=event.worker, line=event.line, by=by)

    def _is_of_former_process(self, event: Event) -> bool:
        start = self.held.get(ev.WorkerStarted)
        return ev.WorkerKilled in self.held or (start is not None and event.time < start.time)


class GroupState:
    """The state of the group, kept up to date event by event.

    Apply each event once, in order of time or in the order in which they became known: what a log
    says of a process that was killed or has a successor changes nothing.

    Leadership is what workers believe. Faust asks whether its cached assignment holds the leader
    partition. A rebalance in progress does not change that; the next assignment, an orderly stop or
    the end of the process does. Leaving the group without a stop (aiokafka does so when it has not
    been polled for too long) does not.

    A process ends before we see its exit, and the end is what counts:

    - A killed worker no longer leads, and is in no generation, as soon as the signal has been sent.
      SIGKILL leaves it no time to publish; we see the exit only when we look next, 0.05 s later or
      more.
    - A worker that was restarted before we saw the exit of its former process loses what that
      process had when the new one begins, since the new one begins with nothing. The exit that we
      see later belongs to the former process, and takes nothing from the new one.
    """

    def __init__(self) -> None:
        self._of: dict[str, WorkerState] = {}
        self._processes = Processes()
        self._older_starts: dict[str, ev.WorkerStarted] = {}

    def __repr__(self) -> str:
        alive = sorted(name for name, state in self._of.items() if state.is_alive)
        leads = f"{' and '.join(self.leaders)} leads" if self.leaders else "nobody leads"
        return f"{leads}; running: {', '.join(alive) or 'none'}"

    def of(self, name: str) -> WorkerState:
        """The state of a worker, of `broker 1`, …, `kafka` or `lab`; an empty one if the name is
        unknown."""
        return self._of.get(name) or WorkerState()

    def items(self) -> Iterable[tuple[str, WorkerState]]:
        """Every worker and broker that an event was about, by name, in order of appearance."""
        return self._of.items()

    @property
    def leaders(self) -> list[str]:
        """The workers that lead in their own eyes, the newest leadership first."""
        gained = [state.gained for state in self._of.values() if state.gained]
        gained.sort(key=lambda event: event.time, reverse=True)
        return [event.worker for event in gained]

    @property
    def stored(self) -> ev.GroupStored | None:
        """The newest generation in the broker's log, by its offset there."""
        stored = self.of("kafka").held.get(ev.GroupStored)
        return stored if isinstance(stored, ev.GroupStored) else None

    def older_start(self, worker: str) -> ev.WorkerStarted | None:
        """The start of the process before the newest one, if it has not been seen to end yet."""
        return self._older_starts.get(worker)

    def apply(self, event: Event) -> Change | None:
        """Apply one event. Returns the gain or loss of leadership that it causes, if any."""
        if type(event) not in CHANGING:
            return None
        name = whose(event)
        state = self._of.get(name)
        if state is None:
            state = self._of[name] = WorkerState()
        if isinstance(event, OF_PROCESSES):
            return self._apply_process(state, event)
        if isinstance(event, ev.GroupStored) and self.stored and event.offset < self.stored.offset:
            return None  # the broker's log is read in pieces: this one became known late
        if isinstance(event, ev.BrokerStarted) and event.fresh:
            self.of("kafka").held.pop(ev.GroupStored, None)  # its log went with it
        return state.apply(event)

    def _apply_process(self, state: WorkerState, event: Event) -> ev.LeadershipLost | None:
        former = state.held.get(ev.WorkerStarted)
        lost = state.end_process(event) if self._processes.end_with(event) else None
        if self._processes.exits_awaited(event.worker) < 2:
            self._older_starts.pop(event.worker, None)
        elif isinstance(event, ev.WorkerStarted) and isinstance(former, ev.WorkerStarted):
            self._older_starts[event.worker] = former
        return lost
