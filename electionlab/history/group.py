"""A consumer group as its coordinator describes it, and what makes a member the leader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEADER_TOPIC_END = "-__assignor-__leader"
LEADER_TOPIC = "{app}" + LEADER_TOPIC_END
"""Partition 0 of this topic makes its holder Faust's leader (faust/assignor/leader_assignor.py)."""


def is_leader_topic(topic: str) -> bool:
    """Whether this is the leader topic of any app."""
    return topic.endswith(LEADER_TOPIC_END)


def greeting_partitions(held: Mapping[str, Iterable[int]]) -> list[int]:
    """The numbers of the partitions of greetings among those, by topic, that a worker holds,
    sorted."""
    return sorted(n for topic, ns in held.items() if not is_leader_topic(topic) for n in ns)


@dataclass(frozen=True)
class Member:
    """A member of a consumer group: its id, and the partitions it holds by topic."""

    member_id: str
    partitions: dict[str, tuple[int, ...]]

    def holds(self, topic: str, partition: int) -> bool:
        return partition in self.partitions.get(topic, ())


@dataclass(frozen=True)
class Group:
    """A consumer group as its coordinator describes it. `state` is Kafka's word: `STABLE`, …"""

    name: str
    state: str
    members: tuple[Member, ...]

    def leader(self, app: str) -> Member | None:
        """The member that holds partition 0 of the leader topic: Faust's leader."""
        topic = LEADER_TOPIC.format(app=app)
        return next((member for member in self.members if member.holds(topic, 0)), None)
