"""What workers log, and what follows from its order."""

from __future__ import annotations

from dataclasses import dataclass

from electionlab.history.event import Event
from electionlab.history.group import is_leader_topic


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Logged(Event):
    """Any other log record, as it is."""

    level: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerReady(Event):
    """Faust logged `Worker ready`, as after each rebalance: recovery is over, the agents run."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerStopping(Event):
    """The worker began an orderly stop. `signal` is the number of the signal that asked for it."""

    signal: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class GroupLeft(Event):
    """The worker announced that it was leaving: the others need not wait for a time-out."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class RebalanceNoticed(Event):
    """The answer to a heartbeat said that the worker's group is rebalancing."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PartitionsRevoked(Event):
    """The worker gives its partitions back before it rejoins."""

    partitions: dict[str, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class MemberJoined(Event):
    """The coordinator took the worker into a generation of the group, under a member id."""

    generation: int
    member_id: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class GroupLeaderElected(Event):
    """This member computes the assignment for all: the *group* leader, not Faust's leader."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PartitionsAssigned(Event):
    """The worker got its partitions, by topic. Partition 0 of the leader topic makes it leader."""

    partitions: dict[str, tuple[int, ...]]

    @property
    def leads(self) -> bool:
        held = self.partitions.items()
        return any(is_leader_topic(topic) and 0 in numbers for topic, numbers in held)

    @property
    def holds_leader_topic(self) -> bool:
        """Whether any partition of the leader topic is among them: there should be only one."""
        return any(is_leader_topic(topic) and numbers for topic, numbers in self.partitions.items())


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Published(Event):
    """leader.py's timer ran and printed `PUBLISHING ON LEADER!`."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class GreetingPrinted(Event):
    """leader.py's agent printed a greeting."""

    greeting: str


# What follows from the order of these, added by the history


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class LeadershipGained(Event):
    """An assignment made the worker leader, which it was not before."""

    generation: int | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class LeadershipLost(Event):
    """The worker is no longer leader. `by` says how it ended: `assignment`, `leaving`, `exit`."""

    by: str
