"""A Kafka to break: brokers that stop, die and start again, and a way for each worker alone."""

from __future__ import annotations

import contextlib
import itertools
import signal
from collections.abc import Mapping
from typing import Self

from electionlab import ports
from electionlab.broker import Broker, Node
from electionlab.errors import LabError
from electionlab.kafka import START_AGAIN, Kafka
from electionlab.relay import Relay, Relays
from electionlab.waiting import wait_until
from electionlab.witness import Witness

KILLED = 128 + signal.SIGKILL

# A broker's ports lie where no system looks for one to give to a connection.
PORTS = {"first": 20001, "step": 100, "blocks": 99}
# Groups may ask for a session shorter than Kafka's floor of 6 s, or a lab would wait most of its
# time; notebook 04 shows what the floor does.
FLOOR = {"group.min.session.timeout.ms": "1000"}


class BreakableKafka(Kafka):
    """A Kafka on free ports with `ways` separate ways to it: one for each worker of a lab.

    A way is a listener of its own on each broker, advertised under the port of a relay. So whoever
    enters by a way stays on it: a client asks the broker where the others are, and is sent through
    its own relays.
    """

    lasting = True

    def __init__(
        self, *, brokers: int = 1, ways: int = 5, settings: Mapping[str, str] | None = None
    ) -> None:
        self._ways = ways
        super().__init__(
            port=0, lock=False, brokers=brokers, settings={**FLOOR, **(settings or {})}
        )
        doors = iter(self._block.ports[2 * brokers :])
        with contextlib.ExitStack() as unless_made:
            unless_made.callback(self._block.release)
            self.relays = Relays()
            unless_made.callback(self.relays.stop)
            self._doors: dict[int, list[tuple[int, Relay]]] = {
                broker.node.id: [
                    (door, self.relays.open(door)) for door in itertools.islice(doors, ways)
                ]
                for broker in self.brokers
            }
            unless_made.pop_all()

    def _nodes(self, port: int | None, count: int) -> list[Node]:
        self._block = ports.PortBlock(count * (2 + self._ways), **PORTS)
        own = iter(self._block.ports)
        return [Node(number, next(own), next(own)) for number in range(1, count + 1)]

    def held_locks(self) -> list[int]:
        return self._block.descriptors

    def start(self, within: float = 60.0) -> Self:
        """As of `Kafka`; LabError too if it has been stopped: its relays are gone then."""
        self.relays.require_running()
        return super().start(within)

    def require_alive(self) -> None:
        """As of `Kafka`; LabError too if it has been stopped, by another thread for one."""
        self.relays.require_running()
        super().require_alive()

    def way(self, number: int) -> list[Relay]:
        """The relays of one way, from 0: one for each broker."""
        return [doors[number][1] for doors in self._doors.values()]

    def way_bootstrap(self, number: int) -> str:
        """Where a client enters by this way: `host:port` of each broker, with commas between."""
        return ",".join(f"{ports.LOOPBACK}:{relay.port}" for relay in self.way(number))

    def own_settings(self, node: Node) -> Mapping[str, str]:
        address, doors = ports.LOOPBACK, self._doors[node.id]
        listeners = [
            f"PLAINTEXT://{address}:{node.port}",
            *(f"WAY{i}://{address}:{door}" for i, (door, _) in enumerate(doors)),
        ]
        advertised = [
            f"PLAINTEXT://{address}:{node.port}",
            *(f"WAY{i}://{address}:{relay.port}" for i, (_, relay) in enumerate(doors)),
        ]
        protocols = ["PLAINTEXT", "CONTROLLER", *(f"WAY{i}" for i in range(len(doors)))]
        return {
            "listeners": ",".join([*listeners, f"CONTROLLER://{address}:{node.controller_port}"]),
            "advertised.listeners": ",".join(advertised),
            "listener.security.protocol.map": ",".join(f"{p}:PLAINTEXT" for p in protocols),
            "inter.broker.listener.name": "PLAINTEXT",
            "num.network.threads": "1",  # for each listener
        }

    def stop_broker(self, number: int = 1) -> bool:
        """Stop a broker in good order (SIGTERM), and wait for its end. LabError if it is down.

        Returns False if it had to be killed after 10 s: a broker whose quorum is gone has nobody
        left to agree with.
        """
        broker = self._running_broker(number)
        self._down.add(number)
        assert broker.process
        broker.process.stop(within=10)
        return broker.process.status != KILLED

    def kill_broker(self, number: int = 1) -> None:
        """Kill a broker (-9), and wait for its end. LabError if it is down."""
        broker = self._running_broker(number)
        self._down.add(number)
        broker.kill()

    def start_broker(self, number: int = 1, within: float = 60.0) -> None:
        """Start a broker again with the data it had, and wait until it answers. LabError if it
        runs, or does not answer `within` seconds.

        The first of three that are all down cannot answer, for it is no quorum: then this returns
        at once, and the start of the second one waits.
        """
        broker = self._broker(number)
        broker.start_again()
        self._down.discard(number)

        def answers() -> bool:
            broker.require_alive(START_AGAIN)
            alone = Witness(f"{ports.LOOPBACK}:{broker.node.port}")
            return ports.accepts(broker.node.port) and number in (alone.brokers(within=5) or [])

        if self.alive:
            wait_until(
                answers, within=within, why=lambda: f"{broker!r} does not answer", every=0.02
            )

    def stop(self) -> None:
        try:
            super().stop()
        finally:
            self.relays.stop()
            self._block.release()

    def _broker(self, number: int) -> Broker:
        for broker in self.brokers:
            if broker.node.id == number:
                return broker
        raise LabError(f"There is no broker {number}: they are numbered 1 to {len(self.brokers)}.")

    def _running_broker(self, number: int) -> Broker:
        broker = self._broker(number)
        if not broker.alive:
            raise LabError(f"{broker.name} is down already. Start it again first.")
        return broker
