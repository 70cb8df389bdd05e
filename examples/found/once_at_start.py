"""A task of the leader that the next leader never runs. In examples/:

faust -A found.once_at_start worker -l info --web-port 6066
"""

import os
import random

import faust

kafka = os.environ.get("KAFKA_BROKERS", "localhost:9092")
app = faust.App("once", broker=f"kafka://{kafka}", value_serializer="raw")


@app.agent()
async def say(greetings):
    async for greeting in greetings:
        print(greeting)


@app.task(on_leader=True)
async def begin():
    print("THE TASK OF THE LEADER!")


@app.timer(2.0, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    await say.send(value=str(random.random()))
