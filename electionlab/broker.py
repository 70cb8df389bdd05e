"""What workers need of a Kafka, however it was started."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from electionlab.processes import Process
from electionlab.witness import Witness


class Broker(Protocol):
    """A Kafka to run workers on: `Kafka`, or `ZooKeeperWay`."""

    bootstrap: str
    witness: Witness
    process: Process | None
    log: Path | None
    version: str | None

    @property
    def is_ours(self) -> bool: ...

    def require_alive(self) -> None: ...
