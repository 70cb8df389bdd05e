"""What every kind of event has in common."""

from __future__ import annotations

from dataclasses import dataclass

from electionlab.history.readable import Readable


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Event(Readable):
    """Something that happened: when (`time`, Unix seconds), to whom (`worker`), and on which log
    line (`line`).

    `worker` is the worker's name in the run (its web port), `kafka` or `lab`. `line` is None if the
    event is not from a log.
    """

    time: float
    worker: str
    line: int | None = None
