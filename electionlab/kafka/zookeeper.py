"""Kafka as the playbook starts it: ZooKeeper first, then Kafka, by the scripts of a KAFKA_HOME."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.host.folders import new_log
from electionlab.host.locks import walkthrough
from electionlab.host.process import Process
from electionlab.host.waiting import stretched
from electionlab.kafka import java
from electionlab.kafka.java import LANGUAGE, find_java
from electionlab.kafka.kafka_home import Home, find_home
from electionlab.kafka.properties import PLAYBOOK_PORT, ZOOKEEPER_PORT
from electionlab.kafka.servers import Servers


def answers(port: int = ZOOKEEPER_PORT) -> bool:
    """Whether a ZooKeeper on this port of the loopback interface answers `srvr`."""
    try:
        with socket.create_connection((ports.LOOPBACK, port), timeout=stretched(1)) as server:
            server.sendall(b"srvr")
            answer = b""
            while more := server.recv(4096):
                answer += more
    except OSError:
        return False
    # A server that is still starting answers too, but names no mode.
    return answer.startswith(b"Zookeeper version") and b"Mode:" in answer


class ZooKeeperWay(Servers):
    """The playbook's two commands, each a process of ours that ends with its owner.

        with ZooKeeperWay() as kafka, Workers(kafka) as workers:
            workers.start("faust -A leader worker -l info --web-port 6066")

    `home` is what `find_home` returns: the reader's KAFKA_HOME, or ours. `ready_after_s` is the
    time in seconds from the first command to Kafka's answer.
    """

    def __init__(self, home: Home | None = None) -> None:
        super().__init__(f"{ports.LOOPBACK}:{PLAYBOOK_PORT}")
        self.home = home
        self.zookeeper: Process | None = None
        self.process: Process | None = None
        self.log: Path | None = None
        self.zookeeper_log: Path | None = None

    @property
    def processes(self) -> list[Process]:
        return [process for process in (self.zookeeper, self.process) if process]

    @property
    def logs(self) -> dict[str, Path]:
        logs = {"zookeeper.log": self.zookeeper_log, "kafka.log": self.log}
        return {name: path for name, path in logs.items() if path}

    @property
    def alive(self) -> bool:
        """Whether both servers run."""
        return len(self.processes) == 2 and all(process.alive for process in self.processes)

    def _acquire(self) -> None:
        self.home = self.home or find_home()
        if not self.home.has_zookeeper:
            raise LabError(
                f"{self.home} has no zookeeper-server-start: Kafka 4 runs without ZooKeeper. Unset "
                "KAFKA_HOME to use this workbook's Kafka 3.9, or start it in the modern way."
            )
        walkthrough.acquire()

    def _release(self) -> None:
        walkthrough.release()

    def _end(self) -> None:
        try:
            if self.process:
                # Kafka signs off from ZooKeeper; without one it would wait a long time for an
                # answer.
                has_zookeeper = self.zookeeper and self.zookeeper.alive
                self.process.stop(within=10 if has_zookeeper else 1)
            if self.zookeeper:
                self.zookeeper.stop()
        finally:
            self.process = self.zookeeper = None

    @property
    def _ports(self) -> set[int]:
        return {PLAYBOOK_PORT, ZOOKEEPER_PORT}

    @property
    def title(self) -> str:
        return f"Kafka on localhost:{PLAYBOOK_PORT} with its ZooKeeper"

    def require_alive(self) -> None:
        self.require_not_ended_in_absence()
        for process in self.processes:
            process.require_alive("Stop the workers, then stop and start ZooKeeper and Kafka.")

    def _boot(self, within: float) -> None:
        assert self.home
        ports.require_free([ZOOKEEPER_PORT], "ZooKeeper")
        ports.require_free([PLAYBOOK_PORT], "Kafka")
        begun = time.monotonic()
        self.zookeeper_log, self.log = new_log("zookeeper"), new_log("kafka")
        self.zookeeper = zookeeper = self._run(self.home, "ZooKeeper", self.zookeeper_log)
        zookeeper.wait_ready(answers, within)
        self.process = self._run(self.home, "Kafka", self.log)
        self.version = self.home.version

        def kafka_answers() -> bool:
            zookeeper.require_alive()
            return ports.accepts(PLAYBOOK_PORT) and self.witness.can_make_topics(within=5)

        self.process.wait_ready(kafka_answers, within)
        self.ready_after_s = time.monotonic() - begun

    def _run(self, home: Home, name: str, log: Path) -> Process:
        config = home.config("server.properties" if name == "Kafka" else "zookeeper.properties")
        return Process(
            [str(home.script(f"{name.lower()}-server-start")), str(config)],
            name=name,
            log=log,
            environment=_environment(home),
            keep=walkthrough.descriptors,
        )

    def __repr__(self) -> str:
        place = f"localhost:{PLAYBOOK_PORT}"
        if not (self._running and self.process and self.zookeeper):
            return f"Kafka with ZooKeeper on {place}, not running"
        state = "".join(
            f", {process.name} ended with status {process.status}"
            for process in (self.zookeeper, self.process)
            if not process.alive
        )
        return (
            f"Kafka {self.version} on {place}, process {self.process.pid}, with a ZooKeeper, "
            f"process {self.zookeeper.pid}, answering after {self.ready_after_s:.1f} s{state}"
        )


def _environment(home: Home) -> dict[str, str]:
    environment = java.environment()
    if home.layout != "ours":  # our scripts set it themselves
        environment["KAFKA_OPTS"] = " ".join([*LANGUAGE, environment.get("KAFKA_OPTS", "")]).strip()
    if home.layout != "ours" and "JAVA_HOME" not in environment and not shutil.which("java"):
        # A reader's own Kafka looks for Java itself, and would not find the wheel's.
        environment["JAVA_HOME"] = str(find_java().launcher.parent.parent)
    return environment
