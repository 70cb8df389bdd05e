"""What the broker itself says, asked through another client library than the workers use."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from electionlab.errors import LabError

LEADER_TOPIC = "{app}-__assignor-__leader"
"""Partition 0 of this topic makes its holder Faust's leader (faust/assignor/leader_assignor.py)."""

_silent = logging.getLogger("electionlab.witness")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


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


@dataclass(frozen=True)
class Record:
    """A message in a topic: Unix time of its creation in seconds, place, and value."""

    time: float
    topic: str
    partition: int
    offset: int
    value: str


class Witness:
    """Asks one Kafka. `bootstrap` is `host:port`, or several with commas between them; `settings`
    are librdkafka's, for TLS and credentials. Nothing is asked until a method is called."""

    def __init__(self, bootstrap: str, settings: Mapping[str, str] | None = None) -> None:
        self.bootstrap = bootstrap
        self.settings = dict(settings or {})

    def client_settings(self, **more: Any) -> dict[str, Any]:
        """What a client of librdkafka needs to get in; `more` comes last."""
        return {
            "bootstrap.servers": self.bootstrap,
            "logger": _silent,
            "reconnect.backoff.ms": 20,
            "reconnect.backoff.max.ms": 200,
            **self.settings,
            **more,
        }

    def topics(self, within: float) -> list[str] | None:
        """The names of the topics, from one metadata request; None if no answer in `within` s."""
        told = self._metadata(within)
        return sorted(told.topics) if told else None

    def brokers(self, within: float) -> list[int] | None:
        """The ids of the brokers that live, from one metadata request; None if no answer in
        `within` seconds."""
        told = self._metadata(within)
        return sorted(told.brokers) if told else None

    def replicas(
        self, topic: str, *, in_sync: bool = False, within: float = 10.0
    ) -> dict[int, list[int]]:
        """The ids of the brokers that keep a copy, by partition; with `in_sync`, of those whose
        copy is complete. Raises LabError if there is no answer in `within` seconds."""
        try:
            with self._reader() as consumer:  # any other client would create a topic by asking
                told = consumer.list_topics(topic, timeout=within).topics[topic]
        except KafkaException as error:
            raise LabError(f"Kafka at {self.bootstrap} did not show {topic}: {error}") from error
        if told.error:  # a topic that is not there, for one
            raise LabError(f"Kafka at {self.bootstrap} did not show {topic}: {told.error}")
        return {
            number: sorted(partition.isrs if in_sync else partition.replicas)
            for number, partition in sorted(told.partitions.items())
        }

    def can_make_topics(self, within: float) -> bool:
        """Whether one metadata request names a broker and the controller, within `within` seconds.

        With ZooKeeper a broker answers before its controller has told it of any broker or topic.
        """
        told = self._metadata(within)
        return told is not None and told.controller_id in told.brokers

    def group(self, name: str, within: float = 10.0) -> Group:
        """Describe a consumer group. Raises LabError if there is no answer in `within` seconds."""
        try:
            admin = AdminClient(self.client_settings())
            asked = admin.describe_consumer_groups([name], request_timeout=within)
            return as_group(asked[name].result(within + 1))
        except (KafkaException, TimeoutError) as error:
            raise LabError(
                f"Kafka at {self.bootstrap} did not describe the group {name!r}: {error}"
            ) from error

    def end_of(self, topic: str, within: float) -> int | None:
        """The offset after the last message of a topic's partition 0; None if no answer."""
        with self._reader() as consumer:
            try:
                _, high = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=within)
            except KafkaException:
                return None
        return int(high)

    def records(self, topic: str, since: float = 0.0, within: float = 10.0) -> list[Record]:
        """All messages of a topic created at or after the Unix time `since`, in order of time.

        It reads up to the end that each partition has now, without joining any group. Raises
        LabError if that takes more than `within` seconds.
        """
        deadline = time.monotonic() + within
        with self._reader() as consumer:
            try:
                known = consumer.list_topics(topic, timeout=within).topics[topic]
                left = {}
                for number in known.partitions:
                    low, high = consumer.get_watermark_offsets(
                        TopicPartition(topic, number), timeout=within
                    )
                    if high > low:
                        left[number] = high
                consumer.assign([TopicPartition(topic, number, 0) for number in left])
            except KafkaException as error:
                raise LabError(
                    f"Kafka at {self.bootstrap} did not show {topic}: {error}"
                ) from error
            found = []
            while left:
                if time.monotonic() > deadline:
                    raise LabError(
                        f"Reading {topic} took more than {within:g} s: partitions "
                        f"{sorted(left)} were not read to their end."
                    )
                message = consumer.poll(0.2)
                if message is None or message.error():
                    continue
                number, offset = message.partition() or 0, message.offset() or 0
                if number not in left:  # it came after we had asked where the end is
                    continue
                created = message.timestamp()[1] / 1000
                if created >= since:
                    value = message.value() or b""
                    found.append(Record(created, topic, number, offset, value.decode()))
                if offset + 1 >= left[number]:
                    del left[number]
        return sorted(found, key=lambda record: (record.time, record.partition, record.offset))

    def _metadata(self, within: float) -> Any:
        """What one metadata request is answered; None if there is no answer."""
        try:
            return AdminClient(self.client_settings()).list_topics(timeout=within)
        except KafkaException:
            return None

    @contextlib.contextmanager
    def _reader(self) -> Iterator[Consumer]:
        consumer = Consumer(
            self.client_settings(
                **{
                    "group.id": "electionlab-witness",
                    "enable.auto.commit": False,
                    "auto.offset.reset": "earliest",
                }
            )
        )
        try:
            yield consumer
        finally:
            consumer.close()


def as_group(told: Any) -> Group:
    """What confluent-kafka answers about a consumer group."""
    members = []
    for member in told.members:
        held: dict[str, list[int]] = {}
        for place in member.assignment.topic_partitions:
            held.setdefault(place.topic, []).append(place.partition)
        partitions = {topic: tuple(sorted(held[topic])) for topic in sorted(held)}
        members.append(Member(member.member_id, partitions))
    members.sort(key=lambda member: member.member_id)
    return Group(told.group_id, told.state.name, tuple(members))
