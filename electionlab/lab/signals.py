"""What can be done to a worker by a signal: Ctrl+C, kill -9, freeze and thaw.

Each act can be repeated: if the worker is already in that state, the act says so and does nothing.
So a cell that was interrupted can be run again.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.host.interrupts import held_back
from electionlab.host.wait_line import WaitLine
from electionlab.host.waiting import wait_until
from electionlab.lab.recorder import Recorder
from electionlab.lab.roster import Roster
from electionlab.lab.worker import Which, Worker


class Signals:
    """Signals to the workers of a run, recorded in its history. `which` is a worker, or its name as
    a string or a number (7101). LabError if this run has no such worker, or if the act
    needs a running worker and this one has ended."""

    def __init__(self, recorder: Recorder, roster: Roster) -> None:
        self._recorder, self._roster = recorder, roster

    def interrupt(self, which: Which) -> None:
        """Send SIGINT, as Ctrl+C does. Nothing is sent to a worker that has ended, or is ending
        and not frozen."""
        worker = self._roster.worker(which)
        if worker.alive and worker.ending and not worker.frozen:
            say(f"Worker {worker.name} is already ending: nothing was sent.")
        else:
            self._end(worker, signal.SIGINT, ev.WorkerInterrupted)

    def kill(self, which: Which, *, by: str = "") -> None:
        """Send SIGKILL: kill -9. Nothing is sent to a worker that has ended. `by` is who did it,
        for the history, if not the run's own `by`."""
        self._end(self._roster.worker(which), signal.SIGKILL, ev.WorkerKilled, by)

    def freeze(self, which: Which, *, seconds: float | None = None) -> None:
        """Send SIGSTOP: the process stands still. With `seconds`, wait that long and thaw it;
        without, it stays frozen until `thaw`."""
        worker = self._roster.worker(which)
        if worker.alive and worker.frozen:
            say(f"Worker {worker.name} is already frozen.")
        else:
            self.send(worker, signal.SIGSTOP, ev.WorkerFrozen)
        if seconds is not None:
            try:
                _let_pass(seconds, f"worker {worker.name}, which stands still")
            finally:
                if worker.alive:
                    self.thaw(worker)

    def thaw(self, which: Which) -> None:
        """Send SIGCONT: the process goes on. Nothing is sent to a worker that is not frozen."""
        worker = self._roster.worker(which)
        if worker.alive and not worker.frozen:
            say(f"Worker {worker.name} is not frozen: there is nothing to thaw.")
        else:
            self.send(worker, signal.SIGCONT, ev.WorkerThawed)

    def send(
        self,
        worker: Worker,
        number: signal.Signals,
        kind: type[ev.Event],
        by: str = "",
        **fields: object,
    ) -> None:
        """Send a signal, and record it as an event of this kind. LabError if the worker ended."""
        with held_back():  # an interrupted cell must not leave a signal unrecorded
            before = now()  # whatever follows from the signal is logged after this moment
            worker.process.send(number)
            if kind in (ev.WorkerFrozen, ev.WorkerThawed):
                worker.frozen = kind is ev.WorkerFrozen
            if kind in (ev.WorkerInterrupted, ev.WorkerKilled):
                worker.ending = True
            if kind is ev.WorkerKilled:
                worker.frozen = False  # only this signal ends a process that stands still
            by = by or self._recorder.by
            effective = time.time()
            self._recorder.record_act(
                kind, worker.name, before, by=by, effective=effective, **fields
            )

    def require_alive(self, worker: Worker) -> None:
        """LabError if the worker has ended."""
        if not worker.alive:
            raise LabError(f"{_ended(worker)}: nothing was done to it.")

    def end_all(self, *, within: float, title: str) -> None:
        """Interrupt all workers and wait for their end; kill those that still run after `within`
        seconds. `title` names them while they are waited for."""
        running = self._roster.running()
        self._recorder.feed.quiet = True
        try:
            if running:
                self._recorder.note(ev.RunEnding(time=now(), worker="lab"))
            for worker in running:
                with contextlib.suppress(LabError):  # it has just ended by itself
                    if worker.frozen:
                        self.send(worker, signal.SIGCONT, ev.WorkerThawed)
                    if not worker.ending:
                        self.send(worker, signal.SIGINT, ev.WorkerInterrupted)
            with contextlib.suppress(LabError):
                wait_until(
                    lambda: not any(worker.alive for worker in running),
                    within=within,
                    why=str,
                    what="the workers to end",
                    now=lambda: f"{title} are still running",
                )
        finally:
            for worker in self._roster.values():
                with contextlib.suppress(LabError):
                    if worker.alive:
                        self.send(worker, signal.SIGKILL, ev.WorkerKilled)
                        worker.process.wait(within=5)
            self._recorder.read()
            self._recorder.feed.quiet = False

    def _end(
        self, worker: Worker, number: signal.Signals, kind: type[ev.Event], by: str = ""
    ) -> None:
        try:
            self.send(worker, number, kind, by)
        except LabError:  # it has ended, perhaps just now
            say(f"{_ended(worker)}: nothing was sent.")


def _ended(worker: Worker) -> str:
    return f"Worker {worker.name} has already ended, with status {worker.process.status}"


def _let_pass(seconds: float, what: str) -> None:
    """Let `seconds` pass, while a line says what is awaited."""
    begun = time.monotonic()
    line = WaitLine(what, seconds)
    try:
        while (left := begun + seconds - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))
            line.update()
    finally:
        line.clear()


_listener: ContextVar[Callable[[str], object] | None] = ContextVar("listener", default=None)


@contextlib.contextmanager
def said_to(listener: Callable[[str], object]) -> Iterator[None]:
    """Whatever this thread's acts say during the block goes to `listener`, and is not printed."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def say(sentence: str) -> None:
    """Print a sentence at once, even if the output is a pipe; or tell it to who listens."""
    listener = _listener.get()
    if listener is None:
        print(sentence, flush=True)
    else:
        listener(sentence)


def now() -> float:
    """Unix time in whole milliseconds, as in logs: otherwise an act and a log line of the same
    millisecond could be put in the wrong order."""
    return int(time.time() * 1000) / 1000
