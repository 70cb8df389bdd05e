"""A log line becomes an event.

A Faust worker's log is a sequence of records: a line that begins with a time, and the lines under
it (tables, tracebacks) up to the next such line. `records` cuts a log into records, `parse` turns
one record into one event, keeping no state. A record that says nothing about the election becomes
`Logged`; nothing is dropped.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from electionlab import events as ev

HEAD = re.compile(
    r"^\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] \[(?P<pid>\d+)\] \[(?P<level>\w+)\] "
    r"(?P<text>.*)$"
)


@dataclass(frozen=True)
class LogRecord:
    """A record of a worker's log.

    `time` is Unix time in seconds, None for what was printed before logging began (the banner) or
    by something else than Python's logging. `line` counts from 1 in the log file; `text` has all
    its lines, the first without time, process id and level.
    """

    line: int
    time: float | None
    level: str
    text: str


@dataclass
class RecordReader:
    """Cuts a growing log into records. Feed it text as it comes, in pieces of any size."""

    _open: LogRecord | None = None
    _rest: str = ""
    _lines: int = field(default=0)

    def feed(self, text: str) -> Iterator[LogRecord]:
        """The records that are known to be complete: another one has begun after them."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._lines += 1
            head = HEAD.match(line)
            if head is None and self._open is not None:
                joined = f"{self._open.text}\n{line.rstrip()}"
                self._open = LogRecord(self._open.line, self._open.time, self._open.level, joined)
                continue
            if self._open is not None:
                yield self._open
            if head is None:
                self._open = LogRecord(self._lines, None, "", line.rstrip())
            else:
                self._open = LogRecord(
                    self._lines, unix_time(head["time"]), head["level"], head["text"].rstrip()
                )

    def flush(self) -> Iterator[LogRecord]:
        """The last record, once nothing more is written for now."""
        if self._open is not None and not self._rest:
            yield self._open
            self._open = None


def unix_time(told: str) -> float:
    """The Unix time that a log tells, as `2026-11-23 17:58:59,679`; our processes' clock is UTC."""
    return datetime.strptime(f"{told}+0000", "%Y-%m-%d %H:%M:%S,%f%z").timestamp()


def records(lines: Iterable[str]) -> Iterator[LogRecord]:
    """All records of a log that is complete. A last line without its end counts too."""
    reader = RecordReader()
    for line in lines:
        yield from reader.feed(line if line.endswith("\n") else line + "\n")
    yield from reader.flush()


def _partitions(record: LogRecord) -> dict[str, tuple[int, ...]]:
    """Read Faust's table `| topic | {0-1, 4} |`."""
    rows = re.findall(r"^\| (\S+) +\| \{([\d, -]*)\} *\|", record.text, re.MULTILINE)
    return {topic: tuple(_numbers(numbers)) for topic, numbers in rows}


def _numbers(text: str) -> Iterator[int]:
    for piece in filter(None, text.split(",")):
        first, _, last = piece.strip().partition("-")
        yield from range(int(first), int(last or first) + 1)


Make = Callable[[re.Match[str], LogRecord], tuple[type[ev.Event], dict[str, object]]]

RULES: list[tuple[re.Pattern[str], Make]] = [
    (
        re.compile(r"PUBLISHING ON LEADER!$"),
        lambda m, r: (ev.Published, {}),
    ),
    (
        re.compile(r"(b'.*'|b\".*\")$"),
        lambda m, r: (
            ev.GreetingPrinted,
            {"greeting": ast.literal_eval(m[1]).decode(errors="replace")},
        ),
    ),
    (
        re.compile(r"Setting newly assigned partitions"),
        lambda m, r: (ev.PartitionsAssigned, {"partitions": _partitions(r)}),
    ),
    (
        re.compile(r"Revoking previously assigned partitions"),
        lambda m, r: (ev.PartitionsRevoked, {"partitions": _partitions(r)}),
    ),
    (
        re.compile(r"Joined group '.*' \(generation (\d+)\) with member_id (\S+)"),
        lambda m, r: (ev.MemberJoined, {"generation": int(m[1]), "member_id": m[2]}),
    ),
    (
        re.compile(r"Elected group leader -- performing partition assignments"),
        lambda m, r: (ev.GroupLeaderElected, {}),
    ),
    (
        re.compile(r"Heartbeat failed for group .* because it is rebalancing"),
        lambda m, r: (ev.RebalanceNoticed, {}),
    ),
    (
        re.compile(r"\[\^-*Recovery\]: Worker ready"),
        lambda m, r: (ev.WorkerReady, {}),
    ),
    (
        re.compile(r"\[\^-*Worker\]: Signal received: (?:\S+ )?\(?(\d+)\)?"),
        lambda m, r: (ev.WorkerStopping, {"signal": int(m[1])}),
    ),
    (
        re.compile(r"LeaveGroup request succeeded"),
        lambda m, r: (ev.GroupLeft, {}),
    ),
]


def parse(record: LogRecord, worker: str, time: float = 0.0) -> ev.Event:
    """The event that a record tells of.

    `time` (Unix seconds) stands in where the record has none of its own. The sentences matched are
    those of faust-streaming 0.15 and aiokafka 0.14.
    """
    at = record.time if record.time is not None else time
    # What a process writes past its logging, such as `-INT- -INT-` on Ctrl+C, is a further line.
    first = record.text.partition("\n")[0]
    for pattern, make in RULES:
        found = pattern.match(first)
        if found:
            try:
                kind, fields = make(found, record)
            except (SyntaxError, ValueError):  # it only looked like a greeting
                break
            return kind(time=at, worker=worker, line=record.line, **fields)
    return ev.Logged(time=at, worker=worker, line=record.line, level=record.level, text=record.text)
