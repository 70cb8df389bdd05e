"""Our own brokers as one Kafka: KRaft, one process or three, loopback only, fresh data."""

from __future__ import annotations

import time
from pathlib import Path

from electionlab.host import ports
from electionlab.host.folders import run_folder
from electionlab.host.process import Process
from electionlab.host.waiting import wait_until
from electionlab.kafka.brokers import Brokers, listed
from electionlab.kafka.coordinator import find
from electionlab.kafka.install import prepare
from electionlab.kafka.sasl import client_settings
from electionlab.kafka.servers import Servers


class Cluster(Servers):
    """Brokers as a Kafka to run workers on. When they are stopped, their data is removed."""

    remedy = "Stop the workers and start Kafka again."
    """What to do about brokers that have failed."""

    def __init__(self, processes: Brokers) -> None:
        self._brokers = processes
        self.brokers = processes.all
        self.port = self.brokers[0].node.port
        security = processes.security
        self.security = security.sasl if security else None
        self.ca_file: Path | None = None
        super().__init__(
            ",".join(f"{ports.LOOPBACK}:{broker.node.port}" for broker in self.brokers),
            client_settings(security),
        )

    @property
    def process(self) -> Process | None:
        """The (first) broker's process; None if we have started none."""
        return self.brokers[0].process

    @property
    def log(self) -> Path | None:
        """The (first) broker's log."""
        return self.brokers[0].log

    @property
    def processes(self) -> list[Process]:
        return self._brokers.processes

    @property
    def logs(self) -> dict[str, Path]:
        logs = [broker.log for broker in self.brokers if broker.log]
        return {"kafka.log": logs[0]} if len(logs) == 1 else {log.name: log for log in logs}

    @property
    def alive(self) -> bool:
        """Whether it can answer: its only broker runs, or two of three do."""
        return self._running and self._brokers.have_quorum

    @property
    def patience(self) -> str:
        """Says that it runs with longer time-outs because this machine is busy; else empty."""
        return self._brokers.patience

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which examples/anywhere.py finds and connects to this
        Kafka."""
        variables = {"KAFKA_BROKERS": self.bootstrap, "KAFKA_REPLICATION": str(len(self.brokers))}
        if self.security:
            variables |= {
                "KAFKA_USER": self.security.user,
                "KAFKA_PASSWORD": self.security.password,
                "KAFKA_CA_FILE": str(self.ca_file),
            }
        return variables

    def _boot(self, within: float) -> None:
        installation = prepare()
        begun = time.monotonic()
        if security := self._brokers.security:
            self.ca_file = run_folder() / f"ca-{self.port}.pem"
            self.ca_file.write_text(security.certificates.authority, encoding="utf-8")
        self._brokers.start(installation, within)
        self.version = installation.version
        self.ready_after_s = time.monotonic() - begun

    def _end(self) -> None:
        self._brokers.stop()

    @property
    def _ports(self) -> set[int]:
        return self._brokers.ports

    @property
    def title(self) -> str:
        return f"Kafka on {self._brokers.place}"

    def require_alive(self) -> None:
        """Raise LabError, quoting a log, if our brokers have failed and can no longer answer: the
        only one has ended, or two of three. Also if they were ended because nobody was connected to
        the notebook."""
        self.require_not_ended_in_absence()
        failed = self._brokers.failed
        if self._running and failed and not self.alive:
            ended, process = len(self._brokers.dead), failed[-1].process
            several = f"{ended} of the three brokers have ended, and two have to run. "
            assert process
            process.require_alive((several if len(self.brokers) > 1 else "") + self.remedy)

    def coordinator(self, group: str, within: float = 10.0) -> int:
        """The id of the broker that coordinates a group. LabError if no broker names it within
        `within` seconds; with `security` none does, because it is asked over a plain connection."""

        def ask() -> list[int]:
            dead = self._brokers.dead
            living = [broker for broker in self.brokers if broker not in dead]
            ids = [find(broker.node.port, group) for broker in living]
            return [number for number in ids if number is not None]

        return wait_until(
            ask,
            within=within,
            why=lambda: f"no broker named the coordinator of {group!r}",
            what=f"the coordinator of {group!r}",
            now=lambda: "no broker names it",
        )[0]

    def __repr__(self) -> str:
        place = self._brokers.place
        if not self._running:
            return f"Kafka on {place}, not running"
        started = [(broker, broker.process) for broker in self.brokers if broker.process]
        if not started:
            return f"A Kafka that was already listening on {place}: used as it is, never stopped"
        patience = f" ({self.patience})" if self.patience else ""
        pids = listed(str(process.pid) for _, process in started)
        ended = "".join(
            (f", {broker.name}" if len(started) > 1 else ",")
            + f" ended with status {process.status}"
            for broker, process in started
            if not process.alive
        )
        return (
            f"Kafka {self.version} on {place}, process{'es' if len(started) > 1 else ''} {pids}, "
            f"answering after {self.ready_after_s:.1f} s{patience}{ended}"
        )
