"""leader.py, whose leader also posts each greeting to a receiver outside of Kafka.

The receiver is at SINK, a host and a port. A greeting names its token, the generation of the group
in which it was made. Kafka is at KAFKA_BROKERS, localhost:9092 unless that is set. In the folder of
this file:

    faust -A posting_leader worker -l info --web-port 6066
"""

import asyncio
import json
import os
import random

import faust

app = faust.App(
    "leader-posting",
    broker=[f"kafka://{b}" for b in os.environ.get("KAFKA_BROKERS", "localhost:9092").split(",")],
    topic_replication_factor=int(os.environ.get("KAFKA_REPLICATION", "1")),
    value_serializer="raw",
)


@app.agent()
async def say(greetings):
    async for greeting in greetings:
        print(greeting)


@app.timer(2.0, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    token = app.consumer_generation_id
    await post(who=str(app.conf.web_port), term=token, token=token)
    await say.send(value=f"{random.random()} of generation {token}")


async def post(**greeting):
    host, port = os.environ["SINK"].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(json.dumps(greeting).encode() + b"\n")
    await reader.readline()  # that it was written down
    writer.close()
