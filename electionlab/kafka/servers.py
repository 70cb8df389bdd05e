"""What workers, logs and pages need from a Kafka, whatever its servers are."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from electionlab.host import absence, cells
from electionlab.host.lifecycle import Startable
from electionlab.host.process import Process
from electionlab.kafka.witness import Witness


class Servers(Startable):
    """A Kafka to run workers on: its servers are started together, and stopped together.

    `bootstrap` is where clients connect, `settings` are librdkafka's. `version` is Kafka's, if we
    have started it, and `ready_after_s` how many seconds it then took to answer.
    """

    def __init__(self, bootstrap: str, settings: Mapping[str, str] | None = None) -> None:
        self.bootstrap = bootstrap
        self.witness = Witness(bootstrap, settings)
        self.version: str | None = None
        self.ready_after_s: float | None = None
        self._running = False

    @property
    @abstractmethod
    def processes(self) -> list[Process]:
        """The processes that this object has started and not stopped; none for a Kafka that was
        already running."""

    @property
    @abstractmethod
    def logs(self) -> dict[str, Path]:
        """Their log files by the name to show; they stay after the servers have stopped."""

    @property
    @abstractmethod
    def alive(self) -> bool:
        """Whether it can answer. A Kafka that is not ours is assumed to run while it is used."""

    @abstractmethod
    def require_alive(self) -> None:
        """Raise LabError, quoting a log, if our servers have failed and can no longer answer, or
        were ended because nobody was connected to the notebook."""

    @property
    @abstractmethod
    def _ports(self) -> set[int]: ...

    def _acquire(self) -> None:
        """Acquire what must be ours before anything is started."""

    def _release(self) -> None:
        """Release what `_acquire` has acquired."""

    @abstractmethod
    def _boot(self, within: float) -> None:
        """Start the servers, and wait until they answer."""

    @abstractmethod
    def _end(self) -> None:
        """Stop the servers, as far as they were started."""

    def start(self, within: float = 60.0) -> Self:
        """Start the servers and wait until each answers. Returns itself.

        Does nothing if already started. Another object of this interpreter that has a port, or
        that an earlier run of the same cell started, is stopped first, along with the workers on
        it. Raises LabError if a port is taken, a server ends, or no answer comes within `within`
        seconds.
        """
        if self._running:
            return self
        absence.watch()
        self.ended_in_absence = ""
        self._acquire()
        try:
            cells.make_room(self, self._ports)
            self._boot(within)
        except BaseException:  # a cell may be interrupted here
            self._running = True
            self.stop()
            raise
        self._running = True
        return self

    def stop(self) -> None:
        """Stop the servers if they are ours. Does nothing if already stopped."""
        if not self._running:
            return
        self._running = False
        try:
            self._end()
        finally:
            self._release()
        cells.forget(self)

    @property
    def holds(self) -> set[object]:
        return set(self._ports) if self._running else set()
