"""leader.py whose greetings say in which generation of the group they were published.

The number is a fencing token: it rises with each rebalance, so whoever reads a greeting can refuse
one that is older than the newest it has read. It refuses nothing before it has read something
newer, and it begins anew when the partition moves to another worker. Kafka is at KAFKA_BROKERS,
localhost:9092 unless that is set. In the folder of this file:

    faust -A stamped_leader worker -l info --web-port 6066
"""

import os
import random

import faust

app = faust.App(
    "leader-stamped",
    broker=[f"kafka://{b}" for b in os.environ.get("KAFKA_BROKERS", "localhost:9092").split(",")],
    topic_replication_factor=int(os.environ.get("KAFKA_REPLICATION", "1")),
    value_serializer="raw",
)


@app.agent()
async def say(greetings):
    newest = 0
    async for greeting in greetings:
        generation = int(greeting.rpartition(b" ")[2])
        if generation < newest:
            print(f"REFUSED {greeting.decode()}, after generation {newest}")
            continue
        newest = generation
        print(greeting)


@app.timer(2.0, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    greeting = f"{random.random()} of generation {app.consumer_generation_id}"
    await say.send(value=greeting)
