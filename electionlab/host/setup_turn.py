"""Lets one `make` at a time set up .venv; the next one says so, waits, and then finds it ready.

    python -IS setup_turn.py LOCK COMMAND…

Waits for the lock on the file LOCK, then becomes the command, which holds the lock until it ends.
It is run as a file before there is a .venv, so it imports only the standard library.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from pathlib import Path

SAY_EVERY_S = 60.0
POLL_S = 0.2


def acquire(path: Path) -> int:
    """Take the lock, waiting for whoever holds it; returns its descriptor. Says on standard error
    who that is, at once and then every minute."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    said = float("-inf")
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() - said >= SAY_EVERY_S:
                said = time.monotonic()
                holder = path.read_text(encoding="utf-8") or "another process"
                print(f"Waiting for {holder}, which is setting up .venv here.", file=sys.stderr)
            time.sleep(POLL_S)
        else:
            os.ftruncate(lock, 0)
            os.write(lock, f"process {os.getpid()} (since {time.strftime('%H:%M:%S')})".encode())
            return lock


def main(path: str, *command: str) -> None:
    os.set_inheritable(acquire(Path(path)), True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"{error.filename or sys.argv[1]}: {error.strerror}")
