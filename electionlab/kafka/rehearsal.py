"""What a broker is asked while it trains its AOT cache: all that the workers of an election ask.

What a training never ran, each later broker would load and check anew.
"""

from __future__ import annotations

import contextlib
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from electionlab.errors import LabError
from electionlab.host.waiting import stretched, wait_until
from electionlab.kafka.witness import Witness

TOPIC, GROUP, MESSAGES = "rehearsal", "rehearsers", 20
WITHIN_S = 20.0


def rehearse(bootstrap: str) -> None:
    """Make a topic, fill it with and without a transaction, read it as a group of two, one of which
    leaves first, and describe that group. LabError if Kafka refuses, or takes more than `WITHIN_S`
    seconds for one of these."""
    settings = Witness(bootstrap).client_settings()
    try:
        admin = AdminClient(settings)
        for made in admin.create_topics([NewTopic(TOPIC, 4, 1)]).values():
            made.result(stretched(WITHIN_S))
        _write(settings)
        _read_as_a_group(settings)
    except (KafkaException, TimeoutError) as error:
        raise LabError(f"Kafka did not do what workers ask of it: {error}") from error


def _write(settings: dict[str, Any]) -> None:
    plain = Producer(settings)
    atomic = Producer({**settings, "transactional.id": TOPIC})
    atomic.init_transactions(stretched(WITHIN_S))
    atomic.begin_transaction()
    for producer in plain, atomic:
        for number in range(MESSAGES):
            producer.produce(TOPIC, str(number), partition=number % 4)
            producer.flush(stretched(WITHIN_S))
    atomic.commit_transaction(stretched(WITHIN_S))


def _read_as_a_group(settings: dict[str, Any]) -> None:
    """Join one after the other, so that the group is rebalanced; read, commit and leave."""
    member = {**settings, "group.id": GROUP, "auto.offset.reset": "earliest"}
    with contextlib.ExitStack() as at_last:
        members = []
        for count in 1, 2:
            members.append(Consumer({**member, "heartbeat.interval.ms": 100}))
            at_last.callback(members[-1].close)  # which commits what was read
            members[-1].subscribe([TOPIC])
            _wait_for_members(members, count, settings)


def _wait_for_members(members: list[Consumer], count: int, settings: dict[str, Any]) -> None:
    """Write and poll until each member has read something, and Kafka names so many members. The
    first one may have read all that was there before the second has joined."""
    waiting = list(members)
    producer, witness = Producer(settings), Witness(settings["bootstrap.servers"])

    def have_read() -> bool:
        for number in range(4):
            producer.produce(TOPIC, "", partition=number)
        producer.poll(0)
        for each in members:
            if (message := each.poll(0.05)) and not message.error() and each in waiting:
                waiting.remove(each)
        return not waiting and len(witness.group(GROUP).members) == count

    wait_until(have_read, within=WITHIN_S, why=lambda: f"{len(waiting)} of {count} read nothing")
