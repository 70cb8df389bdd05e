"""A real Kafka broker on this machine: one process, KRaft, loopback only, fresh data each time."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType

from electionlab import ports
from electionlab.errors import LabError
from electionlab.install import copy_formatted, prepare, properties
from electionlab.locks import walkthrough
from electionlab.places import new_log
from electionlab.processes import Process, folder_for_a_process, last_lines
from electionlab.waiting import wait_until
from electionlab.witness import Witness

PLAYBOOK_PORT = 9092  # leader.py says kafka://localhost:9092
CONTROLLER_PORT = 9093


class Kafka:
    """A Kafka to run workers on.

    On the playbook's port a Kafka that already listens is used as it is, and never stopped. With
    another `port` (0: any free one) a broker of its own is started there.

        with Kafka() as kafka:
            print(kafka)

    `start` and `stop` do the same by hand; in a notebook the broker then lives until the kernel
    ends. `lock=False` leaves out the lock that keeps two walkthroughs apart.
    """

    def __init__(self, port: int = PLAYBOOK_PORT, *, lock: bool = True) -> None:
        self.port = port or ports.free_port()
        self.controller_port = CONTROLLER_PORT if port == PLAYBOOK_PORT else ports.free_port()
        self.bootstrap = f"{ports.LOOPBACK}:{self.port}"
        self.witness = Witness(self.bootstrap)
        self.process: Process | None = None
        self.log: Path | None = None
        self.version: str | None = None
        self.ready_after_s: float | None = None
        self._locks = lock and port == PLAYBOOK_PORT
        self._running = False

    @property
    def is_ours(self) -> bool:
        """Whether this object started the broker; False for one that was there already."""
        return self.process is not None

    @property
    def alive(self) -> bool:
        """Whether the broker runs. One that is not ours is taken to run while it is used."""
        return self._running and (self.process is None or self.process.alive)

    def start(self, within: float = 60.0) -> Kafka:
        """Start the broker and wait until it answers a metadata request. Returns itself.

        Started already: nothing happens. Raises LabError where the port belongs to something that
        is no Kafka, another walkthrough runs, or no answer comes `within` seconds.
        """
        if self._running:
            return self
        if self._locks:
            walkthrough.acquire()
        try:
            if ports.is_taken(self.port):
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
        """Stop the broker if it is ours, and remove its data. Stopped already is fine."""
        if not self._running:
            return
        self._running = False
        try:
            if self.process:
                self.process.stop()
        finally:
            self.process = None
            if self._locks:
                walkthrough.release()

    def require_alive(self) -> None:
        """Raise LabError, with the log's last lines, if the broker that we started has ended."""
        if self.process and not self.process.alive:
            raise LabError(
                f"Kafka has ended, with status {self.process.status}. The last lines of "
                f"{self.log}:\n{last_lines(self.process.log)}\n"
                "Stop the workers and start Kafka again."
            )

    def _use_what_is_there(self) -> None:
        if self.witness.topics(within=5) is None:
            raise LabError(
                f"Port {self.port} is taken by {ports.listener(self.port)}, which does not answer "
                "as a Kafka does. Stop that process, then try again."
            )

    def _boot(self, within: float) -> None:
        installation = prepare()
        ports.require_free([self.controller_port], "Kafka's controller")
        begun = time.monotonic()
        with folder_for_a_process("kafka") as folder:
            data, config = folder / "data", folder / "server.properties"
            copy_formatted(installation, data)
            config.write_text(properties(data, self.port, self.controller_port))
            self.log = new_log("kafka")
            self.process = Process(
                installation.command("kafka.Kafka", str(config)),
                name="Kafka",
                log=self.log,
                remove=[folder],
                keep=walkthrough.descriptors if self._locks else [],
            )
        self.version = installation.version
        wait_until(self._answers_or_died, within=within, why=self._why_silent, every=0.01)
        self.ready_after_s = time.monotonic() - begun

    def _answers_or_died(self) -> bool:
        self.require_alive()
        return ports.accepts(self.port) and self.witness.topics(within=5) is not None

    def _why_silent(self) -> str:
        assert self.process
        return (
            f"Kafka does not answer on port {self.port}. The last lines of {self.process.log}:\n"
            f"{last_lines(self.process.log)}"
        )

    def __enter__(self) -> Kafka:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        place = f"localhost:{self.port}"
        if not self._running:
            return f"Kafka on {place}, not running"
        if self.process is None:
            return f"A Kafka that was already listening on {place}: used as it is, never stopped"
        state = "" if self.process.alive else f", ended with status {self.process.status}"
        return (
            f"Kafka {self.version} on {place}, process {self.process.pid}, "
            f"answering after {self.ready_after_s:.1f} s{state}"
        )
