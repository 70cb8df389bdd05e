"""What the broker itself says, asked through a client library that the workers do not use."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from electionlab.errors import DeadlineError, LabError
from electionlab.history.group import Group, Member
from electionlab.history.readable import Readable
from electionlab.host.waiting import Patience, stretched

_silent = logging.getLogger("electionlab.kafka.witness")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


@dataclass(frozen=True, repr=False)
class Record(Readable):
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
        """The settings with which a librdkafka client can connect; `more` overrides them."""
        return {
            "bootstrap.servers": self.bootstrap,
            "logger": _silent,
            "reconnect.backoff.ms": 20,
            "reconnect.backoff.max.ms": 200,
            **self.settings,
            **more,
        }

    def topics(self, within: float) -> list[str] | None:
        """The names of the topics, from one metadata request; None if there is no answer within
        `within` seconds."""
        metadata = self._metadata(within)
        return sorted(metadata.topics) if metadata else None

    def cluster(self, within: float) -> str | None:
        """The id of the cluster, a new one for each Kafka with fresh data; None if there is no
        answer within `within` seconds."""
        metadata = self._metadata(within)
        return str(metadata.cluster_id) if metadata else None

    def brokers(self, within: float) -> list[int] | None:
        """The ids of the brokers that are alive, from one metadata request; None if there is no
        answer within `within` seconds."""
        metadata = self._metadata(within)
        return sorted(metadata.brokers) if metadata else None

    def replicas(self, topic: str, *, in_sync: bool = False) -> dict[int, list[int]]:
        """The ids of the brokers that keep a copy, by partition; with `in_sync`, of those whose
        copy is complete. Raises LabError if there is no such topic, or no answer within 10 s."""
        with self._reader() as consumer:
            partitions = self._partitions(consumer, topic, within=10)
        if not partitions:
            raise LabError(f"Kafka at {self.bootstrap} has no topic {topic}.")
        return {
            number: sorted(partition.isrs if in_sync else partition.replicas)
            for number, partition in sorted(partitions.items())
        }

    def can_make_topics(self, within: float) -> bool:
        """Whether one metadata request names a broker and the controller, within `within` seconds.

        With ZooKeeper a broker answers before its controller has told it of any broker or topic.
        """
        metadata = self._metadata(within)
        return metadata is not None and metadata.controller_id in metadata.brokers

    def group(self, name: str, within: float = 10.0) -> Group:
        """Describe a consumer group. Raises LabError if there is no answer within `within`
        seconds."""
        try:
            admin = AdminClient(self.client_settings())
            futures = admin.describe_consumer_groups([name], request_timeout=stretched(within))
            return as_group(futures[name].result(stretched(within) + 1))
        except (KafkaException, TimeoutError) as error:
            raise LabError(
                f"Kafka at {self.bootstrap} did not describe the group {name!r}: {error}"
            ) from error

    def end_of(self, topic: str, within: float) -> int | None:
        """The offset after the last message of a topic's partition 0; None if there is no answer
        within `within` seconds."""
        with self._reader() as consumer:
            try:
                _, high = consumer.get_watermark_offsets(
                    TopicPartition(topic, 0), timeout=stretched(within)
                )
            except KafkaException:
                return None
        return int(high)

    def records(self, topic: str, since: float = 0.0, within: float = 10.0) -> list[Record]:
        """All messages of a topic created at or after the Unix time `since`, ordered by time.

        It reads up to the end that each partition has now, without joining a group. Raises LabError
        if that takes more than `within` seconds.
        """
        patience = Patience(within)
        records, refusal = [], None
        with self._reader() as consumer:
            left = set(self._partitions(consumer, topic, within))
            consumer.assign([TopicPartition(topic, number, 0) for number in left])
            while left:
                patience.count()
                if patience.over:
                    raise DeadlineError(
                        f"Reading {topic} took more than {within:g} s{patience.stretched}: "
                        f"partitions {sorted(left)} were not read to their end. "
                        f"Kafka's last error: {refusal or 'none'}."
                    )
                if (message := consumer.poll(0.2)) is None:
                    continue
                number, offset = message.partition() or 0, message.offset() or 0
                if error := message.error():
                    if error.code() == KafkaError._PARTITION_EOF:
                        left.discard(number)
                    else:
                        refusal = error
                elif number in left:  # or it came after the end that the partition had
                    value = (message.value() or b"").decode(errors="replace")
                    created = message.timestamp()[1] / 1000
                    records.append(Record(created, topic, number, offset, value))
        wanted = (record for record in records if record.time >= since)
        return sorted(wanted, key=lambda record: (record.time, record.partition, record.offset))

    def _partitions(self, consumer: Consumer, topic: str, within: float) -> dict[int, Any]:
        """What Kafka says of a topic's partitions; none if there is no such topic. It is asked as a
        consumer: other clients would create the topic by asking."""
        try:
            metadata = consumer.list_topics(topic, timeout=stretched(within)).topics[topic]
            if metadata.error and metadata.error.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise KafkaException(metadata.error)
        except KafkaException as error:
            raise LabError(f"Kafka at {self.bootstrap} did not show {topic}: {error}") from error
        return dict(metadata.partitions)

    def _metadata(self, within: float) -> Any:
        """The answer to one metadata request; None if there is none."""
        try:
            return AdminClient(self.client_settings()).list_topics(timeout=stretched(within))
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
                    "enable.partition.eof": True,
                    "fetch.wait.max.ms": 10,  # or the end of a partition would be told late
                }
            )
        )
        try:
            yield consumer
        finally:
            consumer.close()


def as_group(description: Any) -> Group:
    """A consumer group as confluent-kafka describes it."""
    members = []
    for member in description.members:
        partitions_of: dict[str, list[int]] = {}
        for place in member.assignment.topic_partitions:
            partitions_of.setdefault(place.topic, []).append(place.partition)
        partitions = {topic: tuple(sorted(partitions_of[topic])) for topic in sorted(partitions_of)}
        members.append(Member(member.member_id, partitions))
    members.sort(key=lambda member: member.member_id)
    return Group(description.group_id, description.state.name, tuple(members))
