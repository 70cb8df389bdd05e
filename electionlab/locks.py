"""One run of the walkthrough at a time: its ports are fixed by the playbook.

The kernel's lock (flock) is held by an open file, not by a process. The guards of what a run
started inherit that file, so the lock is free only when the last of them is gone: a run that was
killed with -9 does not hand over ports that are still in use.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import psutil

from electionlab.waiting import wait_until

BUILD_VARIABLE = "ELECTIONLAB_BUILD"
"""Environment variable: names the build that executes the pages, the same for all of them."""
SAME_BUILD_WAIT_S = 600.0


def _myself() -> str:
    """This process in words: the notebook it runs (JupyterLab tells), else its command line."""
    notebook = os.environ.get("JPY_SESSION_NAME")
    words = notebook or " ".join(psutil.Process().cmdline()[1:])[:60]
    return f"{words}, in {Path.cwd()}"


def _lock_path() -> Path:
    # One file for each user, not for each checkout or cache: the ports are the machine's.
    return Path(tempfile.gettempdir()) / f"electionlab-walkthrough-{os.getuid()}.lock"


class WalkthroughLock:
    """The right to use ports 9092 and 6066-6068. One for each interpreter, counted."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or _lock_path()
        self._descriptor: int | None = None
        self._count = 0

    @property
    def descriptors(self) -> list[int]:
        """What a guard has to inherit to hold the lock with us."""
        return [] if self._descriptor is None else [self._descriptor]

    def holder(self) -> str:
        """Who holds the lock, in words."""
        try:
            told = json.loads(self.path.read_text())
            words = f"process {told['pid']} ({told['command']}), since {told['since']}"
        except (OSError, ValueError, KeyError):
            return "another process"
        if not psutil.pid_exists(told["pid"]):
            words += "; that process has ended and its broker and workers are being ended too"
        return words

    def acquire(self, within: float | None = None) -> None:
        """Take the lock, waiting at most `within` seconds (default 120, or the environment
        variable ELECTIONLAB_LOCK_WAIT_S) for whoever holds it.

        For another page of the same build it waits longer, and without a word: a page shows what
        is said here. Raises LabError that names the holder.
        """
        if self._count == 0:
            wait_s = float(os.environ.get("ELECTIONLAB_LOCK_WAIT_S", "120"))
            self._descriptor = self._open(wait_s if within is None else within)
        self._count += 1

    def release(self) -> None:
        """Give back one `acquire`. The last one frees the lock."""
        if self._count == 0:
            return
        self._count -= 1
        if self._count == 0 and self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self, within: float) -> int:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not self._try(descriptor):
                if within > 0 and self._held_by_our_build():
                    within = max(within, SAME_BUILD_WAIT_S)
                elif within > 0:
                    print(
                        f"The walkthrough is being run by {self.holder()}. "
                        f"Waiting for it to end, {within:g} s at most.",
                        file=sys.stderr,
                    )
                wait_until(
                    lambda: self._try(descriptor),
                    within=within,
                    why=lambda: (
                        f"the walkthrough is still being run by {self.holder()}. It uses "
                        "ports 9092 and 6066-6068, so only one can run at a time. Stop that "
                        "one (in JupyterLab: Kernel > Shut Down Kernel), then try again."
                    ),
                )
            os.ftruncate(descriptor, 0)
            told = {
                "pid": os.getpid(),
                "command": _myself(),
                "since": time.strftime("%H:%M:%S"),
                "build": os.environ.get(BUILD_VARIABLE, ""),
            }
            os.write(descriptor, json.dumps(told).encode())
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _held_by_our_build(self) -> bool:
        ours = os.environ.get(BUILD_VARIABLE)
        try:
            return bool(ours) and json.loads(self.path.read_text())["build"] == ours
        except (OSError, ValueError, KeyError):
            return False

    @staticmethod
    def _try(descriptor: int) -> bool:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False


walkthrough = WalkthroughLock()
