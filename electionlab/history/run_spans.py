"""When workers led, lived, were frozen or cut off, and when brokers were down."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from electionlab.history import events as ev
from electionlab.history import fault_spans as faults
from electionlab.history import leadership
from electionlab.history.event import Event
from electionlab.history.event_list import EventList
from electionlab.history.fault_spans import Fault
from electionlab.history.intervals import Span, Spans, pair
from electionlab.history.states import ENDED_BY, OF_PROCESSES


class RunSpans(EventList):
    """The spans of time that follow from the events of a run, in order of their start."""

    @cached_property
    def leaderships(self) -> Spans[Span]:
        """When each worker was Faust's leader in its own eyes, in order of start."""
        events = self.of(ev.LeadershipGained, ev.LeadershipLost)
        return pair(events, (ev.LeadershipGained,), (ev.LeadershipLost,), self.end)

    @cached_property
    def lives(self) -> Spans[Span]:
        """When each worker process existed: until its exit, even if it was killed earlier."""
        return self._spans(ev.WorkerStarted)

    @cached_property
    def freezes(self) -> Spans[Span]:
        """When a worker was frozen."""
        return self._spans(ev.WorkerFrozen)

    @cached_property
    def cuts(self) -> Spans[Span]:
        """When a worker's network was cut."""
        return self._spans(ev.WorkerCut)

    @cached_property
    def cut_off(self) -> Spans[Span]:
        """When a worker was cut off for certain: while its network was being cut or mended,
        something may have come through."""
        return self._spans(ev.WorkerCut, for_certain=True)

    @cached_property
    def slowdowns(self) -> Spans[Span]:
        """When a worker's network was slow."""
        return self._spans(ev.WorkerSlowed)

    @cached_property
    def blocks(self) -> Spans[Span]:
        """When a worker's event loop was blocked: for the seconds requested, or until its exit."""
        return faults.blocks(self.of(ev.LoopBlocked), self.lives, self.end)

    @cached_property
    def rebalances(self) -> Spans[Span]:
        """When a worker had given its partitions back and had no new ones yet."""
        return self._spans(ev.PartitionsRevoked)

    @cached_property
    def broker_outages(self) -> Spans[Span]:
        """When a broker was down: from when its end was requested until it answered again. The
        span's `worker` is `broker 1`, …"""
        return faults.outages(self.of(ev.Action), self.end)

    @cached_property
    def replacements(self) -> list[float]:
        """When each Kafka that an empty one replaced went down, in order. Its groups, topics and
        commits went with it."""
        return faults.replacements(self.of(ev.Action))

    def kafka_at(self, time: float) -> int:
        """Which Kafka there was at a time: 0 for the first, 1 for the one that replaced it, …"""
        return bisect_left(self.replacements, time)

    @cached_property
    def orphaned(self) -> Spans[Span]:
        """When a worker led in its own eyes though the Kafka that had made it leader was gone:
        until it was given partitions again, or its leadership ended."""
        return leadership.orphaned(
            self.leaderships, self.of(ev.PartitionsAssigned), self.replacements
        )

    @cached_property
    def faults(self) -> Spans[Fault]:
        """What we did to workers and brokers, and while it was at work: a kill or Ctrl+C until the
        worker had ended."""
        return faults.named(
            {
                "Ctrl+C": self._spans(ev.WorkerInterrupted),
                "kill -9": self._spans(ev.WorkerKilled),
                "freeze": self.freezes,
                "cut": self.cuts,
                "slow network": self.slowdowns,
                "blocked loop": self.blocks,
                "outage": self.broker_outages,
            }
        )

    def _spans(self, begins: type[Event], *, for_certain: bool = False) -> Spans[Span]:
        ends = ENDED_BY[begins]
        events = self.of(begins, *ends, *OF_PROCESSES)
        return pair(events, (begins,), ends, self.end, for_certain=for_certain)
