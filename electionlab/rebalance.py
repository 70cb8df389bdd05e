"""One rebalance, step by step, as the workers' logs and the broker's own log tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from electionlab import events as ev
from electionlab.errors import LabError
from electionlab.events import LEADER_TOPIC, Event
from electionlab.history import History
from electionlab.words import actions_of, label

MOST_ACTIONS = 8  # what we did before a rebalance, of which no more is told
JOINING = "(Re-)joining group"  # how aiokafka's record of a join request begins

Kind = Literal["answer", "request", "revoked", "elected", "stored", "ready", "done"]
"""What a step is: a message from the coordinator or to it, or what one does by itself."""


@dataclass(frozen=True)
class Step:
    """A step of a rebalance: its event, its kind, who (a worker's name or `Kafka`), in words."""

    event: Event
    kind: Kind
    who: str
    words: str

    @property
    def leads(self) -> bool:
        """Whether this step made the worker Faust's leader."""
        return isinstance(self.event, ev.PartitionsAssigned) and self.event.leads


def steps(history: History, generation: int) -> list[Step]:
    """What led to a generation of the group, in order of time: first what we did since the one
    before, then notices, joins, the assignment, and workers that are ready again.

    Raises LabError if no log of the history tells of the generation.
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
    found = [*acts[-MOST_ACTIONS:], *_by_generation(history)[generation]]
    stored = [event for event in history.of(ev.GroupStored) if event.generation == generation]
    found += stored
    size = sum(joined.generation == generation for joined in history.member_joins)
    size = len(stored[0].members) if stored else size
    found.sort(key=lambda event: event.time)
    return [_step(event, size, history) for event in found]


@dataclass(frozen=True)
class Notice:
    """How a worker heard of a rebalance: `seconds` from the first request of another one to join or
    to leave to the answer of a heartbeat that told this worker. `cause` is `join` or `leave`."""

    worker: str
    generation: int
    cause: Literal["join", "leave"]
    seconds: float


def notices(history: History) -> list[Notice]:
    """How each worker heard of each rebalance; none of those that no request brought about, such as
    the end of a dead member's session."""
    found = []
    for generation, told in _by_generation(history).items():
        told.sort(key=lambda event: event.time)
        heard = [event for event in told if isinstance(event, ev.RebalanceNoticed)]
        hearers = {event.worker for event in heard}
        requests = (event for event in told if isinstance(event, (ev.GroupLeft, ev.Logged)))
        causes = [event for event in requests if event.worker not in hearers]
        for event in heard if causes else []:
            found.append(
                Notice(
                    event.worker,
                    generation,
                    "leave" if isinstance(causes[0], ev.GroupLeft) else "join",
                    # Who leaves logs it when that is answered, when others may know already.
                    max(0.0, event.time - causes[0].time),
                )
            )
    return found


def _last_joins(history: History) -> dict[int, float]:
    """When the last member joined each generation."""
    return {joined.generation: joined.time for joined in history.member_joins}


def _by_generation(history: History) -> dict[int, list[Event]]:
    """What workers logged of the protocol, by the generation that came of it; worker by worker."""
    joins = _last_joins(history)
    found: dict[int, list[Event]] = {number: [] for number in joins}
    for worker in history.workers:
        for bucket in _buckets(_protocol_events(history, worker)):
            number = _outcome(bucket, joins)
            if number is not None:
                found[number] += bucket
    return found


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
    """A worker's events, cut where a rebalance begins: at the first notice, revocation, request to
    join or generation that follows a generation, and around leaving."""
    buckets: list[list[Event]] = []
    begins = (ev.RebalanceNoticed, ev.PartitionsRevoked, ev.Logged, ev.MemberJoined)
    for event in events:
        current = buckets[-1] if buckets else []
        is_over = any(isinstance(told, (ev.MemberJoined, ev.GroupLeft)) for told in current)
        is_new = isinstance(event, ev.GroupLeft) or (is_over and isinstance(event, begins))
        if is_new or not buckets:
            buckets.append([])
        buckets[-1].append(event)
    return buckets


def _outcome(bucket: list[Event], joins: dict[int, float]) -> int | None:
    """The generation that came of it: the worker's own, or the next of the others'."""
    own = [event.generation for event in bucket if isinstance(event, ev.MemberJoined)]
    later = [number for number, time in joins.items() if time >= bucket[0].time]
    return own[0] if own else min(later, default=None)


def _step(event: Event, size: int, history: History) -> Step:
    kind, words = _told(event, size, history)
    return Step(event, kind, "Kafka" if event.worker == "kafka" else event.worker, words)


def _told(event: Event, size: int, history: History) -> tuple[Kind, str]:
    who = event.worker
    told: tuple[Kind, str]
    match event:
        case ev.RebalanceNoticed():
            told = "answer", f"{who}'s heartbeat is answered: rebalancing"
        case ev.PartitionsRevoked():
            told = "revoked", f"{who} gives back {_partitions(event.partitions)}"
        case ev.MemberJoined():
            told = "answer", f"{who} is in generation {event.generation}"
        case ev.GroupLeaderElected():
            told = "elected", f"{who} is group leader: assigns to {size}"
        case ev.PartitionsAssigned():
            told = "answer", f"{who} gets {_partitions(event.partitions)}"
        case ev.WorkerReady():
            told = "ready", f"{who} is ready"
        case ev.GroupLeft():
            told = "request", f"{who} leaves the group"
        case ev.GroupStored():
            leader = history.name_of(event.leader) if event.leader else "nobody"
            told = "stored", f"Kafka stores generation {event.generation}: {leader} leads"
        case ev.Logged():
            told = "request", f"{who} asks to join"
        case _:
            told = "done", label(event)
    return told


def _partitions(held: dict[str, tuple[int, ...]]) -> str:
    """`no partitions`, `1 partition`, `4 partitions and the leader's ★`."""
    count = sum(len(numbers) for topic, numbers in held.items() if not LEADER_TOPIC.search(topic))
    leads = any(0 in numbers for topic, numbers in held.items() if LEADER_TOPIC.search(topic))
    words = f"{count or 'no'} partition{'' if count == 1 else 's'}"
    return f"{words} and the leader's ★" if leads else words
