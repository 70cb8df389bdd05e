"""The consumer group over time, according to its members' logs and to the broker's log."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.intervals import Span, Spans
from electionlab.history.readable import Readable


@dataclass(frozen=True)
class Generation:
    """A generation of the consumer group, according to its members' logs. `group_leader` computed
    the assignment, `leader` got Faust's leader partition; None if no log says. Numbers start over
    with a Kafka that replaces another."""

    number: int
    members: tuple[str, ...]
    group_leader: str | None
    leader: str | None


@dataclass(frozen=True, repr=False)
class StoredGeneration(Readable):
    """A generation as the broker stored it: the newest from `start` to `end` (Unix seconds).

    `members`, `group_leader`, `holders` (of any partition of the leader topic) and `leader` (of its
    partition 0) are workers' names; a member id whose worker is unknown stays as it is.
    """

    number: int
    start: float
    end: float
    leader: str | None
    members: tuple[str, ...]
    group_leader: str | None
    holders: tuple[str, ...] = ()


def generations(events: Iterable[Event], kafka_at: Callable[[float], int]) -> list[Generation]:
    """The generations of the group, in order, from what its members logged. `kafka_at` says which
    Kafka there was at a time: each starts numbering anew."""
    current: dict[str, tuple[int, int]] = {}
    members: dict[tuple[int, int], list[str]] = {}
    group_leader: dict[tuple[int, int], str] = {}
    leader: dict[tuple[int, int], str] = {}
    for event in events:
        if isinstance(event, ev.MemberJoined):
            current[event.worker] = joined = kafka_at(event.time), event.generation
            members.setdefault(joined, []).append(event.worker)
        elif event.worker in current:
            if isinstance(event, ev.GroupLeaderElected):
                group_leader[current[event.worker]] = event.worker
            elif isinstance(event, ev.PartitionsAssigned) and event.leads:
                leader[current[event.worker]] = event.worker
    return [
        Generation(key[1], tuple(sorted(members[key])), group_leader.get(key), leader.get(key))
        for key in sorted(members)
    ]


def member_names(
    stored: Iterable[ev.GroupStored], joins: Iterable[ev.MemberJoined]
) -> dict[str, str]:
    """Workers' names by member id, from the broker's records or else from the workers' logs."""
    names = {join.member_id: join.worker for join in joins}
    for event in stored:
        pairs = zip(event.members, event.workers, strict=False)
        names.update((member, worker) for member, worker in pairs if worker)
    return names


def stored_generations(
    stored: Sequence[ev.GroupStored],
    name_of: Callable[[str], str],
    history_end: float,
    replacements: Sequence[float] = (),
) -> list[StoredGeneration]:
    """What the broker stored, with workers' names (by `name_of`) in place of member ids. A
    generation ends with the Kafka that stored it, at one of the `replacements`, if not before."""
    ends = [event.time for event in stored[1:]] + [history_end]
    for number, event in enumerate(stored):
        later = bisect_left(replacements, event.time)
        ends[number] = min([ends[number], *replacements[later : later + 1]])
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
    """The holders of the leader topic; old histories name only the leader, which is one of them."""
    return event.holders or ((event.leader,) if event.leader else ())


def broker_leaderships(stored: Iterable[StoredGeneration], history_end: float) -> Spans[Span]:
    """When each worker led, according to the broker: until it stored another leader, or none, or
    was replaced by an empty Kafka."""
    spans: list[Span] = []
    leader, since, until, generation = None, 0.0, 0.0, 0
    for current in stored:
        if current.leader != leader or current.start > until:
            end = min(current.start, until)
            if leader is not None and since < end:
                spans.append(Span(leader, since, end, True, generation))
            leader, since, generation = current.leader, current.start, current.number
        until = current.end
    if leader is not None and (since < until or until == history_end):
        spans.append(Span(leader, since, until, until < history_end, generation))
    return Spans(spans)
