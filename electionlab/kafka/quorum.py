"""The extra settings of three brokers: replicas, and controllers that vote."""

from __future__ import annotations

from collections.abc import Sequence

from electionlab.host.ports import LOOPBACK
from electionlab.kafka.node import Node

REPLICATED = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
}
"""Each message is on three brokers, and counts as stored once two have it: one may die and nothing
is lost."""

SWIFT = {
    "controller.quorum.election.timeout.ms": "200",
    "controller.quorum.election.backoff.max.ms": "50",
    "controller.quorum.retry.backoff.ms": "20",
}
"""By default a controller waits 1-2 s before it stands for election. Over loopback it need not, as
long as its votes come in time."""

PATIENT = {
    "controller.quorum.election.timeout.ms": "2000",
    "controller.quorum.election.backoff.max.ms": "1000",
    "controller.quorum.fetch.timeout.ms": "5000",
    "controller.quorum.request.timeout.ms": "5000",
}
"""For a machine so busy that votes come late: Kafka's defaults or longer. With shorter ones each
candidate would give up before it is elected, again and again."""


def voters(node: Node, nodes: Sequence[Node]) -> dict[str, str]:
    """The settings that tell a node which controllers vote."""
    controllers = ",".join(f"{voter.id}@{LOOPBACK}:{voter.controller_port}" for voter in nodes)
    return {"node.id": str(node.id), "controller.quorum.voters": controllers}
