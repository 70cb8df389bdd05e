"""Watches an election from outside, on a clock of its own, while workers log what they believe.

Three kinds of sample go into a run's history: what the coordinator answers when it is asked about
the group (`GroupSeen`), what it wrote into its own log (`GroupStored`, `OffsetCommitted`; see
`journal`), and what each worker answers over HTTP (`WorkerView`). Kafka is asked by confluent-kafka
(librdkafka), which shares no code with the client that Faust uses.

The watching is done by a process of its own, which writes a line for each sample: a busy notebook
does not make it late, and librdkafka, which may abort its process when a coordinator does not
answer (its issue 4605), takes nothing else with it. Its order is one JSON object, in the
environment, where no other user sees a password: `witness` and `settings` (where Kafka is and how
to get in), `app`, `workers` (web ports), `every` (seconds), `journal_from` (offset). A sample from
the journal has `journal` too, the offset after it; where there is nothing to tell, that is all.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from electionlab import events as ev
from electionlab import journal
from electionlab.blocks import Stoppable
from electionlab.places import PROJECT, new_log
from electionlab.ports import LOOPBACK
from electionlab.processes import Process, last_lines
from electionlab.saved import event_from_json, event_to_json
from electionlab.tail import Tail
from electionlab.waiting import wait_until
from electionlab.witness import LEADER_TOPIC, Witness, as_group

ORDER = "ELECTIONLAB_OBSERVER"  # environment variable
HTTP_WITHIN_S = 0.4
ANSWER_WITHIN_S = 2.0
GIVE_UP_S = (
    3600.0  # librdkafka aborts the process when this passes, so it is longer than any outage
)

LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens URLs of this machine: HTTP_PROXY, if it is set, is not meant for them."""


class Observer(Stoppable):
    """Samples every `every` seconds until it is stopped.

    `workers` are the web ports to ask; where nobody listens there is no worker. What was not
    answered becomes a `WitnessFailed`: a sample that is missing says so. So does a process that has
    ended: it is started again, and goes on in the journal where it was. Any thread may ask.
    """

    def __init__(
        self, witness: Witness, app: str, workers: Sequence[str], *, every: float = 1.0
    ) -> None:
        self._witness = witness
        self._order: dict[str, Any] = {
            "witness": witness.bootstrap,
            "settings": witness.settings,
            "app": app,
            "workers": list(workers),
            "every": every,
        }
        self._journal_end = 0  # offset up to which the journal has been read
        self._samples: list[ev.Event] = []  # not taken yet
        self._stopped = False
        self._one_at_a_time = threading.RLock()
        self._begin()

    def _begin(self) -> None:
        self._log = new_log("observer")
        self._tail = Tail(self._log)
        self._process = Process(
            [sys.executable, "-m", "electionlab.observer"],
            name="The observer",
            log=self._log,
            folder=PROJECT,  # or a notebook elsewhere might not find this package
            environment={**os.environ, ORDER: json.dumps(self._order)},
        )

    def take(self) -> list[ev.Event]:
        """The samples since this was last asked."""
        with self._one_at_a_time:
            self._read()
            taken, self._samples = self._samples, []
        return taken

    def _read(self) -> None:
        ended = not self._process.alive
        for line in self._tail.read().splitlines():
            if line.startswith("{"):  # librdkafka may write a line of its own
                told = json.loads(line)
                self._journal_end = told.pop("journal", self._journal_end)
                if told:
                    self._samples.append(event_from_json(told))
        if ended and not self._stopped:
            why = f"ended with status {self._process.status}: {last_lines(self._log, 1).strip()}"
            self._samples.append(_failure("kafka", "observer", why))
            self._order["journal_from"] = self._journal_end
            self._begin()

    def settle(self, within: float = 5.0) -> None:
        """Wait until the journal has been read as far as it is written now. Without an answer from
        Kafka nothing is waited for; LabError after `within` seconds."""
        end = self._witness.end_of(journal.TOPIC, within=2.0)

        def is_read() -> bool:
            with self._one_at_a_time:
                self._read()
            return end is None or self._journal_end >= end

        wait_until(
            is_read,
            within=within,
            why=lambda: f"the journal was read to {self._journal_end} of {end}",
        )

    def stop(self) -> None:
        """End the sampling; what was sampled can still be taken. Stopped already is fine."""
        with self._one_at_a_time:
            self._stopped = True
        self._process.stop(within=1)


class Sampler:
    """What the observer's process runs."""

    def __init__(self, order: Mapping[str, Any], say: Any) -> None:
        self._witness = Witness(order["witness"], order["settings"])
        self._app: str = order["app"]
        self._workers: list[str] = order["workers"]
        self._every: float = order["every"]
        self._journal_from: int = order.get("journal_from", 0)
        self._say = say

    def run(self) -> None:
        works = (self._watch_group, self._watch_journal, self._watch_workers)
        threads = [threading.Thread(target=_or_end, args=[work], daemon=True) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _note(self, event: ev.Event, **more: int) -> None:
        self._say({**event_to_json(event), **more})

    def _watch_group(self) -> None:
        admin, given_up = self._admin(), []
        while True:
            time.sleep(self._every)
            at = time.time()
            asked = admin.describe_consumer_groups([self._app], request_timeout=GIVE_UP_S)
            lost = False
            while not (lost or asked[self._app].done()):
                time.sleep(0.01)
                if time.time() - at > ANSWER_WITHIN_S:
                    self._note(_failure("kafka", "group", "no answer", at))
                    # A request that was under way when a broker went is never answered, although
                    # Kafka is back: then another client asks. This one is kept, for to end it would
                    # be to wait for it.
                    lost = _answers(admin)
                    at = time.time()
            if lost:
                given_up.append(admin)
                admin = self._admin()
                continue
            try:
                group = as_group(asked[self._app].result())
            except KafkaException as error:
                self._note(_failure("kafka", "group", error, at))
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
            "enable.partition.eof": True,  # the end may be something that no reader is shown
        }
        consumer = Consumer(self._witness.client_settings(**own))
        while not _answers(consumer, journal.TOPIC):
            time.sleep(0.1)
        consumer.assign([TopicPartition(journal.TOPIC, 0, self._journal_from)])
        while True:
            for message in consumer.consume(200, 0.1):
                self._read(message)

    def _read(self, message: Any) -> None:
        if message.error() and message.error().code() == KafkaError._PARTITION_EOF:
            self._say({"journal": message.offset()})
            return
        if message.error():
            self._note(_failure("kafka", "journal", message.error()))
            return
        try:
            stored = journal.parse(message.key() or b"", message.value())
        except journal.UnknownFormatError as error:
            self._note(_failure("kafka", "journal", error), journal=message.offset() + 1)
            return
        if stored is None or stored.group != self._app:
            self._say({"journal": message.offset() + 1})
            return
        told = journal.as_event(
            stored,
            time=message.timestamp()[1] / 1000,
            offset=message.offset(),
            leader_topic=LEADER_TOPIC.format(app=self._app),
        )
        # In one line: if this process is killed, either both have been told or neither.
        self._note(told, journal=message.offset() + 1)

    def _watch_workers(self) -> None:
        with ThreadPoolExecutor(max(1, len(self._workers))) as pool:
            while True:
                time.sleep(self._every)
                for told in pool.map(self._ask, self._workers):
                    if told is not None:
                        self._note(told)

    def _ask(self, name: str) -> ev.Event | None:
        at = time.time()
        try:
            routes = _get(name, "/router/topics")
            held = _get(name, "/assignment/")
        except (OSError, ValueError, HTTPException) as error:
            why = getattr(error, "reason", error)
            return (
                None
                if isinstance(why, ConnectionRefusedError)
                else _failure(name, "worker", why, at)
            )
        topic = LEADER_TOPIC.format(app=self._app)
        named = [url for url, topics in routes.items() if 0 in topics.get(topic, ())]
        return ev.WorkerView(
            time=at,
            worker=name,
            leader=named[0].rpartition(":")[2].rstrip("/") if named else None,
            leads=0 in held.get("actives", {}).get(topic, ()),
            heir=0 in held.get("standbys", {}).get(topic, ()),
        )


def _or_end(work: Callable[[], None]) -> None:
    """Do a work that has no end; if it fails all the same, end the process, or a kind of sample
    would be missing and nothing would say so."""
    try:
        work()
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


def _answers(client: AdminClient | Consumer, topic: str = "") -> bool:
    """Whether Kafka answers and, where one is named, has a topic."""
    try:
        topics: dict[str, Any] = client.list_topics(timeout=ANSWER_WITHIN_S).topics
    except KafkaException:
        return False
    return not topic or topic in topics


def _failure(whom: str, asked: str, why: object, at: float | None = None) -> ev.WitnessFailed:
    words = (str(why) or type(why).__name__).splitlines()[0][:200]
    return ev.WitnessFailed(time=at or time.time(), worker=whom, asked=asked, why=words)


def _get(name: str, path: str) -> dict[str, Any]:
    with LOCAL.open(f"http://{LOOPBACK}:{name}{path}", timeout=HTTP_WITHIN_S) as told:
        answer = json.load(told)
    if not isinstance(answer, dict):
        raise ValueError(f"{path} answered {answer!r:.60}")
    return answer


def main() -> None:
    lock = threading.Lock()

    def say(told: Mapping[str, object]) -> None:
        with lock:
            print(json.dumps(told), flush=True)

    Sampler(json.loads(os.environ[ORDER]), say).run()


if __name__ == "__main__":
    main()
