"""leader.py whose leader steps down by itself.

Every second it asks the group's coordinator whether it leads, and it publishes for LEASE_S (4 by
default) seconds after a question that was answered with yes. LEASE_S has to be less than the
session timeout, after which Kafka lets another worker lead, by at least two intervals between
heartbeats. A leader that is frozen between its look at the clock and Kafka still publishes too
late. Kafka is at KAFKA_BROKERS, localhost:9092 unless that is set. In the folder of this file:

    faust -A lease_leader worker -l info --web-port 6066
"""

import os
import random
import time

import faust
from aiokafka.errors import KafkaError
from fencing import Coordinator, NotPublishedError

LEASE_S = float(os.environ.get("LEASE_S", "4"))

app = faust.App(
    "leader-lease",
    broker=[f"kafka://{b}" for b in os.environ.get("KAFKA_BROKERS", "localhost:9092").split(",")],
    topic_replication_factor=int(os.environ.get("KAFKA_REPLICATION", "1")),
    value_serializer="raw",
)
coordinator = Coordinator(app, within=LEASE_S)
lease = {"until": 0.0}  # by this machine's monotonic clock


@app.agent()
async def say(greetings):
    async for greeting in greetings:
        print(greeting)


@app.timer(1.0, on_leader=True)
async def renew():
    asked = time.monotonic()  # the answer may be as old as the question
    try:
        await coordinator.require_leader()
    except (NotPublishedError, KafkaError, OSError):
        return
    lease["until"] = asked + LEASE_S


@app.timer(2.0, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    if time.monotonic() > lease["until"]:
        print("STEPPED DOWN: the coordinator has not said in time that this worker leads")
        return
    greeting = f"{random.random()} of generation {app.consumer_generation_id}"
    await say.send(value=greeting)
