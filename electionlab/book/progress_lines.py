"""What a build prints while it executes pages, on standard error: a line for each page that is
done, with its seconds, and on a terminal, below them, one line that is updated in place.

Pages are executed by several processes, and one more, which only prints, hears from all of them
through a pipe how far they are. It ends when nobody is left who could tell it anything.
"""

from __future__ import annotations

import contextlib
import json
import logging
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

EVERY_S = 1.0
CLEAR = "\r\033[K"
STDERR = 2


@dataclass
class Running:
    """A page that is being executed: which of its code cells, since when by `time.monotonic()`, and
    how many seconds it took in an earlier build, if there was one."""

    name: str
    cell: int
    cells: int
    begun: float
    expected_s: float | None = None

    def seconds(self, now: float) -> str:
        """`40 s of about 120`; without an earlier build `40 s`."""
        about = f" of about {self.expected_s:.0f}" if self.expected_s else ""
        return f"{now - self.begun:.0f} s{about}"


def done(page: Running, now: float, succeeded: bool) -> str:
    """The line for a page that was executed."""
    about = f" (about {page.expected_s:.0f} expected)" if page.expected_s else ""
    if succeeded:
        return f"{page.name}: {page.cells} cells in {now - page.begun:.0f} s{about}"
    return f"{page.name}: failed in cell {page.cell} of {page.cells} after {page.seconds(now)}"


def going(pages: Iterable[Running], now: float, columns: int) -> str:
    """One line for the pages that are being executed: in full if there is room for it."""
    listed = list(pages)
    full = "; ".join(
        f"{page.name}: cell {page.cell} of {page.cells}, {page.seconds(now)}" for page in listed
    )
    if len(full) < columns:
        return full
    short = "; ".join(
        f"{page.name.rpartition('/')[2]} {page.cell}/{page.cells}, {page.seconds(now)}"
        for page in listed
    )
    return short[: columns - 1]


class ProgressLines:
    """How far the pages of one build are. `path` keeps the seconds that each took, for the next
    build to expect."""

    def __init__(self) -> None:
        self._tell: Connection | None = None

    def start(self, path: Path) -> None:
        """Begin to print. Forks, so no other thread may run."""
        fork = multiprocessing.get_context("fork")
        listen, self._tell = fork.Pipe(duplex=False)
        self._printer = fork.Process(target=self._print, args=(listen, path), daemon=True)
        self._printer.start()
        listen.close()

    def cell(self, page: str, cell: int, cells: int) -> None:
        """A page's code cell is about to be executed; the first is number 1, and 0 is before it."""
        self._say(page, cell, cells)

    def end(self, page: str, succeeded: bool) -> None:
        """A page was read. If nothing of it was executed, nothing is printed."""
        self._say(page, 0, 0, succeeded)

    def finish(self) -> None:
        """All pages were read."""
        if self._tell is not None:
            self._tell.close()
            self._tell = None
            self._printer.join(10)

    def _say(self, page: str, cell: int, cells: int, succeeded: bool | None = None) -> None:
        if self._tell is not None:
            with contextlib.suppress(OSError):  # whoever prints was ended
                # So short that writers do not get into each other's way
                self._tell.send((page, cell, cells, succeeded))

    def _print(self, listen: Connection, path: Path) -> None:
        if self._tell is not None:
            self._tell.close()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sys.exit())
        follow(listen, path)


def follow(listen: Connection, path: Path) -> None:
    """Print what arrives until nobody is left to send anything."""
    took = _read(path)
    pages: dict[str, Running] = {}
    on_terminal = os.isatty(STDERR)
    try:
        while True:
            if listen.poll(EVERY_S):
                name, cell, cells, succeeded = listen.recv()
                now = time.monotonic()
                if succeeded is None:
                    begun = pages[name].begun if name in pages and cell else now
                    pages[name] = Running(name, cell, cells, begun, took.get(name))
                elif page := pages.pop(name, None):
                    _write((CLEAR if on_terminal else "") + done(page, now, succeeded) + "\n")
                    if succeeded:
                        took[name] = round(now - page.begun, 1)
            if on_terminal and pages:
                columns = shutil.get_terminal_size().columns
                _write(CLEAR + going(pages.values(), time.monotonic(), columns))
    except EOFError:
        with contextlib.suppress(OSError):
            path.write_text(json.dumps(took, indent=1), encoding="utf-8")
    finally:
        if on_terminal:
            _write(CLEAR)


class ClearLine(logging.Filter):
    """Lets a warning begin on a line of its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        if os.isatty(STDERR) and record.levelno >= logging.WARNING:
            _write(CLEAR)
        return True


def _read(path: Path) -> dict[str, float]:
    with contextlib.suppress(OSError, ValueError):
        took = json.loads(path.read_text(encoding="utf-8"))
        return took if isinstance(took, dict) else {}
    return {}


def _write(text: str) -> None:
    with contextlib.suppress(OSError):  # who read this has gone
        os.write(STDERR, text.encode(errors="replace"))
