"""A lock that one process holds at a time.

The kernel's lock (flock) belongs to an open file, not to a process. The guards of what a run
started inherit that file, so the lock is free only once the last of them is gone: a run that was
killed with -9 does not give up ports that are still in use.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from electionlab.errors import file_errors
from electionlab.host import disks
from electionlab.host.owners import build_name, outer_owners
from electionlab.host.progress import say
from electionlab.host.waiting import wait_until

SAY_EVERY_S = 60.0
POLL_S = 0.2


class Lock:
    """A lock that one process holds at a time. One object for each interpreter, which counts how
    often it was acquired.

    `what` names what is done under the lock, as in "Waiting for …".
    """

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        self.what = what
        self._descriptor: int | None = None
        self._count = 0

    @property
    def descriptors(self) -> list[int]:
        """The file descriptors that a guard inherits to hold the lock along with us."""
        return [] if self._descriptor is None else [self._descriptor]

    def holder(self) -> str:
        """Who holds the lock, in words."""
        entry = self._read()
        try:
            words = f"process {entry['pid']} ({entry['command']}), since {entry['since']}"
        except KeyError:
            return "another process"
        if not psutil.pid_exists(entry["pid"]):
            words += "; that process has ended, and what it started is being stopped"
        return words

    def acquire_in_turn(self) -> None:
        """Take the lock, waiting for its holder as long as it takes.

        Says on standard error who that is, at once and then every minute; says nothing while
        another page of the same build holds it, since the pages follow one another. Raises LabError
        when an owner of this process (`make`) has ended.
        """
        self._acquire(math.inf)

    def release(self) -> None:
        """Undo one `acquire`. The last release frees the lock."""
        if self._count == 0:
            return
        self._count -= 1
        if self._count == 0 and self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _acquire(self, within: float, advice: str = "") -> None:
        """Count one more acquisition; the first takes the lock, which may take `within` seconds."""
        if self._count == 0:
            with self._opened() as descriptor:
                self._wait(descriptor, within, advice)
            self._descriptor = descriptor
        self._count += 1

    def _wait(self, descriptor: int, within: float, advice: str) -> None:
        said = -math.inf

        def is_ours() -> bool:
            nonlocal said
            if try_lock(descriptor):
                return True
            outer_owners()  # raises when make is gone
            is_due = within and time.monotonic() - said >= SAY_EVERY_S
            if is_due and not self._held_by_our_build():
                limit = "" if within == math.inf else f", {within:g} s at most"
                say(f"Waiting for {self.what} to end{limit}: {self.holder()}.")
                said = time.monotonic()
            return False

        wait_until(
            is_ours,
            within=within,
            why=lambda: f"{self.what} is still being run by {self.holder()}. {advice}",
            every=POLL_S,
        )

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """The lock's open file. If the block succeeds our name is written into it, else it is
        closed."""
        remedy = "Fix the permissions of that file and its folder, or remove it."
        with file_errors(f"The lock {self.path} cannot be opened", remedy):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield descriptor
            entry = {
                "pid": os.getpid(),
                "command": _myself(),
                "since": time.strftime("%H:%M:%S"),
                "build": build_name(),
            }
            with disks.temporary().errors():
                os.ftruncate(descriptor, 0)
                os.write(descriptor, json.dumps(entry).encode())
        except BaseException:
            os.close(descriptor)
            raise

    def _read(self) -> dict[str, Any]:
        """What its holder has written into the file; empty if that cannot be read."""
        with contextlib.suppress(OSError, ValueError):
            entry = json.loads(self.path.read_text(encoding="utf-8"))
            return entry if isinstance(entry, dict) else {}
        return {}

    def _held_by_our_build(self) -> bool:
        return build_name() != "" and self._read().get("build") == build_name()


def try_lock(descriptor: int) -> bool:
    """Take the lock on an open file if nobody holds it. Returns whether that succeeded."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _myself() -> str:
    """This process in words: the notebook it runs (JupyterLab names it), else its command line."""
    notebook = os.environ.get("JPY_SESSION_NAME")
    words = notebook or " ".join(" ".join(psutil.Process().cmdline()[1:]).split())[:60]
    return f"{words}, in {Path.cwd()}"
