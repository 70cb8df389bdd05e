"""Where experiments run: a `Lab`, or what has the same methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

Experiment = Callable[[Any], None]
"""What is done in a place: a function of it."""


class Place(Protocol):
    """What runs an election, to be broken. It starts when its `with` block begins. `watch` runs an
    experiment and returns what was seen of it: a lab, its history."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: Any) -> None: ...

    def recover(self) -> None: ...

    def watch(self, experiment: Experiment) -> Any: ...

    def stop(self, within: float = 0.0) -> None: ...
