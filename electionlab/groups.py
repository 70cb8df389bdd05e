"""The consumer group over time, as its members' logs and as the broker's log tell of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, TypeVar

from electionlab import events as ev
from electionlab.events import Event
from electionlab.spans import Span, Spans

V = TypeVar("V")


@dataclass(frozen=True)
class Generation:
    """A generation of the consumer group, as its members' logs tell of it. `group_leader` computed
    the assignment, `leader` got Faust's leader partition; None where no log tells."""

    number: int
    members: tuple[str, ...]
    group_leader: str | None
    leader: str | None


@dataclass(frozen=True)
class StoredGeneration:
    """A generation as the broker stored it: its last word from `start` to `end` (Unix seconds).

    `members`, `group_leader`, `holders` (of any partition of the leader topic) and `leader` (of its
    partition 0) are workers' names; a member id that nobody told a worker of stays as it is.
    """

    number: int
    start: float
    end: float
    leader: str | None
    members: tuple[str, ...]
    group_leader: str | None
    holders: tuple[str, ...] = ()


class Steps(Generic[V]):
    """What was the case at a time: each (time, value) counts until the next one."""

    def __init__(self, steps: Iterable[tuple[float, V | None]]) -> None:
        pairs = sorted(steps, key=lambda step: step[0])
        self._times = [time for time, _ in pairs]
        self._values = [value for _, value in pairs]

    def at(self, time: float) -> V | None:
        """The value of the last step at or before a time; None before the first."""
        number = bisect_right(self._times, time)
        return self._values[number - 1] if number else None


def generations(told: Iterable[Event]) -> list[Generation]:
    """The generations of the group, in order, from what its members logged."""
    current: dict[str, int] = {}
    members: dict[int, list[str]] = {}
    group_leader: dict[int, str] = {}
    leader: dict[int, str] = {}
    for event in told:
        if isinstance(event, ev.MemberJoined):
            current[event.worker] = event.generation
            members.setdefault(event.generation, []).append(event.worker)
        elif event.worker in current:
            if isinstance(event, ev.GroupLeaderElected):
                group_leader[current[event.worker]] = event.worker
            elif isinstance(event, ev.PartitionsAssigned) and event.leads:
                leader[current[event.worker]] = event.worker
    return [
        Generation(
            number, tuple(sorted(members[number])), group_leader.get(number), leader.get(number)
        )
        for number in sorted(members)
    ]


def member_names(
    stored: Iterable[ev.GroupStored], joins: Iterable[ev.MemberJoined]
) -> dict[str, str]:
    """The workers' names by member id: as the broker tells them, or as the workers' logs do."""
    names = {join.member_id: join.worker for join in joins}
    for event in stored:
        told = zip(event.members, event.workers, strict=False)
        names.update((member, worker) for member, worker in told if worker)
    return names


def stored_generations(
    stored: Sequence[ev.GroupStored], name_of: Callable[[str], str], history_end: float
) -> list[StoredGeneration]:
    """What the broker stored, with workers' names (by `name_of`) in place of member ids."""
    ends = [event.time for event in stored[1:]] + [history_end]
    return [
        StoredGeneration(
            number=event.generation,
            start=event.time,
            end=end,
            leader=name_of(event.leader) if event.leader else None,
            members=tuple(sorted(map(name_of, event.members))),
            group_leader=name_of(event.group_leader) if event.group_leader else None,
            holders=tuple(sorted(map(name_of, _holders(event)))),
        )
        for event, end in zip(stored, ends, strict=False)
    ]


def _holders(event: ev.GroupStored) -> tuple[str, ...]:
    """Whoever leads holds the leader topic, also where an old history tells the leader alone."""
    return event.holders or ((event.leader,) if event.leader else ())


def broker_leaderships(stored: Iterable[StoredGeneration], history_end: float) -> Spans[Span]:
    """When each worker led, according to the broker: until it stored another leader, or none."""
    found: list[Span] = []
    leader, since, generation = None, 0.0, 0
    for told in stored:
        if told.leader != leader:
            if leader is not None:
                found.append(Span(leader, since, told.start, True, generation))
            leader, since, generation = told.leader, told.start, told.number
    if leader is not None:
        found.append(Span(leader, since, history_end, False, generation))
    return Spans(found)


def beliefs(told: Iterable[Event]) -> dict[str, Steps[int]]:
    """By worker: the generation that it had joined last in its life, over time."""
    steps: dict[str, list[tuple[float, int | None]]] = {}
    for event in sorted(told, key=attrgetter("time")):
        joined = event.generation if isinstance(event, ev.MemberJoined) else None
        steps.setdefault(event.worker, []).append((event.time, joined))
    return {worker: Steps(own) for worker, own in steps.items()}
