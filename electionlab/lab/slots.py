"""The places that a lab has for its workers: each a web port, a command line and a way to Kafka."""

from __future__ import annotations

from collections.abc import Sequence

from electionlab.errors import LabError
from electionlab.host.lifecycle import Stoppable
from electionlab.host.ports import PortBlock
from electionlab.kafka.faulty_cluster import BreakableKafka

ROOM = 20
"""The most workers in one lab."""


def room_for(size: int, room: int) -> int:
    """How many slots a lab of `size` workers has: `room`, or `size` if that is more. LabError if
    `size` is negative, or if there would not be 1 to `ROOM` slots."""
    room = max(room, size)
    if size < 0 or not 1 <= room <= ROOM:
        raise LabError(f"A lab has room for 1 to {ROOM} workers, but not for {min(size, room)}.")
    return room


class Slots:
    """`room` slots. A slot's name is its web port, its command line runs `program`, and it has a
    way to Kafka of its own. `owner` is the lab. LabError if no ports are free."""

    def __init__(self, owner: Stoppable, kafka: BreakableKafka, room: int, program: str) -> None:
        self.owner = owner
        self.program = program
        self.block = PortBlock(room, step=ROOM)
        self.names = [str(port) for port in self.block.ports]
        self._kafka = kafka

    def command(self, name: str) -> str:
        """The default command line of a slot."""
        return f"faust -A {self.program} worker -l info --web-port {name}"

    def way(self, name: str) -> dict[str, str]:
        """Where this slot's worker finds Kafka, as an environment variable of its program."""
        return {"KAFKA_BROKERS": self._kafka.way_bootstrap(self.number(name))}

    def number(self, name: str) -> int:
        """The number of a slot's way, from 0."""
        return self.names.index(name)

    @property
    def descriptors(self) -> Sequence[int]:
        """What a worker's guard holds open: the ports stay taken until the guard has gone."""
        return self.block.descriptors
