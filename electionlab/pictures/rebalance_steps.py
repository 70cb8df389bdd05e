"""One rebalance, step by step, as the workers' logs and the broker's own log show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.group import greeting_partitions, is_leader_topic
from electionlab.history.history import History
from electionlab.history.readable import plural
from electionlab.pictures.wording import actions_of, label

MOST_ACTIONS = 8  # at most this many of our acts before a rebalance are shown
JOINING = "(Re-)joining group"  # how aiokafka's record of a join request begins

Kind = Literal["answer", "request", "revoked", "elected", "stored", "ready", "done"]
"""What a step is: a message from or to the coordinator, or something a participant does alone."""


@dataclass(frozen=True)
class Step:
    """A step of a rebalance: its event, its kind, who took it (a worker's name or `Kafka`), and the
    step in words."""

    event: Event
    kind: Kind
    who: str
    words: str

    @property
    def leads(self) -> bool:
        """Whether this step made the worker Faust's leader."""
        return isinstance(self.event, ev.PartitionsAssigned) and self.event.leads


def steps(history: History, generation: int) -> list[Step]:
    """What led to a generation of the group, in order of time: first what we did since the
    generation before it, then notices, joins, the assignment, and workers that are ready again.

    Raises LabError if no log of the history has the generation.
    """
    joins = _last_joins(history)
    if generation not in joins:
        known = f"it has {min(joins)} to {max(joins)}" if joins else "it has none"
        raise LabError(f"The history has no generation {generation}: {known}.")
    since = max(
        (time for number, time in joins.items() if number < generation), default=float("-inf")
    )
    acts = [
        act
        for act in actions_of(history)
        if since < act.time <= joins[generation] and not isinstance(act, ev.RunEnding)
    ]
    events = [*acts[-MOST_ACTIONS:], *_by_generation(history)[generation]]
    stored = [event for event in history.of(ev.GroupStored) if event.generation == generation]
    events += stored
    size = sum(joined.generation == generation for joined in history.member_joins)
    size = len(stored[0].members) if stored else size
    events.sort(key=lambda event: event.time)
    return [_step(event, size, history) for event in events]


@dataclass(frozen=True)
class Notice:
    """How a worker heard of a rebalance: `seconds` from another worker's first request to join or
    leave until the answer to this worker's heartbeat said so. `cause` is `join` or `leave`."""

    worker: str
    generation: int
    cause: Literal["join", "leave"]
    seconds: float


def notices(history: History) -> list[Notice]:
    """How each worker heard of each rebalance. Rebalances that no request caused, as when a dead
    member's session expires, are left out."""
    result = []
    for generation, events in _by_generation(history).items():
        events.sort(key=lambda event: event.time)
        noticed = [event for event in events if isinstance(event, ev.RebalanceNoticed)]
        workers = {event.worker for event in noticed}
        requests = (event for event in events if isinstance(event, (ev.GroupLeft, ev.Logged)))
        causes = [event for event in requests if event.worker not in workers]
        for event in noticed if causes else []:
            result.append(
                Notice(
                    event.worker,
                    generation,
                    "leave" if isinstance(causes[0], ev.GroupLeft) else "join",
                    # A worker logs that it leaves once Kafka has answered; others may know by then.
                    max(0.0, event.time - causes[0].time),
                )
            )
    return result


def _last_joins(history: History) -> dict[int, float]:
    """When the last member joined each generation."""
    return {joined.generation: joined.time for joined in history.member_joins}


def _by_generation(history: History) -> dict[int, list[Event]]:
    """What workers logged of the protocol, worker by worker, for each generation it led to."""
    joins = _last_joins(history)
    events: dict[int, list[Event]] = {number: [] for number in joins}
    for worker in history.workers:
        for bucket in _buckets(_protocol_events(history, worker)):
            number = _outcome(bucket, joins)
            if number is not None:
                events[number] += bucket
    return events


_KINDS = (
    ev.RebalanceNoticed,
    ev.PartitionsRevoked,
    ev.MemberJoined,
    ev.GroupLeaderElected,
    ev.PartitionsAssigned,
    ev.WorkerReady,
    ev.GroupLeft,
)


def _protocol_events(history: History, worker: str) -> list[Event]:
    return [
        event
        for event in history.of(*_KINDS, ev.Logged, worker=worker)
        if not isinstance(event, ev.Logged) or event.text.startswith(JOINING)
    ]


def _buckets(events: Iterable[Event]) -> list[list[Event]]:
    """A worker's events, split where a rebalance begins: when it leaves the group, and at the first
    notice, revocation, request to join or generation after it has joined a generation or left."""
    buckets: list[list[Event]] = []
    begins = (ev.RebalanceNoticed, ev.PartitionsRevoked, ev.Logged, ev.MemberJoined)
    for event in events:
        current = buckets[-1] if buckets else []
        is_over = any(isinstance(earlier, (ev.MemberJoined, ev.GroupLeft)) for earlier in current)
        is_new = isinstance(event, ev.GroupLeft) or (is_over and isinstance(event, begins))
        if is_new or not buckets:
            buckets.append([])
        buckets[-1].append(event)
    return buckets


def _outcome(bucket: list[Event], joins: dict[int, float]) -> int | None:
    """The generation that a bucket led to: the one the worker joined, or the others' next one."""
    own = [event.generation for event in bucket if isinstance(event, ev.MemberJoined)]
    later = [number for number, time in joins.items() if time >= bucket[0].time]
    return own[0] if own else min(later, default=None)


def _step(event: Event, size: int, history: History) -> Step:
    kind, words = _describe(event, size, history)
    return Step(event, kind, "Kafka" if event.worker == "kafka" else event.worker, words)


def _describe(event: Event, size: int, history: History) -> tuple[Kind, str]:
    who = event.worker
    described: tuple[Kind, str]
    match event:
        case ev.RebalanceNoticed():
            described = "answer", f"{who}'s heartbeat is answered: rebalancing"
        case ev.PartitionsRevoked():
            described = "revoked", f"{who} gives back {_partitions(event.partitions)}"
        case ev.MemberJoined():
            described = "answer", f"{who} is in generation {event.generation}"
        case ev.GroupLeaderElected():
            described = "elected", f"{who} is group leader: assigns to {size}"
        case ev.PartitionsAssigned():
            described = "answer", f"{who} gets {_partitions(event.partitions)}"
        case ev.WorkerReady():
            described = "ready", f"{who} is ready"
        case ev.GroupLeft():
            described = "request", f"{who} leaves the group"
        case ev.GroupStored():
            leader = history.name_of(event.leader) if event.leader else "nobody"
            described = "stored", f"Kafka stores generation {event.generation}: {leader} leads"
        case ev.Logged():
            described = "request", f"{who} asks to join"
        case _:
            described = "done", label(event)
    return described


def _partitions(held: dict[str, tuple[int, ...]]) -> str:
    """`no partitions`, `1 partition`, `4 partitions and the leader's ★`."""
    count = len(greeting_partitions(held))
    leads = any(0 in numbers for topic, numbers in held.items() if is_leader_topic(topic))
    words = f"{count or 'no'} {plural(count, 'partition')}"
    return f"{words} and the leader's ★" if leads else words
