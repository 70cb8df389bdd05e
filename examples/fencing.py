"""Publishes for the leader alone: Kafka refuses whoever led before.

A Faust leader that was frozen, or cut off from Kafka, goes on publishing when it comes back, until
it hears that another worker leads. Publish through this instead:

    publisher = FencedPublisher(app, "my-leader")
    @app.timer(2.0, on_leader=True)
    async def publish():
        await publisher.publish("my-topic", lambda: b"hello")  # or NotPublishedError

Guarantee: once a leader has published, nothing of any leader before it is published. Kafka gives
each producer that opens a transactional id a higher epoch, and refuses lower ones. Who has opened
it asks the group's coordinator whether it leads: a former leader that opens it last publishes
nothing. A message is made after that: who was away, and leads again, decides anew.

Limits: it orders what goes to Kafka through this publisher, and nothing else that a leader does.
Until its successor publishes, a former leader may. Readers have to read committed messages only. A
publish that ends with another error may have come through. Two applications that share an id shut
each other out, over and over. A broker that is cut off from the others, and still takes itself for
the group's coordinator, is believed. Run with Faust 0.15, aiokafka 0.14 and Kafka 4.3.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Callable
from typing import Any

import faust
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment as Assignment
from aiokafka.errors import KafkaError, ProducerFenced
from aiokafka.structs import RecordMetadata
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth, server_list

UNOPENED = "Did it stand still? Or wants transaction.state.log.replication.factor more brokers?"


class NotPublishedError(Exception):
    """The message is not in Kafka and will not be, since this worker may not lead any more."""


class FencedPublisher:
    """Publishes for `app` under a transactional id of its own. Make it before the worker starts.
    `within` is how many seconds each of Kafka's answers may take."""

    def __init__(self, app: faust.App, transactional_id: str, *, within: float = 10.0) -> None:
        self._id, self._within = transactional_id, within
        self._coordinator = Coordinator(app, within=within)
        self._producer: AIOKafkaProducer | None = None
        self._turn = asyncio.Lock()
        app.on_before_shutdown.connect(self._close, weak=False)

    async def publish(self, topic: str, make: Callable[[], bytes]) -> RecordMetadata:
        """Publish what `make` returns, which may be called twice; returns where it stands. Raises
        NotPublishedError; KafkaError, or TimeoutError if Kafka does not let it open the id."""
        async with self._turn:
            for _ in range(2):  # a leader that was refused may have been away and be back
                producer = self._producer or await self._open()
                try:
                    async with producer.transaction():
                        return await producer.send_and_wait(topic, make())
                except BaseException as error:
                    await self._close()
                    if not isinstance(error, ProducerFenced):
                        raise
            raise NotPublishedError(f"another program opens the transactional id {self._id}, too")

    async def _open(self) -> AIOKafkaProducer:
        await self._coordinator.require_leader()  # leaves the present leader in peace
        producer = AIOKafkaProducer(transactional_id=self._id, **self._coordinator.connection())
        try:
            await asyncio.wait_for(producer.start(), self._within)  # shuts out all before it
            await self._coordinator.require_leader()
        except BaseException as error:
            await producer.stop()
            if isinstance(error, TimeoutError):  # Kafka says no more than: not yet
                error.args = (f"{self._id} was not opened within {self._within:g} s. {UNOPENED}",)
            raise
        self._producer = producer
        return producer

    async def _close(self, *_: Any, **__: Any) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(KafkaError):
                await producer.stop()


class Coordinator:
    """The broker that coordinates the group of `app`. It knows this worker by its client id."""

    def __init__(self, app: faust.App, *, within: float) -> None:
        self._app, self._within = app, within
        app.conf.broker_client_id = f"{app.conf.id}-{uuid.uuid4().hex[:12]}"

    async def require_leader(self) -> None:
        """Raises NotPublishedError unless this worker holds the leader's partition."""
        conf = self._app.conf
        admin = AIOKafkaAdminClient(**self.connection())
        try:
            await admin.start()
            (answer,) = await admin.describe_consumer_groups([conf.id])
        finally:
            await admin.close()
        _, _, state, _, _, members, *_ = answer.groups[0]
        leads = (f"{conf.id}-__assignor-__leader", [0])
        leaders = [m[1] for m in members if m[4] and leads in Assignment.decode(m[4]).assignment]
        if state != "Stable" or leaders != [conf.broker_client_id]:
            raise NotPublishedError(f"group {state}, led by {', '.join(leaders) or 'nobody'}")

    def connection(self) -> dict[str, Any]:
        """How the application itself connects to Kafka."""
        conf, wait_ms = self._app.conf, int(self._within * 1000)
        auth = credentials_to_aiokafka_auth(conf.broker_credentials, conf.ssl_context)
        servers = server_list(conf.broker, 9092)
        return {"bootstrap_servers": servers, "request_timeout_ms": wait_ms, **auth}
