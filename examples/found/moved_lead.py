"""The lead moves when a worker merely joins, for it has a global table: docs/found-in-faust.md says
why. In examples/:

faust -A found.moved_lead worker -l info --web-port 6066
"""

import os
import random

import faust

kafka = os.environ.get("KAFKA_BROKERS", "localhost:9092")
partitions = int(os.environ.get("TABLE_PARTITIONS", "1"))
app = faust.App("moved", broker=f"kafka://{kafka}", value_serializer="raw")
table = app.GlobalTable("table", partitions=partitions, recovery_buffer_size=1)


@app.agent()
async def say(greetings):
    async for greeting in greetings:
        print(greeting)


@app.timer(2.0, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    await say.send(value=str(random.random()))
