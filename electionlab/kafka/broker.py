"""One broker process of a Kafka: its ports, its settings, its log, its guard."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from electionlab.errors import LabError
from electionlab.host.folders import new_log
from electionlab.host.process import Process, folder_for_a_process, keep_folder
from electionlab.kafka import java
from electionlab.kafka.install import KRaftInstallation
from electionlab.kafka.node import Node
from electionlab.kafka.properties import kraft_properties
from electionlab.kafka.quorum import REPLICATED, voters
from electionlab.kafka.sasl import Security, broker_settings
from electionlab.kafka.storage import copy_storage


class Broker:
    """One broker of a Kafka. `name` is what messages call it."""

    def __init__(self, node: Node, name: str = "Kafka") -> None:
        self.node = node
        self.name = name
        self.process: Process | None = None
        self.log: Path | None = None
        self._command: list[str] = []
        self._config: Path | None = None
        self._keeper: Process | None = None
        self._keep: list[int] = []

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.alive

    def start(
        self,
        installation: KRaftInstallation,
        nodes: Sequence[Node],
        *,
        cluster_id: str,
        security: Security | None = None,
        keep: Sequence[int] = (),
        settings: Mapping[str, str] | None = None,
        lasting: bool = False,
    ) -> None:
        """Start the process with fresh data, as one of `nodes`, without waiting until it is ready.

        `keep` are file descriptors that its guard holds open. `settings` are Kafka settings that
        override all others. With `lasting` the data outlives the process, for `start_again`;
        `forget` removes it.
        """
        alone = len(nodes) == 1
        with folder_for_a_process("kafka") as folder:  # nobody else may read it
            data, config = folder / "data", folder / "server.properties"
            copy_storage(installation.formatted, data, cluster_id=cluster_id, node=self.node.id)
            more: dict[str, str] = {} if alone else {**REPLICATED, **voters(self.node, nodes)}
            if security:
                key_file = folder / "broker.pem"
                key_file.write_text(security.certificates.server, encoding="utf-8")
                more |= broker_settings(security, key_file, *self.node.ports)
            more |= settings or {}
            text = kraft_properties(data, self.node.port, self.node.controller_port, more)
            config.write_text(text, encoding="utf-8")
            self.log = new_log("kafka" if alone else f"broker-{self.node.id}")
            self._config = config
            self._command = installation.broker_command(config)
            self._keep = list(keep)
            if lasting:
                self._keeper = keep_folder(folder)
            self._launch([] if lasting else [folder])

    def start_again(self, settings: Mapping[str, str] | None = None) -> None:
        """Start the process again with the data it had, without waiting until it is ready.
        `settings` override those it had. LabError if its data did not outlive it."""
        if self._keeper is None or self._config is None:
            raise LabError(f"{self.name} cannot be started again: its data is gone.")
        self.amend(settings or {})
        self._launch([])

    def amend(self, settings: Mapping[str, str]) -> None:
        """Change the settings of a broker whose data outlives it, for its next start."""
        assert self._config
        with self._config.open("a", encoding="utf-8") as file:  # the last value of a name counts
            file.writelines(f"{name}={value}\n" for name, value in settings.items())

    def forget(self) -> None:
        """Remove data that outlived the process. Does nothing if there is none."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None and keeper.alive:
            keeper.send(signal.SIGKILL)
            keeper.wait(within=10)

    def _launch(self, remove: Sequence[Path]) -> None:
        assert self.log
        self.process = Process(
            self._command,
            name=self.name,
            log=self.log,
            environment=java.environment(),
            remove=remove,
            keep=self._keep,
        )

    def kill(self) -> None:
        """Send SIGKILL (kill -9) and wait for the end. If it has already ended, this only prints
        that. LabError if it was not started."""
        if self.process is None:
            raise LabError(f"{self.name} was not started, so there is nothing to kill.")
        if not self.alive:
            print(f"{self.name} has already ended, with status {self.process.status}.")
            return
        self.process.send(signal.SIGKILL)
        self.process.wait(within=10)

    def __repr__(self) -> str:
        place = f"{self.name} on localhost:{self.node.port}"
        if self.process is None:
            return f"{place}, not running"
        state = "" if self.process.alive else f", ended with status {self.process.status}"
        return f"{place}, process {self.process.pid}{state}"
