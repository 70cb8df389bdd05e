"""One Faust worker: its process, its log read as it grows, and how a line of it is shown."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

from electionlab import events as ev
from electionlab import records
from electionlab.processes import Process
from electionlab.tail import Tail

TABLE_FRAME = re.compile(r"\+-|\+Topic|\| topic ")  # the lines of a table that say nothing
QUIET_S = 0.1
"""A record is taken for complete when nothing has been added to its log for so long."""


class Worker:
    """One worker process and its log. `name` is its web port, as the playbook tells them apart."""

    def __init__(self, name: str, command: str, process: Process) -> None:
        self.name = name
        self.command = command
        self.process = process
        self.log = process.log
        self.started = time.time()
        self.ready = False  # once Faust has said so, it stays
        self.frozen = False
        self.ending = False  # it was interrupted or killed, and needs a moment to end
        self.unshown: list[tuple[ev.Event, records.LogRecord]] = []
        self._reader = records.RecordReader()
        self._tail = Tail(self.log)
        self._last_growth = time.monotonic()
        self._exit_seen = False

    @property
    def alive(self) -> bool:
        return self.process.alive

    def read(self) -> list[ev.Event]:
        """The events that the log tells of and that were not read before."""
        if self._exit_seen:
            return []
        ended = not self.alive  # asked first: what was written before the end is read below
        text = self._tail.read(to_end=ended)
        now = time.monotonic()
        if text:
            self._last_growth = now
        if ended and text and not text.endswith("\n"):
            text += "\n"  # a worker that was killed may leave its last line without an end
        found = list(self._reader.feed(text))
        if ended or now - self._last_growth > QUIET_S:
            found += self._reader.flush()
        told = [records.parse(record, self.name, self.started) for record in found]
        self.unshown += zip(told, found, strict=True)
        self.ready = self.ready or any(isinstance(event, ev.WorkerReady) for event in told)
        if ended:
            self._exit_seen = True
            status = self.process.status or 0
            told.append(ev.WorkerExited(time=time.time(), worker=self.name, status=status))
        return told

    def output(self) -> str:
        """All that the worker has written so far."""
        return self.log.read_text(errors="replace")

    def take_unshown(self) -> list[tuple[ev.Event, records.LogRecord]]:
        """The events read since this was last asked, each with the record that told of it."""
        taken, self.unshown = self.unshown, []
        return taken

    def __repr__(self) -> str:
        state = "running" if self.alive else f"ended with status {self.process.status}"
        return f"Worker {self.name} (process {self.process.pid}), {state}"


def shown(event: ev.Event, record: records.LogRecord) -> str:
    """A record behind its worker's name and the time of day, tables without their frames."""
    clock = time.strftime("%H:%M:%S", time.localtime(event.time))
    prefix = f"{event.worker} {clock}.{int(event.time % 1 * 1000):03d} "
    first, *rest = record.text.splitlines()
    rows = [line for line in rest if not TABLE_FRAME.match(line)]
    return "\n".join([prefix + first, *(" " * len(prefix) + line for line in rows)])


def program(name: str) -> Path:
    """The program of this environment: the one beside this interpreter, whatever the PATH says."""
    return Path(sys.executable).parent / name
