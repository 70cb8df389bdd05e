"""Reading the topic in which the coordinator keeps what it knows of groups."""

from __future__ import annotations

from collections.abc import Iterator

from confluent_kafka import Consumer, TopicPartition

from electionlab.history import consumer_offsets
from electionlab.kafka.witness import Witness


def read(witness: Witness) -> Iterator[tuple[int, bytes, bytes | None]]:
    """(offset, key, value) of each record that there is now, in order."""
    # A commit of its own would be one more record.
    consumer = Consumer(
        witness.client_settings(**{"group.id": "test-journal", "enable.auto.commit": False})
    )
    try:
        end = witness.end_of(consumer_offsets.TOPIC, within=10)
        consumer.assign([TopicPartition(consumer_offsets.TOPIC, 0, 0)])
        offset = 0
        while offset < end:
            for message in consumer.consume(100, 1):
                assert not message.error(), message.error()
                offset = message.offset() + 1
                yield message.offset(), message.key(), message.value()
    finally:
        consumer.close()
