"""A Kafka to break: brokers that stop, die and start again, and a way for each worker alone."""

from __future__ import annotations

import time
from collections.abc import Mapping

from electionlab import ports
from electionlab.broker import Broker, Node
from electionlab.errors import LabError
from electionlab.kafka import START_AGAIN, Kafka
from electionlab.relay import Relay, Relays
from electionlab.waiting import wait_until

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
        super().__init__(
            port=0, lock=False, brokers=brokers, settings={**FLOOR, **(settings or {})}
        )
        self.relays = Relays()
        doors = ports.free_ports(ways * brokers)
        self._doors: dict[int, list[tuple[int, Relay]]] = {
            broker.node.id: [
                (door, self.relays.open(door)) for door in (doors.pop() for _ in range(ways))
            ]
            for broker in self.brokers
        }

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

    def stop_broker(self, number: int = 1) -> None:
        """Stop a broker in good order (SIGTERM), and wait for its end. LabError if it is down."""
        broker = self._running_broker(number)
        self._down.add(number)
        assert broker.process
        broker.process.stop(within=10)

    def kill_broker(self, number: int = 1) -> None:
        """Kill a broker (-9), and wait for its end. LabError if it is down."""
        broker = self._running_broker(number)
        self._down.add(number)
        broker.kill()

    def start_broker(self, number: int = 1, within: float = 60.0) -> float:
        """Start a broker again with the data it had, and wait until it answers; not where it is one
        of three whose majority is still down. Returns the Unix time. LabError if it runs, or does
        not answer `within` seconds."""
        broker = self._broker(number)
        broker.start_again()
        self._down.discard(number)

        def answers() -> bool:
            broker.require_alive(START_AGAIN)
            return self._answers(broker) if not self._down else ports.accepts(broker.node.port)

        if not self.alive:
            return time.time()
        wait_until(answers, within=within, why=lambda: f"{broker!r} does not answer", every=0.02)
        return time.time()

    def coordinator(self, group: str, within: float = 10.0) -> int:
        """The id of the broker that coordinates a group. LabError if nobody says so in time."""
        return self.witness.coordinator(group, within)

    def stop(self) -> None:
        super().stop()
        self.relays.stop()

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
