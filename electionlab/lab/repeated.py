"""An experiment that breaks a leader in the same way several times, one round after another."""

from __future__ import annotations

from typing import Any


def name_of(what: str, fault: str, number: int = 0) -> str:
    """The name of an experiment in which `what` meets a fault; numbered where there are several."""
    return f"{what}_{fault}" + (f"_{number}" if number else "")


class RepeatedFault:
    """`count` rounds of one fault. A subclass says what a round is, and may say how the place in
    which it runs is made ready for the next one."""

    def __init__(self, name: str, fault: str, count: int) -> None:
        self.__name__ = name
        self._fault, self._count = fault, count

    def __repr__(self) -> str:
        return f"{self.__name__}: {self._count} rounds"

    def __call__(self, place: Any) -> None:
        for number in range(self._count):
            if number:
                self.make_ready(place)
            self.once(place, self._fault)

    def once(self, place: Any, fault: str) -> None:
        """One round."""
        raise NotImplementedError

    def make_ready(self, place: Any) -> None:
        """Done between two rounds."""
        place.recover()
