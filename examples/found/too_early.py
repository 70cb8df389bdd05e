"""Starts before its topics are there, and does not notice that they come: docs/found-in-faust.md.
In examples/, with a new Kafka:

faust -A found.too_early worker -l info --web-port 6066
"""

import os
import random

import faust

kafka = os.environ.get("KAFKA_BROKERS", "localhost:9092")
app = faust.App(
    "early",
    broker=f"kafka://{kafka}",
    value_serializer="raw",
    topic_allow_declare=False,  # Kafka makes a topic when it is asked for it
)
if os.environ.get("GLOBAL_TABLE"):
    table = app.GlobalTable("table", partitions=1)


@app.agent()
async def say(greetings):
    async for greeting in greetings:
        print(greeting)


@app.timer(1.0, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    await say.send(value=str(random.random()))
