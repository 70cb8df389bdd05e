"""One Faust worker: its process, its log, read as it grows, and how its lines are shown."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from electionlab.history import events as ev
from electionlab.history import worker_log
from electionlab.history.log_lines import LogLine, log_lines
from electionlab.history.log_tail import Tail
from electionlab.history.readable import moment
from electionlab.host.process import Process

TABLE_FRAME = re.compile(r"\+-|\+Topic|\| topic ")  # lines of a table that carry no data
UUID = re.compile(r"\b([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")  # its first part is enough
QUIET_S = 0.1
"""Seconds without an addition to the log after which its last record counts as complete."""


class Worker:
    """One worker process and its log. `name` is its web port, by which the playbook tells workers
    apart; `settings` are for it alone."""

    def __init__(
        self,
        name: str,
        command: str,
        process: Process,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.command = command
        self.settings = dict(settings or {})
        self.process = process
        self.log = process.log
        self.started = time.time()
        self.ready = False  # until Faust says so
        self.member_id = ""  # under which it last joined its group
        self.frozen = False
        self.ending = False  # it was interrupted or killed, and may need a moment to end
        # One thread may read the log while another shows what was read.
        self.unshown: deque[tuple[ev.Event, worker_log.LogRecord]] = deque()
        self._reader = worker_log.RecordReader()
        self._tail = Tail(self.log)
        self._last_growth = time.monotonic()
        self._exit_seen = False
        self._said = ""

    @property
    def alive(self) -> bool:
        return self.process.alive

    def read(self) -> list[ev.Event]:
        """The events of the log that have not been read yet."""
        if self._exit_seen:
            return []
        ended = not self.alive  # asked first: what was written before the end is read below
        text = self._tail.read(to_end=ended)
        now = time.monotonic()
        if text:
            self._last_growth = now
        if ended and text and not text.endswith("\n"):
            text += "\n"  # a worker that was killed may leave its last line unfinished
        records = list(self._reader.feed(text))
        if ended or now - self._last_growth > QUIET_S:
            records += self._reader.flush()
        if records:
            self._said = records[-1].text.partition("\n")[0]
        events = [worker_log.parse(record, self.name, self.started) for record in records]
        self.unshown.extend(zip(events, records, strict=True))
        self.ready = self.ready or any(isinstance(event, ev.WorkerReady) for event in events)
        joined = [event for event in events if isinstance(event, ev.MemberJoined)]
        self.member_id = joined[-1].member_id if joined else self.member_id
        if ended:
            self._exit_seen = True
            status = self.process.status or 0
            events.append(ev.WorkerExited(time=time.time(), worker=self.name, status=status))
        return events

    @property
    def open_since(self) -> float | None:
        """The time (Unix seconds) of a record that may not be complete yet, or None."""
        record = self._reader.open_record
        return None if record is None else record.time or self.started

    def output(self) -> str:
        """All that the worker has written so far."""
        return self.log.read_text(errors="replace", encoding="utf-8")

    def last_said(self) -> str:
        """The last line read from its log, cut short."""
        return f"it says {self._said[:80]!r}" if self._said else "it has said nothing yet"

    def take_unshown(self) -> list[tuple[ev.Event, worker_log.LogRecord]]:
        """The events read since the last call, each with its log record."""
        return [self.unshown.popleft() for _ in range(len(self.unshown))]

    def __repr__(self) -> str:
        state = "running" if self.alive else f"ended with status {self.process.status}"
        frozen = ", frozen" if self.alive and self.frozen else ""
        return f"Worker {self.name} (process {self.process.pid}), {state}{frozen}"


def logged(lives: Iterable[Worker]) -> Iterator[LogLine]:
    """The lines of all logs of these workers, as they were written so far."""
    for worker in lives:
        yield from log_lines(worker.name, worker.log.stem, worker.output(), worker.started)


Which = Worker | str | int
"""A worker, or its name as a string or a number, which means the newest process of that name."""


def shown(event: ev.Event, record: worker_log.LogRecord, seconds: float) -> str:
    """A record as text: the worker's name, the seconds of the run when it was written, the time of
    day and the words. Tables have no frames, and member ids are shortened."""
    prefix = f"{event.worker} {moment(seconds, event.time)} "
    first, *rest = UUID.sub(r"\1…", record.text).splitlines()
    rows = [line for line in rest if not TABLE_FRAME.match(line)]
    return "\n".join([prefix + first, *(" " * len(prefix) + line for line in rows)])
