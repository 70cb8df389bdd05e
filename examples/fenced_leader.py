"""leader.py whose leader is fenced: what a former leader publishes is refused by Kafka.

It publishes through fencing.py, and each greeting says in which generation of the group it was
published. The readers, `say`, read committed messages only. Kafka is at KAFKA_BROKERS,
localhost:9092 unless that is set. In the folder of this file:

    faust -A fenced_leader worker -l info --web-port 6066
"""

import os
import random

from aiokafka.errors import KafkaError
from fencing import FencedPublisher, NotPublishedError
from read_committed import App

brokers = os.environ.get("KAFKA_BROKERS", "localhost:9092").split(",")
app = App(
    "leader-fenced",
    broker=[f"kafka://{broker}" for broker in brokers],
    topic_replication_factor=int(os.environ.get("KAFKA_REPLICATION", "1")),
    value_serializer="raw",
)
publisher = FencedPublisher(app, "leader-fenced")


@app.agent()
async def say(greetings):
    async for greeting in greetings:
        print(greeting)


def make_greeting():
    return f"{random.random()} of generation {app.consumer_generation_id}".encode()


@app.timer(2.0, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    try:
        await publisher.publish(say.channel.get_topic_name(), make_greeting)
    except NotPublishedError as why:
        print(f"NOT PUBLISHED: {why}")
    except (KafkaError, TimeoutError) as why:
        print(f"PERHAPS NOT PUBLISHED: {why!r}")
