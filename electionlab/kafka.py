"""A real Kafka on this machine: KRaft, one process or three, loopback only, fresh data."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from electionlab import ports
from electionlab.blocks import Startable
from electionlab.broker import Broker, Node
from electionlab.coordinator import find
from electionlab.errors import LabError
from electionlab.install import new_id, prepare
from electionlab.locks import walkthrough
from electionlab.places import run_folder
from electionlab.processes import Process, last_lines
from electionlab.security import Certificates, Sasl, client_settings, internal_settings
from electionlab.waiting import wait_until
from electionlab.witness import Witness

PLAYBOOK_PORT = 9092  # leader.py says kafka://localhost:9092
CONTROLLER_PORT = 9093
# A broker stops in 0.3 s. One that is stopped while it starts would wait, and so would the last of
# a quorum, which has nobody left to agree with: they are killed, for their data is thrown away.
STOP_WITHIN_S = 2.0
CLUSTER_STOP_WITHIN_S = 1.0
START_AGAIN = "Stop the workers and start Kafka again."


class Kafka(Startable):
    """A Kafka to run workers on.

    On the playbook's port a Kafka that already listens is used as it is, and never stopped. With
    another `port` (0: any free one) a broker of its own is started there.

        with Kafka() as kafka:
            print(kafka)

    `start` and `stop` do the same by hand; in a notebook the broker then lives until the kernel
    ends. `lock=False` leaves out the lock that keeps two walkthroughs apart.

    `brokers=3` starts a quorum of three processes, each message on all three; one may die.
    `security=Sasl(user, password)` lets in only who knows that password, over TLS; `ca_file` is
    what clients have to trust. Both are on free ports unless `port` says where the first one is.
    `settings` are Kafka's own, for each broker that is started here.
    """

    lasting = False  # whether a broker's data outlive it

    def __init__(
        self,
        port: int | None = None,
        *,
        lock: bool = True,
        brokers: int = 1,
        security: Sasl | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        if brokers not in (1, 3):
            raise LabError(f"Kafka runs with 1 broker or with 3 here, not with {brokers!r}.")
        self.security = security
        self.brokers = [Broker(node, _name(node, brokers)) for node in self._nodes(port, brokers)]
        self.port = self.brokers[0].node.port
        self.controller_port = self.brokers[0].node.controller_port
        self.bootstrap = ",".join(f"{ports.LOOPBACK}:{broker.node.port}" for broker in self.brokers)
        self.ca_file: Path | None = None
        self._certificates = Certificates(security.expires) if security else None
        self.witness = Witness(
            self.bootstrap,
            client_settings(security, self._certificates.authority)
            if security and self._certificates
            else {},
        )
        self.version: str | None = None
        self.ready_after_s: float | None = None
        self._locks = lock and self.port == PLAYBOOK_PORT
        self._running = False
        self._settings = dict(settings or {})
        self._down: set[int] = set()  # ids of the brokers that were ended on purpose

    def _nodes(self, port: int | None, count: int) -> list[Node]:
        free = ports.free_ports(3 * count)
        nodes = [
            Node(number, free.pop(), free.pop(), free.pop() if self.security else None)
            for number in range(1, count + 1)
        ]
        if port is None and count == 1 and self.security is None:
            port = PLAYBOOK_PORT
        if port:
            nodes[0] = dataclasses.replace(nodes[0], port=port)
        if port == PLAYBOOK_PORT:
            nodes[0] = dataclasses.replace(nodes[0], controller_port=CONTROLLER_PORT)
        return nodes

    @property
    def process(self) -> Process | None:
        """The (first) broker's process; None where we have started none."""
        return self.brokers[0].process

    @process.setter
    def process(self, process: Process | None) -> None:
        self.brokers[0].process = process

    @property
    def log(self) -> Path | None:
        """The (first) broker's log."""
        return self.brokers[0].log

    @property
    def processes(self) -> list[Process]:
        """The processes that this object started: one a broker; none for what was there already."""
        return [broker.process for broker in self.brokers if broker.process]

    @property
    def logs(self) -> dict[str, Path]:
        """The brokers' log files by name; they stay when the brokers have stopped."""
        written = [broker.log for broker in self.brokers if broker.log]
        return {"kafka.log": written[0]} if len(written) == 1 else {p.name: p for p in written}

    @property
    def alive(self) -> bool:
        """Whether it can answer: its one broker runs, or two of three. A Kafka that is not ours is
        taken to run while it is used."""
        return self._running and len(self._dead()) <= (len(self.brokers) - 1) // 2

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which examples/anywhere.py finds and enters this Kafka."""
        told = {"KAFKA_BROKERS": self.bootstrap, "KAFKA_REPLICATION": str(len(self.brokers))}
        if self.security:
            told |= {"KAFKA_USER": self.security.user, "KAFKA_PASSWORD": self.security.password}
            told |= {"KAFKA_CA_FILE": str(self.ca_file)}
        return told

    def start(self, within: float = 60.0) -> Self:
        """Start the brokers and wait until each answers a metadata request. Returns itself.

        Started already: nothing happens. Raises LabError where the port belongs to something that
        is no Kafka, another walkthrough runs, a broker ends, or no answer comes `within` seconds.
        """
        if self._running:
            return self
        if self._locks:
            walkthrough.acquire()
        try:
            shares = len(self.brokers) == 1 and self.security is None
            if shares and ports.is_taken(self.port):
                self._use_what_is_there()
            else:
                self._boot(within)
        except BaseException:  # a cell may be interrupted here
            self._running = True
            self.stop()
            raise
        self._running = True
        return self

    def stop(self) -> None:
        """Stop the brokers if they are ours, and remove their data. Stopped already is fine."""
        if not self._running:
            return
        self._running = False
        within = STOP_WITHIN_S if len(self.brokers) == 1 else CLUSTER_STOP_WITHIN_S
        try:
            with ThreadPoolExecutor(len(self.brokers)) as pool:
                for stopped in [pool.submit(process.stop, within) for process in self.processes]:
                    stopped.result()
        finally:
            for broker in self.brokers:
                broker.process = None
                broker.forget()
            if self._locks:
                walkthrough.release()

    def require_alive(self) -> None:
        """Raise LabError, with a log's last lines, if what we started can answer no more, against
        our will: its one broker has ended, or two of three."""
        dead = [broker for broker in self._dead() if broker.node.id not in self._down]
        if self._running and dead and not self.alive:
            dead[-1].require_alive(
                START_AGAIN
                if len(self.brokers) == 1
                else f"{len(dead)} of three brokers have ended, and two have to live. {START_AGAIN}"
            )

    def coordinator(self, group: str, within: float = 10.0) -> int:
        """The id of the broker that coordinates a group. LabError if none says so in `within`
        seconds; with `security` none does, for it is asked over a plain connection."""

        def ask() -> list[int]:
            dead = self._dead()
            told = [find(one.node.port, group) for one in self.brokers if one not in dead]
            return [number for number in told if number is not None]

        return wait_until(
            ask, within=within, why=lambda: f"no broker named the coordinator of {group!r}"
        )[0]

    def _dead(self) -> list[Broker]:
        return [broker for broker in self.brokers if broker.process and not broker.alive]

    def _use_what_is_there(self) -> None:
        if self.witness.topics(within=5) is None:
            raise LabError(
                f"Port {self.port} is taken by {ports.listener(self.port)}, which does not answer "
                "as a Kafka does. Stop that process, then try again."
            )

    def _boot(self, within: float) -> None:
        installation = prepare()
        nodes = [broker.node for broker in self.brokers]
        for node in nodes:
            ports.require_free([node.port], _name(node, len(nodes)))
            ports.require_free(node.ports[1:], "Kafka's controller")
        begun = time.monotonic()
        security = None
        if self.security and self._certificates:
            self.ca_file = run_folder() / f"ca-{self.port}.pem"
            self.ca_file.write_text(self._certificates.authority)
            security = (self.security, self._certificates.server)
        cluster_id = new_id()
        for broker in self.brokers:
            broker.start(
                installation,
                nodes,
                cluster_id=cluster_id,
                security=security,
                keep=self.held_locks(),
                settings={**self._settings, **self.own_settings(broker.node)},
                lasting=self.lasting,
            )
        self.version = installation.version
        wait_until(self._answers_or_died, within=within, why=self._why_silent, every=0.01)
        self.ready_after_s = time.monotonic() - begun

    def held_locks(self) -> list[int]:
        """The descriptors of locks that have to be held as long as a broker lives."""
        return walkthrough.descriptors if self._locks else []

    def own_settings(self, node: Node) -> Mapping[str, str]:
        """What one broker is told beside what all are told."""
        return {}

    def _answers_or_died(self) -> bool:
        for broker in self.brokers:
            broker.require_alive(START_AGAIN)
        return all(self._answers(broker) for broker in self.brokers)

    def _answers(self, broker: Broker) -> bool:
        """Whether a broker names all that should be there. It is asked where brokers ask each
        other: a certificate that has expired is no reason to be called silent."""
        if not ports.accepts(broker.node.port):
            return False
        port, settings = broker.node.port, {}
        if self.security and broker.node.internal_port:
            port, settings = broker.node.internal_port, internal_settings(self.security)
        told = Witness(f"{ports.LOOPBACK}:{port}", settings).brokers(within=5)
        return told is not None and len(told) == len(self.brokers)

    def _why_silent(self) -> str:
        silent = next((b for b in self.brokers if not self._answers(b)), self.brokers[0])
        assert silent.log
        return (
            f"{silent.name} does not answer on port {silent.node.port}. The last lines of "
            f"{silent.log}:\n{last_lines(silent.log)}"
        )

    def __repr__(self) -> str:
        place = _listed(f"localhost:{broker.node.port}" for broker in self.brokers)
        if not self._running:
            return f"Kafka on {place}, not running"
        started = [(broker, broker.process) for broker in self.brokers if broker.process]
        if not started:
            return f"A Kafka that was already listening on {place}: used as it is, never stopped"
        pids = _listed(str(process.pid) for _, process in started)
        ended = "".join(
            (f", {broker.name}" if len(started) > 1 else ",")
            + f" ended with status {process.status}"
            for broker, process in started
            if not process.alive
        )
        return (
            f"Kafka {self.version} on {place}, process{'es' if len(started) > 1 else ''} {pids}, "
            f"answering after {self.ready_after_s:.1f} s{ended}"
        )


def occupied() -> str:
    """Who listens on the playbook's port, where pages want to start a Kafka of their own; empty
    for nobody. What another walkthrough has started there does not count: it is waited for."""
    walkthrough.acquire()
    try:
        return ports.listener(PLAYBOOK_PORT) if ports.is_taken(PLAYBOOK_PORT) else ""
    finally:
        walkthrough.release()


def _name(node: Node, count: int) -> str:
    return "Kafka" if count == 1 else f"Kafka broker {node.id}"


def _listed(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
