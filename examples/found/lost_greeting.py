"""Loses greetings when a second worker joins: docs/found-in-faust.md says why. In examples/:

faust -A found.lost_greeting worker -l info --web-port 6066
"""

import asyncio
import os
import random

import faust

kafka = os.environ.get("KAFKA_BROKERS", "localhost:9092")
app = faust.App(
    "lost",
    broker=f"kafka://{kafka}",
    value_serializer="raw",
    broker_commit_interval=600,  # by its timer nothing is committed for ten minutes
    stream_recovery_delay=1,  # a worker takes a second to go on after a rebalance
)


@app.agent()
async def say(greetings):
    async for greeting in greetings:
        print(greeting)
        await asyncio.sleep(0.3)  # others come meanwhile, and wait


@app.timer(0.1, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    await say.send(value=str(random.random()))
