"""What the broker says, in its log or when asked, and what workers say over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from electionlab.history.event import Event


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class GreetingStored(Event):
    """A greeting in the topic; `time` is when its producer created it."""

    greeting: str
    partition: int
    offset: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class GroupStored(Event):
    """The coordinator wrote a generation of the group into its own log: Kafka's last word on it.

    `time` is the broker's. `members` are member ids, and `workers` the workers behind them in the
    same order ("" if Faust did not say). `group_leader` is the one that computed the assignment,
    `holders` those that were given a partition of Faust's leader topic: one of them in each
    generation, if all is well, and none in a generation without members. `leader` holds partition
    0, which makes it Faust's leader.
    """

    generation: int
    members: tuple[str, ...]
    group_leader: str | None
    leader: str | None
    holders: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    offset: int = 0


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OffsetCommitted(Event):
    """The coordinator stored a commit: everything in the topic's partition before the offset
    `committed` counts as processed."""

    topic: str
    partition: int
    committed: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class GroupSeen(Event):
    """A sample: the coordinator described the group. `state` is Kafka's word (`STABLE`, …);
    `leader` is the member id that holds partition 0 of the leader topic, if any does."""

    state: str
    members: tuple[str, ...]
    leader: str | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WitnessFailed(Event):
    """A sample that failed: `asked` got no answer, and `why`."""

    asked: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SessionExpired(Event):
    """The coordinator heard nothing from a member for a whole session and gave up on it. `time` is
    the broker's."""

    member_id: str


# What a worker says over HTTP


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerView(Event):
    """A sample: the worker's own answer to "who leads?" and "what do you hold?".

    `leader` is the worker that its routing table names (`/router/topics`), itself or another; None
    for nobody. `leads` is whether it holds the leader partition itself, and `heir` whether it is
    the standby for it (`/assignment/`).
    """

    leader: str | None
    leads: bool
    heir: bool = False
