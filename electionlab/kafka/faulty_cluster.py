"""A Kafka to break: brokers that stop, die and start again, and each worker's own way to them."""

from __future__ import annotations

import contextlib
import itertools
import signal
from collections.abc import Mapping
from typing import Self

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.host.ports import LOOPBACK, PortBlock
from electionlab.kafka.broker import Broker
from electionlab.kafka.brokers import Brokers, listed
from electionlab.kafka.cluster import Cluster
from electionlab.kafka.install import prepare
from electionlab.kafka.node import Node, require_broker_count
from electionlab.kafka.relay import Relay, Relays
from electionlab.kafka.storage import new_id
from electionlab.kafka.witness import Witness

KILLED = 128 + signal.SIGKILL

# A broker's ports lie where no system looks for a port for an outgoing connection.
PORTS = {"first": 20001, "step": 100, "blocks": 99}
# Groups may ask for a session shorter than Kafka's floor of 6 s; otherwise a lab would spend most
# of its time waiting. Notebook 05 shows what the floor does.
FLOOR = {"group.min.session.timeout.ms": "1000"}


class BreakableKafka(Cluster):
    """A Kafka on free ports with `ways` separate ways to it: one for each worker of a lab.

    A way is a separate listener on each broker, advertised under a relay's port. So a client that
    connects by a way stays on it: it asks the broker where the others are, and is sent through its
    own relays.
    """

    remedy = "Start another lab: in a notebook, run the cell again."

    def __init__(
        self, *, brokers: int = 1, ways: int = 5, settings: Mapping[str, str] | None = None
    ) -> None:
        require_broker_count(brokers)
        self._block = PortBlock(brokers * (2 + ways), **PORTS)
        free = iter(self._block.ports)
        nodes = [Node(number, next(free), next(free)) for number in range(1, brokers + 1)]
        with contextlib.ExitStack() as unless_made:
            unless_made.callback(self._block.release)
            self.relays = Relays()
            unless_made.callback(self.relays.stop)
            self._relays = {
                node.id: [self.relays.open(port) for port in itertools.islice(free, ways)]
                for node in nodes
            }
            super().__init__(
                Brokers(
                    nodes,
                    held=self._block,
                    settings={**FLOOR, **(settings or {})},
                    node_settings={
                        node.id: way_listeners(node, self._relays[node.id]) for node in nodes
                    },
                    lasting=True,
                )
            )
            unless_made.pop_all()

    def start(self, within: float = 60.0) -> Self:
        """Like `Kafka.start`; also raises LabError if it has been stopped, because its relays are
        gone."""
        self.relays.require_running()
        return super().start(within)

    def require_alive(self) -> None:
        """Like `Kafka.require_alive`; also raises LabError if it has been stopped, perhaps by
        another thread."""
        self.relays.require_running()
        super().require_alive()

    def way(self, number: int) -> list[Relay]:
        """The relays of a way, numbered from 0: one for each broker."""
        return [relays[number] for relays in self._relays.values()]

    def way_bootstrap(self, number: int) -> str:
        """Where a client connects by this way: `host:port` for each broker, with commas between
        them."""
        return ",".join(f"{LOOPBACK}:{relay.port}" for relay in self.way(number))

    def stop_broker(self, number: int = 1) -> bool:
        """Shut a broker down cleanly (SIGTERM), and wait for its end.

        Returns False if it had to be killed after 10 s: a broker whose quorum is gone has nobody
        left to agree with.
        """
        broker = self.broker(number)
        self._brokers.ended_on_purpose.add(number)
        assert broker.process
        broker.process.stop(within=10)
        return broker.process.status != KILLED

    def kill_broker(self, number: int = 1) -> None:
        """Kill a broker (-9), and wait for its end."""
        self._brokers.ended_on_purpose.add(number)
        self.broker(number).kill()

    def start_broker(self, number: int = 1, within: float = 60.0, *, fresh: bool = False) -> None:
        """Start a broker that has ended again with the data it had, and wait until it answers.
        LabError if it does not answer within `within` seconds; then it is down again.

        With `fresh` it has no data: a new cluster at the same address, without topics or groups.
        LabError if there are three brokers: the others would give back what one forgets.

        If all three are down, the first one started cannot answer, because it has no quorum: then
        this returns at once, and starting the second one waits.
        """
        broker = self.broker(number)
        if fresh:
            self._require_alone()
            broker.forget()
            self._brokers.start_process(broker, prepare(), new_id())
        else:
            broker.start_again(self._brokers.quorum_settings)
        self._brokers.ended_on_purpose.discard(number)
        if not self.alive:
            return
        try:
            self._brokers.elect(
                lambda within: self._wait_for(broker, within), self._brokers.restart_silent, within
            )
        except BaseException:  # the outage goes on, and the history has to say so
            self._brokers.ended_on_purpose.add(number)
            if broker.alive:
                broker.kill()
            raise

    def _wait_for(self, broker: Broker, within: float) -> None:
        """Wait until a broker names itself among those that are alive."""
        alone = Witness(f"{LOOPBACK}:{broker.node.port}")

        def answers() -> bool:
            self.relays.require_running()  # the lab may have been stopped meanwhile
            return ports.accepts(broker.node.port) and broker.node.id in (
                alone.brokers(within=5) or []
            )

        assert broker.process
        broker.process.wait_ready(answers, within)

    def stop(self) -> None:
        try:
            super().stop()
        finally:
            self.relays.stop()
            self._block.release()

    def broker(self, number: int) -> Broker:
        """The broker with this number, from 1. LabError if there is none."""
        for broker in self.brokers:
            if broker.node.id == number:
                return broker
        numbers = (str(broker.node.id) for broker in self.brokers)
        raise LabError(f"There is no broker {number}, but {listed(numbers)}.")

    def _require_alone(self) -> None:
        if len(self.brokers) > 1:
            raise LabError(
                "Only a Kafka of one broker can be replaced by an empty one. This one has "
                f"{len(self.brokers)}: the others would restore what one of them forgets."
            )


def way_listeners(node: Node, relays: list[Relay]) -> dict[str, str]:
    """The settings of a broker with a listener for each way, on the port to which its relay
    leads."""
    ways = [(f"WAY{number}", relay) for number, relay in enumerate(relays)]
    own = f"PLAINTEXT://{LOOPBACK}:{node.port}"
    controller = f"CONTROLLER://{LOOPBACK}:{node.controller_port}"
    entries = [f"{name}://{LOOPBACK}:{relay.target}" for name, relay in ways]
    advertised = [f"{name}://{LOOPBACK}:{relay.port}" for name, relay in ways]
    names = ["PLAINTEXT", "CONTROLLER", *(name for name, _ in ways)]
    return {
        "listeners": ",".join([own, *entries, controller]),
        "advertised.listeners": ",".join([own, *advertised]),
        "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name in names),
        "inter.broker.listener.name": "PLAINTEXT",
        "num.network.threads": "1",  # for each listener
    }
