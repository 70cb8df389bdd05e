"""What can be started and stopped stands in a `with` block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Stoppable(ABC):
    """Stopped when its `with` block ends, however it ends."""

    @abstractmethod
    def stop(self) -> None:
        """End what this owns. Stopped already is fine."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class Startable(Stoppable):
    """Started when its `with` block begins."""

    @abstractmethod
    def start(self) -> Self:
        """Start it, and wait until it is ready. Started already is fine."""

    def __enter__(self) -> Self:
        return self.start()
