"""Loses the greeting that is in work when its worker dies: docs/found-in-faust.md. In examples/:

faust -A found.committed_past worker -l info --web-port 6066
"""

import asyncio
import os
import random

import faust

kafka = os.environ.get("KAFKA_BROKERS", "localhost:9092")
app = faust.App("past", broker=f"kafka://{kafka}", value_serializer="raw", topic_partitions=1)
hangs = ["a greeting"] * int(os.environ.get("HANG", "0"))  # so many, from the first one


@app.agent(concurrency=int(os.environ.get("CONCURRENCY", "2")))
async def say(greetings):
    async for greeting in greetings:
        if hangs:
            hangs.pop()
            await asyncio.sleep(600)
        print(greeting)


@app.timer(0.5, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    await say.send(value=str(random.random()))
