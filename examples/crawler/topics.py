"""Makes an application's topics before its group forms.

Faust makes them one after another while it starts. A worker that joins the group before its broker
knows them all is assigned none of the others, and stands still: for five minutes, or for good where
the topic of a global table is missing (Faust 0.15.3). docs/found-in-faust.md says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import faust
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth, server_list

WITHIN_S = 30.0


async def make_topics(app: faust.App, partitions: Mapping[str, int]) -> None:
    """Make those of these topics that are not there, each with so many partitions, and wait until
    Kafka knows them. Changelogs of tables keep the last value of each key. TimeoutError if Kafka
    does not answer in time."""
    conf = app.conf
    admin = AIOKafkaAdminClient(
        bootstrap_servers=server_list(conf.broker, 9092),
        **credentials_to_aiokafka_auth(conf.broker_credentials, conf.ssl_context),
    )
    async with asyncio.timeout(WITHIN_S):
        try:
            await admin.start()
            copies = conf.topic_replication_factor
            await admin.create_topics(
                [
                    NewTopic(name, count, copies, topic_configs=_settings(name))
                    for name, count in partitions.items()
                ]
            )  # says of each whether it was there already, which is as good
            while not await _known(admin, partitions):
                await asyncio.sleep(0.1)
        finally:
            await admin.close()


def _settings(name: str) -> dict[str, str]:
    return {"cleanup.policy": "compact"} if name.endswith("-changelog") else {}


async def _known(admin: AIOKafkaAdminClient, partitions: Mapping[str, int]) -> bool:
    """Whether each partition of each topic has a leader, by a broker's word."""
    topics = {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics()}
    return all(
        len(topics.get(name, ())) == count and all(one["leader"] >= 0 for one in topics[name])
        for name, count in partitions.items()
    )
