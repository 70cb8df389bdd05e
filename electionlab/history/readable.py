"""Times as readers see them: seconds of a run, and the time of day in its logs."""

from __future__ import annotations

import dataclasses
import time as clock
from typing import Any

TIMES = {"time", "start", "end", "effective", "former_since"}
"""The fields that hold a Unix time."""


def time_of_day(time: float) -> str:
    """`14:03:22.123`, as workers' logs have it: in UTC."""
    milliseconds = round(time * 1000)  # as a log line has them; a float is a little off
    second = clock.strftime("%H:%M:%S", clock.gmtime(milliseconds // 1000))
    return f"{second}.{milliseconds % 1000:03d}"


def moment(seconds: float, time: float) -> str:
    """` 31.415 s 14:03:22.123`: the seconds of the run at a Unix time, and the time of day in its
    logs."""
    return f"{seconds:7.3f} s {time_of_day(time)}"


def plural(number: int, noun: str) -> str:
    """The noun for so many of them."""
    return noun if number == 1 else f"{noun}s"


def number_of(number: int, noun: str) -> str:
    """`1 round`, `3 rounds`."""
    return f"{number} {plural(number, noun)}"


class Readable:
    """A dataclass that shows its times as times of day, and leaves out empty fields."""

    __slots__ = ()

    def __repr__(self) -> str:
        shown = []
        fields: tuple[Any, ...] = dataclasses.fields(self)  # type: ignore[arg-type]
        for field in fields:
            value = getattr(self, field.name)
            if value is None or value in ("", ()):
                continue
            in_words = time_of_day(value) if field.name in TIMES else repr(value)
            shown.append(f"{field.name}={in_words}")
        return f"{type(self).__name__}({', '.join(shown)})"
