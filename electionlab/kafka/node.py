"""A broker's place in its cluster: its id and its ports."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.kafka.properties import CONTROLLER_PORT, PLAYBOOK_PORT


@dataclass(frozen=True)
class Node:
    """A broker's id, from 1, and its ports."""

    id: int
    port: int
    controller_port: int

    @property
    def ports(self) -> list[int]:
        return [self.port, self.controller_port]


def require_broker_count(count: object) -> None:
    """Raise LabError unless a Kafka of ours can have this many brokers."""
    if count not in (1, 3):
        raise LabError(f"A Kafka has 1 broker or 3 here, not {count!r}.")


def free_nodes(count: int, first_port: int | None) -> list[Node]:
    """`count` nodes on ports that nobody listens on at the moment. `first_port`, if given, is the
    port of the first one; LabError for a number that no port can have."""
    free = ports.free_ports(2 * count)
    nodes = [Node(number, free.pop(), free.pop()) for number in range(1, count + 1)]
    if first_port:
        ports.require_possible(first_port)
        nodes[0] = dataclasses.replace(nodes[0], port=first_port)
    if first_port == PLAYBOOK_PORT:
        nodes[0] = dataclasses.replace(nodes[0], controller_port=CONTROLLER_PORT)
    return nodes
