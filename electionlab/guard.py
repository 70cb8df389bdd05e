"""Runs one command, and lets it outlive neither this guard's owner nor this guard.

A broker or a worker is never a direct child of the notebook, the build or `make kafka`. Between
them stands this small program, in a session of its own, so that Ctrl+C in a terminal and the
interrupt button of a notebook reach the owner alone. Every 0.2 s it asks whether its owners still
live; when one is gone, however it went, the command is ended and its folders are removed.

It is run as a file, by an interpreter without site-packages, so it imports the standard library
alone. Its only argument is a JSON object:

    owners   process ids; the first must be the guard's own parent
    command  the command and its arguments
    log      the file to which the command's joined output is appended
    remove   folders to remove once the command is gone
    grace_s  seconds between SIGTERM and SIGKILL

The first line on standard output is the command's process id, or `error: …` where it did not start.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

POLL_S = 0.2
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def alive(pid: int) -> bool:
    """Whether a process runs. One that has ended and that nobody has waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # Linux: `pid (name) state …`, and a name may hold anything, parentheses too
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return True


def owners_alive(owners: list[int]) -> bool:
    # A parent that died leaves its children to another: the parent's id changes at once, which no
    # reuse of process ids can hide.
    return os.getppid() == owners[0] and all(alive(pid) for pid in owners[1:])


def end(child: subprocess.Popen[bytes], grace_s: float) -> None:
    child.terminate()
    try:
        child.wait(grace_s)
    except subprocess.TimeoutExpired:
        child.kill()  # ends a stopped (frozen) process too


def watch(
    owners: list[int], asked: threading.Event, child: subprocess.Popen[bytes], grace_s: float
) -> None:
    while owners_alive(owners) and not asked.wait(POLL_S):
        pass
    end(child, grace_s)


def die_with_guard() -> None:
    """Linux: the command is killed when the guard itself is killed with -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> int:
    order = json.loads(sys.argv[1])
    owners, grace_s = order["owners"], order["grace_s"]
    child = None
    try:
        with Path(order["log"]).open("ab") as log:
            child = subprocess.Popen(
                order["command"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_guard,  # noqa: PLW1509, no thread runs yet
                process_group=0,
            )
    except OSError as error:
        print(f"error: {error}", flush=True)
    else:
        asked = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: asked.set())
        threading.Thread(target=watch, args=(owners, asked, child, grace_s), daemon=True).start()
        with contextlib.suppress(BrokenPipeError):  # the owner died just now; the watch sees it
            print(child.pid, flush=True)
        child.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # whatever the command itself had started
    for folder in order["remove"]:
        shutil.rmtree(folder, ignore_errors=True)
    if child is None:
        return 127
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    status = main()
    # The interpreter must not complain about an owner that no longer reads.
    os._exit(status)
