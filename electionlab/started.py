"""What workers, logs and pages need of a Kafka, however it was started."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from electionlab.processes import Process
from electionlab.witness import Witness


class Started(Protocol):
    """A Kafka to run workers on: `Kafka`, or `ZooKeeperWay`.

    `processes` are those we started, and `logs` are their log files by the name to show; both are
    empty for a Kafka that was there already. `ready_after_s` is in seconds.
    """

    bootstrap: str
    witness: Witness
    version: str | None
    ready_after_s: float | None

    @property
    def alive(self) -> bool: ...

    @property
    def processes(self) -> list[Process]: ...

    @property
    def logs(self) -> dict[str, Path]: ...

    def require_alive(self) -> None: ...
