"""Loses greetings that wait when a rebalance ends, for it has a table: docs/found-in-faust.md says
why. In examples/:

faust -A found.emptied_queue worker -l info --web-port 6066
"""

import asyncio
import os
import random

import faust
from found import from_the_beginning  # noqa: F401 - greetings are lost without a commit, too

kafka = os.environ.get("KAFKA_BROKERS", "localhost:9092")
app = faust.App("emptied", broker=f"kafka://{kafka}", value_serializer="raw")
if not os.environ.get("WITHOUT_TABLE"):
    table = app.Table("table", recovery_buffer_size=1)  # nothing is ever in it


@app.agent()
async def say(greetings):
    async for greeting in greetings:
        print(greeting)
        await asyncio.sleep(0.05)  # others come meanwhile, and wait


@app.timer(0.05, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    await say.send(value=str(random.random()))
