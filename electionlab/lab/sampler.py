"""The observer's process: takes samples of an election and prints a line of JSON for each.

Three kinds of sample go into a run's history: what the coordinator answers when it is asked about
the group (`GroupSeen`), what it wrote into its own log (`GroupStored`, `OffsetCommitted`; see
`consumer_offsets`), and what each worker answers over HTTP (`WorkerView`). Kafka is asked through
confluent-kafka (librdkafka), which shares no code with the client that Faust uses.

A sample from the journal also has `journal`, the offset after it; a line with nothing but `journal`
says how far the journal was read.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from concurrent import futures
from http.client import HTTPException
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from electionlab.history import consumer_offsets
from electionlab.history import events as ev
from electionlab.history.event_json import event_to_json
from electionlab.history.group import LEADER_TOPIC
from electionlab.host.ports import LOOPBACK
from electionlab.host.waiting import stretched
from electionlab.kafka.witness import Witness, as_group
from electionlab.lab.samples import ORDER_VARIABLE, Order, failure

HTTP_WITHIN_S = 0.4
ANSWER_WITHIN_S = 2.0
LOOK_EVERY_S = 0.2
"""How often it is looked whether a request has taken too long."""
GIVE_UP_S = 3600.0
"""librdkafka aborts the process when this has passed, so it is longer than any outage."""

LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens URLs of this machine without a proxy: HTTP_PROXY, if set, is not meant for them."""


class Sampler:
    """Takes all three kinds of sample, in threads of their own. `write` writes one line."""

    def __init__(self, order: Order, write: Callable[[Mapping[str, object]], None]) -> None:
        self._witness = Witness(order["witness"], order["settings"])
        self._app = order["app"]
        self._leader_topic = LEADER_TOPIC.format(app=self._app)
        self._order = order
        self._write = write

    def run(self) -> None:
        """Take samples until the process is ended."""
        workers = [functools.partial(self._watch_worker, name) for name in self._order["workers"]]
        watches = (self._watch_group, self._watch_journal, *workers)
        threads = [
            threading.Thread(target=_run_or_end_process, args=[watch], daemon=True)
            for watch in watches
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _note(self, event: ev.Event, **more: int) -> None:
        self._write({**event_to_json(event), **more})

    def _watch_group(self) -> None:
        admin, given_up = self._admin(), []
        while True:
            time.sleep(self._order["every"])
            at = time.time()
            answers = admin.describe_consumer_groups([self._app], request_timeout=GIVE_UP_S)
            lost = False
            while not (lost or answers[self._app].done()):
                futures.wait([answers[self._app]], LOOK_EVERY_S)
                if time.time() - at > stretched(ANSWER_WITHIN_S):
                    self._note(failure("kafka", "group", "no answer", at))
                    # A request that was under way when a broker went down is never answered, even
                    # once Kafka is back: then a new client asks. The old one is kept, since closing
                    # it would wait for the answer.
                    lost = _answers(admin)
                    at = time.time()
            if lost:
                given_up.append(admin)
                admin = self._admin()
                continue
            try:
                group = as_group(answers[self._app].result())
            except KafkaException as error:
                self._note(failure("kafka", "group", error, at))
                continue
            leader = group.leader(self._app)
            self._note(
                ev.GroupSeen(
                    time=at,
                    worker="kafka",
                    state=group.state,
                    members=tuple(member.member_id for member in group.members),
                    leader=leader.member_id if leader else None,
                )
            )

    def _admin(self) -> AdminClient:
        return AdminClient(self._witness.client_settings())

    def _watch_journal(self) -> None:
        own = {
            "group.id": "electionlab-journal",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 1000,
            "enable.partition.eof": True,  # the last record may be one that no reader is shown
        }
        consumer = Consumer(self._witness.client_settings(**own))
        while not _answers(consumer, consumer_offsets.TOPIC):
            time.sleep(0.1)
        consumer.assign([TopicPartition(consumer_offsets.TOPIC, 0, self._order["journal_from"])])
        while True:
            for message in consumer.consume(200, 0.1):
                self._read(message)

    def _read(self, message: Any) -> None:
        if message.error() and message.error().code() == KafkaError._PARTITION_EOF:
            self._write({"journal": message.offset()})
            return
        if message.error():
            self._note(failure("kafka", "journal", message.error()))
            return
        try:
            stored = consumer_offsets.parse(message.key() or b"", message.value())
        except consumer_offsets.UnknownFormatError as error:
            self._note(failure("kafka", "journal", error), journal=message.offset() + 1)
            return
        if stored is None or stored.group != self._app:
            self._write({"journal": message.offset() + 1})
            return
        event = consumer_offsets.as_event(
            stored,
            time=message.timestamp()[1] / 1000,
            offset=message.offset(),
            leader_topic=self._leader_topic,
        )
        # On one line: if this process is killed, either both are written or neither.
        self._note(event, journal=message.offset() + 1)

    def _watch_worker(self, name: str) -> None:
        """Each worker in a thread of its own: one that stands still keeps nobody else waiting."""
        while True:
            time.sleep(self._order["every"])
            if (sample := self._ask(name)) is not None:
                self._note(sample)

    def _ask(self, name: str) -> ev.Event | None:
        """What a worker says about the election; None if nobody listens on its port."""
        at = time.time()
        try:
            routes = get_json(name, "/router/topics")
            assignment = get_json(name, "/assignment/")
        except (OSError, ValueError, HTTPException) as error:
            why = getattr(error, "reason", error)
            refused = isinstance(why, ConnectionRefusedError)
            return None if refused else failure(name, "worker", why, at)
        topic = self._leader_topic
        leaders = [url for url, topics in routes.items() if 0 in topics.get(topic, ())]
        return ev.WorkerView(
            time=time.time(),  # a worker that was frozen when it was asked answers after it woke up
            worker=name,
            leader=leaders[0].rpartition(":")[2].rstrip("/") if leaders else None,
            leads=0 in assignment.get("actives", {}).get(topic, ()),
            heir=0 in assignment.get("standbys", {}).get(topic, ()),
        )


def _run_or_end_process(watch: Callable[[], None]) -> None:
    """Run an endless watch. If it fails, end the process: otherwise one kind of sample would be
    missing, and nothing would say so."""
    try:
        watch()
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


def _answers(client: AdminClient | Consumer, topic: str = "") -> bool:
    """Whether Kafka answers and, if a topic is named, has it."""
    try:
        topics: dict[str, Any] = client.list_topics(timeout=stretched(ANSWER_WITHIN_S)).topics
    except KafkaException:
        return False
    return not topic or topic in topics


def get_json(name: str, path: str) -> dict[str, Any]:
    """What the worker of this web port answers. ValueError unless that is a JSON object."""
    url = f"http://{LOOPBACK}:{name}{path}"
    with LOCAL.open(url, timeout=stretched(HTTP_WITHIN_S)) as response:
        answer = json.load(response)
    if not isinstance(answer, dict):
        raise ValueError(f"{path} answered {answer!r:.60}")
    return answer


def main() -> None:
    """Take samples as the order says; the threads' lines do not mix."""
    lock = threading.Lock()

    def write(sample: Mapping[str, object]) -> None:
        with lock:
            print(json.dumps(sample), flush=True)

    Sampler(json.loads(os.environ[ORDER_VARIABLE]), write).run()


if __name__ == "__main__":
    main()
