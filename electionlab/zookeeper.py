"""Kafka as the playbook starts it: ZooKeeper first, then Kafka, by the scripts of a KAFKA_HOME."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from electionlab import ports
from electionlab.blocks import Startable
from electionlab.errors import LabError
from electionlab.home import PORT, ZOOKEEPER_PORT
from electionlab.java import find_java
from electionlab.layout import Home, find_home
from electionlab.locks import walkthrough
from electionlab.places import new_log
from electionlab.processes import Process, last_lines
from electionlab.waiting import wait_until
from electionlab.witness import Witness


def answers(port: int = ZOOKEEPER_PORT) -> bool:
    """Whether a ZooKeeper on this port of the loopback interface answers `srvr`."""
    try:
        with socket.create_connection((ports.LOOPBACK, port), timeout=1) as asked:
            asked.sendall(b"srvr")
            told = b""
            while more := asked.recv(4096):
                told += more
    except OSError:
        return False
    # A server that is still starting answers too, that it does not serve yet.
    return told.startswith(b"Zookeeper version") and b"Mode:" in told


class ZooKeeperWay(Startable):
    """The playbook's two commands, each a process of ours that ends with its owner.

        with ZooKeeperWay() as kafka, Workers(kafka) as workers:
            workers.start("faust -A leader worker -l info --web-port 6066")

    `home` is what `find_home` returns: the reader's KAFKA_HOME, or ours. `ready_after_s` is the
    time in seconds from the first command to Kafka's answer, ZooKeeper's part of it in
    `zookeeper_after_s`.
    """

    def __init__(self, home: Home | None = None) -> None:
        self.home = home
        self.bootstrap = f"{ports.LOOPBACK}:{PORT}"
        self.witness = Witness(self.bootstrap)
        self.zookeeper: Process | None = None
        self.process: Process | None = None
        self.log: Path | None = None
        self.zookeeper_log: Path | None = None
        self.version: str | None = None
        self.zookeeper_after_s: float | None = None
        self.ready_after_s: float | None = None
        self._running = False

    @property
    def processes(self) -> list[Process]:
        """ZooKeeper and Kafka, while they were started by this object."""
        return [process for process in (self.zookeeper, self.process) if process]

    @property
    def logs(self) -> dict[str, Path]:
        """The log files of both by name; they stay when the servers have stopped."""
        named = {"zookeeper.log": self.zookeeper_log, "kafka.log": self.log}
        return {name: path for name, path in named.items() if path}

    @property
    def alive(self) -> bool:
        """Whether both servers run."""
        return len(self.processes) == 2 and all(process.alive for process in self.processes)

    def start(self, within: float = 60.0) -> Self:
        """Run both commands, each until its server answers. Returns itself.

        Started already: nothing happens. Raises LabError where a port is taken, another walkthrough
        runs, this Kafka has no ZooKeeper, or a server ends or is silent for `within` seconds.
        """
        if self._running:
            return self
        home = self.home = self.home or find_home()
        if not home.has_zookeeper:
            raise LabError(
                f"{home} has no zookeeper-server-start: Kafka 4 runs without ZooKeeper. Unset "
                "KAFKA_HOME to use this workbook's Kafka 3.9, or start it in the modern way."
            )
        walkthrough.acquire()
        self._running = True
        try:
            ports.require_free([ZOOKEEPER_PORT], "ZooKeeper")
            ports.require_free([PORT], "Kafka")
            self._boot(home, within)
        except BaseException:  # a cell may be interrupted here
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop Kafka, then ZooKeeper. Stopped already is fine."""
        if not self._running:
            return
        self._running = False
        try:
            if self.process:
                # Kafka says goodbye to ZooKeeper; without one it would wait long for an answer.
                heard = self.zookeeper and self.zookeeper.alive
                self.process.stop(within=10 if heard else 1)
            if self.zookeeper:
                self.zookeeper.stop()
        finally:
            self.process = self.zookeeper = None
            walkthrough.release()

    def require_alive(self) -> None:
        """Raise LabError, with the log's last lines, if one of the two servers has ended."""
        for process, name in ((self.zookeeper, "ZooKeeper"), (self.process, "Kafka")):
            if process and not process.alive:
                under = " under Kafka's feet" if name == "ZooKeeper" and self.process else ""
                raise LabError(
                    f"{name} has ended{under}, with status {process.status}. The last lines of "
                    f"{process.log}:\n{last_lines(process.log)}\n"
                    "Stop the workers, then stop and start ZooKeeper and Kafka."
                )

    def _boot(self, home: Home, within: float) -> None:
        begun = time.monotonic()
        self.zookeeper_log, self.log = new_log("zookeeper"), new_log("kafka")
        self.zookeeper = self._run(home, "zookeeper", self.zookeeper_log)
        self._wait(answers, self.zookeeper, within)
        self.zookeeper_after_s = time.monotonic() - begun
        self.process = self._run(home, "kafka", self.log)
        self.version = home.version
        self._wait(
            lambda: ports.accepts(PORT) and self.witness.can_make_topics(within=5),
            self.process,
            within,
        )
        self.ready_after_s = time.monotonic() - begun

    def _run(self, home: Home, name: str, log: Path) -> Process:
        config = home.config("server.properties" if name == "kafka" else "zookeeper.properties")
        return Process(
            [str(home.script(f"{name}-server-start")), str(config)],
            name="Kafka" if name == "kafka" else "ZooKeeper",
            log=log,
            environment=_environment(home),
            keep=walkthrough.descriptors,
        )

    def _wait(self, answered: Callable[[], bool], process: Process, within: float) -> None:
        def look() -> bool:
            self.require_alive()
            return answered()

        def why() -> str:
            return (
                f"{process.name} does not answer. The last lines of {process.log}:\n"
                f"{last_lines(process.log)}"
            )

        wait_until(look, within=within, why=why, every=0.01)

    def __repr__(self) -> str:
        place = f"localhost:{PORT}"
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
    environment = dict(os.environ)
    if home.layout != "ours" and "JAVA_HOME" not in environment and not shutil.which("java"):
        # A reader's own Kafka looks for Java itself, and would not find the wheel's.
        environment["JAVA_HOME"] = str(find_java().launcher.parent.parent)
    return environment
