"""Things that can be started and stopped, in a `with` block or by hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from electionlab.errors import LabError


class Stoppable(ABC):
    """Stopped when its `with` block ends, however it ends."""

    ended_in_absence = ""
    """When and why it was ended, if that was because nobody was connected to the notebook."""

    def require_not_ended_in_absence(self) -> None:
        """Raise LabError, which says how to begin again, if `ended_in_absence` is set."""
        if self.ended_in_absence:
            raise LabError(self.ended_in_absence)

    @property
    def holds(self) -> set[object]:
        """What only one thing can have at a time, and this has while it runs, such as ports."""
        return set()

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return type(self).__name__

    def __repr__(self) -> str:
        return self.title

    @abstractmethod
    def stop(self) -> None:
        """End what this owns. Does nothing if already stopped."""

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
        """Start it, and wait until it is ready. Does nothing if already started."""

    def __enter__(self) -> Self:
        return self.start()
