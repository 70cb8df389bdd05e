"""The kinds of events that a history has: what workers logged, what we did, what Kafka says.

An event is an immutable record with a time. `records` makes events of log lines, `workers` and
`lab` note what was done, `witness` what the broker and the workers answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LEADER_TOPIC = re.compile(r"-__assignor-__leader$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened: `time` in Unix seconds, to whom (`worker`), and the log's line.

    `worker` is the worker's name in the run (its web port), `kafka` or `lab`. `line` is None where
    no log line stands behind the event.
    """

    time: float
    worker: str
    line: int | None = None


# What workers say in their logs -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Logged(Event):
    """Any other record, as it is."""

    level: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerReady(Event):
    """Faust said `Worker ready`: recovery is over, the agents run. Said after each rebalance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerStopping(Event):
    """The worker began an orderly stop. `signal` is the number that asked for it."""

    signal: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupLeft(Event):
    """The worker told the coordinator that it leaves: others need not wait for a time-out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RebalanceNoticed(Event):
    """A heartbeat's answer told the worker that its group is rebalancing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartitionsRevoked(Event):
    """The worker gives its partitions back before it joins again."""

    partitions: dict[str, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberJoined(Event):
    """The coordinator took the worker into a generation of the group, under a member id."""

    generation: int
    member_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupLeaderElected(Event):
    """This member computes the assignment for all: the *group* leader, not Faust's leader."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartitionsAssigned(Event):
    """The worker got its partitions, by topic. The leader topic among them makes it leader."""

    partitions: dict[str, tuple[int, ...]]

    @property
    def leads(self) -> bool:
        held = ((topic, 0 in numbers) for topic, numbers in self.partitions.items())
        return any(LEADER_TOPIC.search(topic) and has_zero for topic, has_zero in held)

    @property
    def holds_leader_topic(self) -> bool:
        """Whether any partition of the leader topic is among them: there should be only one."""
        return any(
            LEADER_TOPIC.search(topic) for topic in self.partitions if self.partitions[topic]
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Published(Event):
    """leader.py's timer ran and printed `PUBLISHING ON LEADER!`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GreetingPrinted(Event):
    """leader.py's agent printed a greeting."""

    greeting: str


# What follows from the order of events, added by the history ------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadershipGained(Event):
    """An assignment made the worker leader; it was not before."""

    generation: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadershipLost(Event):
    """The worker is leader no longer. `by` says how it ended: `assignment`, `leaving`, `exit`."""

    by: str


# What we did to them, and what we saw -------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Action(Event):
    """Something that we did. `time` is when it was asked for, `by` who asked (a page, a storm's
    round), `effective` the Unix time from which it had taken effect; None where that is the same.
    """

    by: str = ""
    effective: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerStarted(Action):
    """We started a worker process. `log` is the name of its log file."""

    pid: int
    command: str
    log: str
    settings: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerInterrupted(Action):
    """We sent Ctrl+C's signal (SIGINT)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerKilled(Action):
    """We sent SIGKILL: the worker can say nothing more, to nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerFrozen(Action):
    """We sent SIGSTOP: the process stands still, its connections stay open."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerThawed(Action):
    """We sent SIGCONT: the process goes on where it stood."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerCut(Action):
    """We cut the worker's network: what it and the brokers send each other is held back, silently,
    while its connections stay open."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerHealed(Action):
    """We healed the worker's network: what was held back arrives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerSlowed(Action):
    """We made the worker's network slow: `delay_s` seconds later in each direction."""

    delay_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopBlocked(Action):
    """We blocked the worker's event loop for `seconds`; its other threads go on."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerStopped(Action):
    """We stopped a broker in good order. `broker` is its id."""

    broker: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerKilled(Action):
    """We killed a broker with -9."""

    broker: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerStarted(Action):
    """We started a broker again, with the data it had. `effective` is when it answered."""

    broker: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerExited(Event):
    """We saw that the process has ended. `status` is 128 + n where signal n ended it."""

    status: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RunEnding(Event):
    """We began to stop all workers: what follows is no failure of the election."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEnded(Event):
    """We looked no further."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundBegun(Event):
    """A storm's round began. `what` is its kind; the acts in it have `by="round <number>"`."""

    number: int
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundEnded(Event):
    """A storm's round is over. `missing` is what the election had not recovered when we stopped
    waiting for it; empty if it had."""

    number: int
    missing: str = ""


# What the broker says -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class GreetingStored(Event):
    """A greeting as it stands in the topic; `time` is when its producer made it."""

    greeting: str
    partition: int
    offset: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupStored(Event):
    """The coordinator wrote a generation of the group into its own log: Kafka's last word on it.

    `time` is the broker's. `members` are member ids, and `workers` the workers behind them in the
    same order ("" where Faust did not tell). `group_leader` is the one that computed the
    assignment, `holders` those that were given a partition of Faust's leader topic: one of them in
    each generation, if all is well, and none in a generation without members. `leader` holds
    partition 0, which makes it Faust's leader.
    """

    generation: int
    members: tuple[str, ...]
    group_leader: str | None
    leader: str | None
    holders: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    offset: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class OffsetCommitted(Event):
    """The coordinator stored a commit: everything in the topic's partition before the offset
    `committed` counts as processed."""

    topic: str
    partition: int
    committed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupSeen(Event):
    """A sample: the coordinator described the group. `state` is Kafka's word (`STABLE`, …);
    `leader` is the member id that holds partition 0 of the leader topic, if any does."""

    state: str
    members: tuple[str, ...]
    leader: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessFailed(Event):
    """A sample that failed: `asked` was not answered, and `why`."""

    asked: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionExpired(Event):
    """The coordinator heard nothing of a member for a whole session and gave it up. `time` is the
    broker's."""

    member_id: str


# What a worker says over HTTP ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerView(Event):
    """A sample: the worker's own answer to "who leads?" and "what do you hold?".

    `leader` is the name of the worker that its routing table names (`/router/topics`), itself or
    another; None for nobody. `leads` is whether it holds the leader partition itself, and `heir`
    whether it is the standby for it (`/assignment/`).
    """

    leader: str | None
    leads: bool
    heir: bool = False


EVENT_TYPES: dict[str, type[Event]] = {
    name: kind
    for name, kind in list(globals().items())
    if isinstance(kind, type) and issubclass(kind, Event) and kind not in (Event, Action)
}
