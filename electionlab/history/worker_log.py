"""A log line becomes an event.

A Faust worker's log is a sequence of records: a line that begins with a time, and the lines under
it (tables, tracebacks) up to the next such line. `records` splits a log into records; `parse` turns
one record into one event and keeps no state. A record that says nothing about the election becomes
`Logged`; nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from electionlab.history import events as ev
from electionlab.history.readable import Readable

HEAD = re.compile(
    r"^\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] \[(?P<pid>\d+)\] \[(?P<level>\w+)\] "
    r"(?P<text>.*)$"
)


@dataclass(frozen=True, repr=False)
class LogRecord(Readable):
    """A record of a worker's log.

    `time` is Unix time in seconds, None for what was printed before logging began (the banner) or
    by something other than Python's logging. `line` counts from 1 in the log file; `text` has all
    its lines, the first without time, process id and level.
    """

    line: int
    time: float | None
    level: str
    text: str


@dataclass
class RecordReader:
    """Splits a growing log into records. Feed it text as it comes, in pieces of any size."""

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

    @property
    def open_record(self) -> LogRecord | None:
        """The last record, while more lines may still belong to it."""
        return self._open

    def flush(self) -> Iterator[LogRecord]:
        """The last record, when nothing more is being written for now."""
        if self._open is not None and not self._rest:
            yield self._open
            self._open = None


def unix_time(text: str) -> float:
    """The Unix time of a log's timestamp, such as `2026-11-23 17:58:59,679`; our processes log in
    UTC."""
    return datetime.strptime(f"{text}+0000", "%Y-%m-%d %H:%M:%S,%f%z").timestamp()


def records(lines: Iterable[str]) -> Iterator[LogRecord]:
    """All records of a complete log. A last line without a line end counts too."""
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


# What `repr` writes for bytes.
_ESCAPED = r"\\(?:[\\'tnr]|x[0-9a-f]{2})"
_PLAIN = r"[ !#-&(-\[\]-~]"  # printable ASCII without a backslash and both quotation marks
BYTES = rf"""b(?:'((?:{_PLAIN}|"|{_ESCAPED})*)'|"((?:{_PLAIN}|'|{_ESCAPED})*)")$"""


def _greeting(escaped: str) -> str:
    """The text between the quotation marks of bytes. Not with `ast`, whose parser must not be used
    by two threads at once before Python 3.11.8 and 3.12.2 (CPython's issue 106905)."""
    return (
        escaped.encode("ascii").decode("unicode_escape").encode("latin-1").decode(errors="replace")
    )


Fields = Callable[[re.Match[str], LogRecord], dict[str, object]]


def _none(_match: re.Match[str], _record: LogRecord) -> dict[str, object]:
    return {}


def _held(_match: re.Match[str], record: LogRecord) -> dict[str, object]:
    return {"partitions": _partitions(record)}


RULES: list[tuple[str, type[ev.Event], Fields]] = [
    (r"PUBLISHING ON LEADER!$", ev.Published, _none),
    (BYTES, ev.GreetingPrinted, lambda m, _: {"greeting": _greeting(m[1] or m[2] or "")}),
    (r"Setting newly assigned partitions", ev.PartitionsAssigned, _held),
    (r"Revoking previously assigned partitions", ev.PartitionsRevoked, _held),
    (
        r"Joined group '.*' \(generation (\d+)\) with member_id (\S+)",
        ev.MemberJoined,
        lambda m, _: {"generation": int(m[1]), "member_id": m[2]},
    ),
    (r"Elected group leader -- performing partition assignments", ev.GroupLeaderElected, _none),
    (r"Heartbeat failed for group .* because it is rebalancing", ev.RebalanceNoticed, _none),
    (r"\[\^-*Recovery\]: Worker ready", ev.WorkerReady, _none),
    (
        r"\[\^-*Worker\]: Signal received: (?:\S+ )?\(?(\d+)\)?",
        ev.WorkerStopping,
        lambda m, _: {"signal": int(m[1])},
    ),
    (r"LeaveGroup request succeeded", ev.GroupLeft, _none),
]
"""How a record's first line begins, what kind of event it is, and what gives the event's fields."""

_COMPILED = [(re.compile(begin), kind, fields_of) for begin, kind, fields_of in RULES]


def parse(record: LogRecord, worker: str, time: float = 0.0) -> ev.Event:
    """The event that a record describes.

    `time` (Unix seconds) stands in if the record has none of its own. The messages matched are
    those of faust-streaming 0.15 and aiokafka 0.14.
    """
    at = record.time if record.time is not None else time
    # What a process writes without logging, such as `-INT- -INT-` on Ctrl+C, is on a further line.
    first = record.text.partition("\n")[0]
    for pattern, kind, fields_of in _COMPILED:
        match = pattern.match(first)
        if match:
            try:
                fields = fields_of(match, record)
            except ValueError:  # it only looked like a match
                break
            return kind(time=at, worker=worker, line=record.line, **fields)
    return ev.Logged(time=at, worker=worker, line=record.line, level=record.level, text=record.text)
