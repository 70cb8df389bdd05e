"""The lines of all logs of a run in one order, as they were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from electionlab.history.readable import Readable
from electionlab.history.worker_log import records


@dataclass(frozen=True, slots=True, repr=False)
class LogLine(Readable):
    """A record of a worker's log as it was written, with the lines under it.

    `time` is Unix time in seconds, `log` the name of the log without its ending (a worker that was
    started again has another log), `line` its first line there, counted from 1.
    """

    time: float
    worker: str
    log: str
    line: int
    text: str


def log_lines(worker: str, log: str, text: str, started: float) -> Iterator[LogLine]:
    """The records of one log. What has no time of its own has that of the record before it, or of
    the worker's start."""
    written = [line.rstrip() for line in text.removesuffix("\n").split("\n")] if text else []
    found = list(records(written))
    ends = [record.line - 1 for record in found[1:]] + [len(written)] * bool(found)
    time = started
    for record, end in zip(found, ends, strict=True):
        time = record.time if record.time is not None else time
        yield LogLine(time, worker, log, record.line, "\n".join(written[record.line - 1 : end]))


def in_order(
    lines: Iterable[LogLine], start: float = float("-inf"), end: float = float("inf")
) -> tuple[LogLine, ...]:
    """Those between two Unix times, in order of time."""
    within = (line for line in lines if start <= line.time <= end)
    return tuple(sorted(within, key=lambda line: (line.time, line.worker, line.line)))
