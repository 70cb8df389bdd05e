"""One broker process of a Kafka: its ports, its settings, its log, its guard."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from electionlab import ports
from electionlab.errors import LabError
from electionlab.install import Installation, copy_formatted, properties
from electionlab.places import new_log
from electionlab.processes import Process, folder_for_a_process, keep_folder, last_lines
from electionlab.security import INTERNAL, LISTENER, Sasl, broker_settings

CLUSTER = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    # By default a controller waits 1-2 s before it stands for election. Over loopback it need not.
    "controller.quorum.election.timeout.ms": "200",
    "controller.quorum.election.backoff.max.ms": "50",
    "controller.quorum.retry.backoff.ms": "20",
}
"""Each message on three brokers, and stored once two have it: one may die and nothing is lost."""


@dataclass(frozen=True)
class Node:
    """A broker's place in its cluster: its id, from 1, and its ports. `internal_port` is where the
    other brokers reach it if clients have to use TLS."""

    id: int
    port: int
    controller_port: int
    internal_port: int | None = None

    @property
    def ports(self) -> list[int]:
        told = (self.port, self.controller_port, self.internal_port)
        return [port for port in told if port is not None]


class Broker:
    """One of Kafka's processes. `name` is what messages call it."""

    def __init__(self, node: Node, name: str = "Kafka") -> None:
        self.node = node
        self.name = name
        self.process: Process | None = None
        self.log: Path | None = None
        self._command: list[str] = []
        self._keeper: Process | None = None
        self._keep: list[int] = []

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.alive

    def start(
        self,
        installation: Installation,
        nodes: Sequence[Node],
        *,
        cluster_id: str,
        security: tuple[Sasl, str] | None = None,
        keep: Sequence[int] = (),
        settings: Mapping[str, str] | None = None,
        lasting: bool = False,
    ) -> None:
        """Start the process with fresh data, as one of `nodes`; it is not ready yet.

        `security` is who may enter, and the broker's key and certificates as PEM. `keep` are file
        descriptors that its guard holds open. `settings` are Kafka's own and come last. With
        `lasting` the data outlive the process, for `start_again`; `forget` removes them.
        """
        lone = len(nodes) == 1
        with folder_for_a_process("kafka") as folder:  # nobody else may read it
            data, config = folder / "data", folder / "server.properties"
            copy_formatted(installation, data, cluster_id=cluster_id, node=self.node.id)
            more: dict[str, str] = {} if lone else {**CLUSTER, **quorum(self.node, nodes)}
            if security:
                key_file = folder / "broker.pem"
                key_file.write_text(security[1])
                more |= {**secure_listeners(self.node), **broker_settings(security[0], key_file)}
            more |= settings or {}
            config.write_text(properties(data, self.node.port, self.node.controller_port, more))
            self.log = new_log("kafka" if lone else f"broker-{self.node.id}")
            self._command = installation.command("kafka.Kafka", str(config))
            self._keep = list(keep)
            if lasting:
                self._keeper = keep_folder(folder)
            self._launch([] if lasting else [folder])

    def start_again(self) -> None:
        """Start the process anew with the data that it had; it is not ready yet. LabError if it
        runs, or if its data did not outlive it."""
        if self.alive or self._keeper is None:
            why = "runs already" if self.alive else "has no data any more to start again with"
            raise LabError(f"{self.name} {why}.")
        self._launch([])

    def forget(self) -> None:
        """Remove data that outlived the process. None left is fine."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None and keeper.alive:
            keeper.send(signal.SIGKILL)
            keeper.wait(within=10)

    def _launch(self, remove: Sequence[Path]) -> None:
        assert self.log
        self.process = Process(
            self._command, name=self.name, log=self.log, remove=remove, keep=self._keep
        )

    def require_alive(self, then: str = "") -> None:
        """Raise LabError, with the log's last lines, if the process was started and has ended.
        `then` is what the reader is told to do."""
        if self.process and not self.process.alive:
            raise LabError(
                f"{self.name} has ended, with status {self.process.status}. The last lines of "
                f"{self.log}:\n{last_lines(self.process.log)}\n{then}".rstrip()
            )

    def kill(self) -> None:
        """Send SIGKILL (kill -9) and wait for the end. LabError if it has ended already."""
        if self.process is None:
            raise LabError(f"{self.name} was not started, so there is nothing to kill.")
        self.process.send(signal.SIGKILL)
        self.process.wait(within=10)

    def __repr__(self) -> str:
        place = f"{self.name} on localhost:{self.node.port}"
        if self.process is None:
            return f"{place}, not running"
        state = "" if self.process.alive else f", ended with status {self.process.status}"
        return f"{place}, process {self.process.pid}{state}"


def quorum(node: Node, nodes: Sequence[Node]) -> dict[str, str]:
    """What a node has to know of the others."""
    voters = ",".join(f"{one.id}@{ports.LOOPBACK}:{one.controller_port}" for one in nodes)
    return {"node.id": str(node.id), "controller.quorum.voters": voters}


def secure_listeners(node: Node) -> dict[str, str]:
    """Clients enter by SASL_SSL alone; brokers reach each other by a listener of their own, which
    asks for the password too. An expired certificate then keeps clients out, not the brokers."""
    clients = f"{LISTENER}://{ports.LOOPBACK}:{node.port}"
    brokers = f"{INTERNAL}://{ports.LOOPBACK}:{node.internal_port}"
    return {
        "listeners": f"{clients},{brokers},CONTROLLER://{ports.LOOPBACK}:{node.controller_port}",
        "advertised.listeners": f"{clients},{brokers}",
        "listener.security.protocol.map": (
            f"{LISTENER}:SASL_SSL,{INTERNAL}:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT"
        ),
    }
