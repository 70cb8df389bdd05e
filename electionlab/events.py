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

HEAD = re.compile(
    r"^\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] \[(?P<pid>\d+)\] \[(?P<level>\w+)\] "
    r"(?P<text>.*)$"
)
LEADER_TOPIC = re.compile(r"-__assignor-__leader$")


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


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened: `time` in Unix seconds, to whom (`worker`), and the log's line.

    `worker` is the worker's name in the run (its web port), `kafka` or `lab`. `line` is None where
    no log line stands behind the event.
    """

    time: float
    worker: str
    line: int | None = None


# What workers say in their logs -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Logged(Event):
    """Any other record, as it is."""

    level: str
    text: str


@dataclass(frozen=True, kw_only=True)
class WorkerReady(Event):
    """Faust said `Worker ready`: recovery is over, the agents run. Said after each rebalance."""


@dataclass(frozen=True, kw_only=True)
class WorkerStopping(Event):
    """The worker began an orderly stop. `signal` is the number that asked for it."""

    signal: int


@dataclass(frozen=True, kw_only=True)
class GroupLeft(Event):
    """The worker told the coordinator that it leaves: others need not wait for a time-out."""


@dataclass(frozen=True, kw_only=True)
class RebalanceNoticed(Event):
    """A heartbeat's answer told the worker that its group is rebalancing."""


@dataclass(frozen=True, kw_only=True)
class PartitionsRevoked(Event):
    """The worker gives its partitions back before it joins again."""

    partitions: dict[str, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """The coordinator took the worker into a generation of the group, under a member id."""

    generation: int
    member_id: str


@dataclass(frozen=True, kw_only=True)
class GroupLeaderElected(Event):
    """This member computes the assignment for all: the *group* leader, not Faust's leader."""


@dataclass(frozen=True, kw_only=True)
class PartitionsAssigned(Event):
    """The worker got its partitions, by topic. The leader topic among them makes it leader."""

    partitions: dict[str, tuple[int, ...]]

    @property
    def leads(self) -> bool:
        held = ((topic, 0 in numbers) for topic, numbers in self.partitions.items())
        return any(LEADER_TOPIC.search(topic) and has_zero for topic, has_zero in held)


@dataclass(frozen=True, kw_only=True)
class Published(Event):
    """leader.py's timer ran and printed `PUBLISHING ON LEADER!`."""


@dataclass(frozen=True, kw_only=True)
class GreetingPrinted(Event):
    """leader.py's agent printed a greeting."""

    greeting: str


# What follows from the order of events, added by the history ------------------------------------


@dataclass(frozen=True, kw_only=True)
class LeadershipGained(Event):
    """An assignment made the worker leader; it was not before."""

    generation: int | None


@dataclass(frozen=True, kw_only=True)
class LeadershipLost(Event):
    """The worker is leader no longer. `by` says how it ended: `assignment`, `leaving`, `exit`."""

    by: str


# What we did to them, and what we saw -------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WorkerStarted(Event):
    """We started a worker process. `log` is the name of its log file."""

    pid: int
    command: str
    log: str


@dataclass(frozen=True, kw_only=True)
class WorkerInterrupted(Event):
    """We sent Ctrl+C's signal (SIGINT)."""


@dataclass(frozen=True, kw_only=True)
class WorkerKilled(Event):
    """We sent SIGKILL: the worker can say nothing more, to nobody."""


@dataclass(frozen=True, kw_only=True)
class WorkerFrozen(Event):
    """We sent SIGSTOP: the process stands still, its connections stay open."""


@dataclass(frozen=True, kw_only=True)
class WorkerThawed(Event):
    """We sent SIGCONT: the process goes on where it stood."""


@dataclass(frozen=True, kw_only=True)
class WorkerExited(Event):
    """We saw that the process has ended. `status` is 128 + n where signal n ended it."""

    status: int


@dataclass(frozen=True, kw_only=True)
class RunEnding(Event):
    """We began to stop all workers: what follows is no failure of the election."""


@dataclass(frozen=True, kw_only=True)
class HistoryEnded(Event):
    """We looked no further."""


# What the broker says -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class GreetingStored(Event):
    """A greeting as it stands in the topic; `time` is when its producer made it."""

    greeting: str
    partition: int
    offset: int


EVENT_TYPES: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        *(Logged, WorkerReady, WorkerStopping, GroupLeft, RebalanceNoticed, PartitionsRevoked),
        *(MemberJoined, GroupLeaderElected, PartitionsAssigned, Published, GreetingPrinted),
        *(LeadershipGained, LeadershipLost, WorkerStarted, WorkerInterrupted, WorkerKilled),
        *(WorkerFrozen, WorkerThawed, WorkerExited, RunEnding, HistoryEnded, GreetingStored),
    )
}


# Parsing ------------------------------------------------------------------------------------------


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
                told = datetime.strptime(head["time"], "%Y-%m-%d %H:%M:%S,%f")
                self._open = LogRecord(
                    self._lines, told.timestamp(), head["level"], head["text"].rstrip()
                )

    def flush(self) -> Iterator[LogRecord]:
        """The last record, once nothing more is written for now."""
        if self._open is not None and not self._rest:
            yield self._open
            self._open = None


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


Make = Callable[[re.Match[str], LogRecord], tuple[type[Event], dict[str, object]]]

RULES: list[tuple[re.Pattern[str], Make]] = [
    (
        re.compile(r"PUBLISHING ON LEADER!$"),
        lambda m, r: (Published, {}),
    ),
    (
        re.compile(r"(b'.*'|b\".*\")$"),
        lambda m, r: (
            GreetingPrinted,
            {"greeting": ast.literal_eval(m[1]).decode(errors="replace")},
        ),
    ),
    (
        re.compile(r"Setting newly assigned partitions"),
        lambda m, r: (PartitionsAssigned, {"partitions": _partitions(r)}),
    ),
    (
        re.compile(r"Revoking previously assigned partitions"),
        lambda m, r: (PartitionsRevoked, {"partitions": _partitions(r)}),
    ),
    (
        re.compile(r"Joined group '.*' \(generation (\d+)\) with member_id (\S+)"),
        lambda m, r: (MemberJoined, {"generation": int(m[1]), "member_id": m[2]}),
    ),
    (
        re.compile(r"Elected group leader -- performing partition assignments"),
        lambda m, r: (GroupLeaderElected, {}),
    ),
    (
        re.compile(r"Heartbeat failed for group .* because it is rebalancing"),
        lambda m, r: (RebalanceNoticed, {}),
    ),
    (
        re.compile(r"\[\^-*Recovery\]: Worker ready"),
        lambda m, r: (WorkerReady, {}),
    ),
    (
        re.compile(r"\[\^-*Worker\]: Signal received: (?:\S+ )?\(?(\d+)\)?"),
        lambda m, r: (WorkerStopping, {"signal": int(m[1])}),
    ),
    (
        re.compile(r"LeaveGroup request succeeded"),
        lambda m, r: (GroupLeft, {}),
    ),
]


def parse(record: LogRecord, worker: str, time: float = 0.0) -> Event:
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
    return Logged(time=at, worker=worker, line=record.line, level=record.level, text=record.text)
