"""What the buttons of a panel do to a run, each in a thread of its own.

Nothing here holds up the notebook: starting a worker takes seconds, and meanwhile another one can
be killed.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable
from typing import Protocol

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.lab.lab import Lab
from electionlab.lab.signals import said_to
from electionlab.lab.workers import Workers

MOST = 8
"""Workers that run at once in a run that is no lab: a topic has so many partitions."""

DONE = {
    "interrupt": "Ctrl+C was sent to {worker}.",
    "kill": "{worker} was killed with kill -9.",
    "freeze": "{worker} was frozen.",
    "thaw": "{worker} was thawed.",
    "cut": "The network of {worker} was cut.",
    "heal": "The network of {worker} was healed.",
    "start": "{worker} was started, and is ready.",
}
"""The acts on a worker, and what is said once each was done."""


class Says(Protocol):
    """Shows a sentence in the panel; `is_error` if an act failed."""

    def __call__(self, words: str, *, is_error: bool = False) -> None: ...


class Acts:
    """The acts on a run; `says` is called from their threads."""

    def __init__(self, run: Workers | Lab, says: Says) -> None:
        self._run, self._says = run, says
        self._starting: set[str] = set()
        self._lock = threading.Lock()

    def press(self, act: str, worker: str = "") -> threading.Thread:
        """Do an act of `DONE` to a worker, or `add` one. Returns the thread that does it."""
        do: Callable[[], None] = self._add if act == "add" else lambda: self._do(act, worker)
        thread = threading.Thread(target=self._guarded, args=[do], daemon=True)
        thread.name = f"electionlab panel: {act} {worker}".rstrip()
        thread.start()
        return thread

    def _guarded(self, do: Callable[[], None]) -> None:
        try:
            do()
        except LabError as error:
            self._says(one_line(str(error)), is_error=True)
        except Exception as error:  # a button that fails silently would seem to have worked
            self._says(one_line(f"{type(error).__name__}: {error}"), is_error=True)

    def _do(self, act: str, worker: str) -> None:
        if act not in DONE or not hasattr(self._run, act):
            raise LabError(f"There is no act {act!r} here.")
        if act == "start":
            self._start(worker, lambda: self._run.start(worker))
            return
        heard: list[str] = []
        with said_to(heard.append):
            getattr(self._run, act)(worker)
        self._says(" ".join(heard) or DONE[act].format(worker=worker))

    def _add(self) -> None:
        run = self._run

        def start() -> None:
            if isinstance(run, Lab):
                run.add()
            else:
                commands = [worker.command for worker in run.lives]
                run.start(next_command(commands, len(run.running())))

        self._start("one more", start)

    def _start(self, what: str, start: Callable[[], object]) -> None:
        """Start a worker; a second press meanwhile starts no second one."""
        with self._lock:
            if what in self._starting:
                self._says(f"{_worker(what)} is already being started.")
                return
            self._starting.add(what)
        before = {worker.process.pid for worker in self._run.lives}
        self._says(f"{_worker(what)} is being started. That takes some seconds.")
        heard: list[str] = []
        try:
            with said_to(heard.append):
                start()
        finally:
            with self._lock:
                self._starting.discard(what)
        lives = [worker for worker in self._run.lives if worker.process.pid not in before]
        done = [DONE["start"].format(worker=worker.name) for worker in lives]
        self._says(" ".join(heard or done))


def next_command(commands: list[str], running: int) -> str:
    """The command line of one worker more: the newest one's, with the next port that is free.
    LabError if no worker was started yet, or if `MOST` of them run."""
    if not commands:
        raise LabError("No worker was started yet: run the cell that starts them.")
    if running >= MOST:
        raise LabError(f"{MOST} workers run already, and more would be given no partition.")
    port = re.compile(r"(--web-port[= ])(\d+)")
    taken = [int(match[2]) for command in commands if (match := port.search(command))]
    free = next(n for n in itertools.count(max(taken) + 1) if not ports.is_taken(n))
    return port.sub(rf"\g<1>{free}", commands[-1])


def one_line(words: str) -> str:
    """The first line of an error's message: what follows it is an excerpt of a log."""
    first = words.strip().partition("\n")[0]
    return first if len(first) <= 300 else f"{first[:299]}…"


def _worker(what: str) -> str:
    return "One worker more" if what == "one more" else f"Worker {what}"
