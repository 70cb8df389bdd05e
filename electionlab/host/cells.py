"""Cells that are run again: what their earlier run started is stopped first.

Running a start cell again means starting over. So everything that listens on a port or runs a
process is registered here with the cell that started it. Whatever an earlier run of the same cell
started, or holds a port that is needed now, is stopped first, and so is whatever depends on it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from electionlab.host.lifecycle import Stoppable
from electionlab.host.owners import build_name


@dataclass(frozen=True)
class Execution:
    """One run of a cell: the cell's id in JupyterLab, or else its text, and the run's id."""

    cell: str
    run: str


def shell(*, any_thread: bool = False) -> Any:
    """IPython's shell in a notebook's kernel; None elsewhere, and outside the main thread."""
    ipython = sys.modules.get("IPython")
    if not any_thread and threading.current_thread() is not threading.main_thread():
        return None
    interpreter = ipython and ipython.get_ipython()
    return interpreter if hasattr(interpreter, "kernel") else None


def is_live() -> bool:
    """Whether a reader runs this in a notebook: no command, and no build."""
    return shell(any_thread=True) is not None and not build_name()


def execution() -> Execution | None:
    """The run of the cell that is being executed; None outside a notebook."""
    interpreter = shell()
    request = interpreter.get_parent() if interpreter else {}
    code = request.get("content", {}).get("code")
    if code is None:
        return None
    return Execution(request.get("metadata", {}).get("cellId") or code, request["header"]["msg_id"])


_running: list[tuple[Stoppable, Execution | None]] = []
_lock = threading.RLock()


def make_room(thing: Stoppable, needs: Iterable[object]) -> None:
    """Before `thing` starts, stop whatever it replaces among the things this interpreter has
    started. `needs` is what only one thing can have at a time, as in `holds`. `thing` is registered
    until `forget`."""
    current, needed = execution(), set(needs)
    with _lock:
        former = [
            other
            for other, started in _running
            if other is not thing and (needed & other.holds or _replaces(current, started))
        ]
    _stop(former)
    with _lock:
        if thing not in running():
            _running.append((thing, current))


def _replaces(current: Execution | None, started: Execution | None) -> bool:
    """Whether `current` is another run of the same cell as `started`."""
    return bool(current and started and current.cell == started.cell and current.run != started.run)


def keep(*things: Stoppable) -> None:
    """From now on these belong to no cell: another run of the one that started them uses them."""
    with _lock:
        _running[:] = [(t, None if t in things else started) for t, started in _running]


def forget(thing: Stoppable) -> None:
    """Unregister something that has been stopped."""
    with _lock:
        _running[:] = [entry for entry in _running if entry[0] is not thing]


def running() -> list[Stoppable]:
    """What this interpreter has started and not stopped."""
    with _lock:
        return [thing for thing, _ in _running]


def _stop(former: list[Stoppable]) -> None:
    dependent = [thing for thing in running() if getattr(thing, "kafka", None) in former]
    titles = []
    for thing in [*dependent, *(thing for thing in former if thing not in dependent)]:
        if thing in running():
            titles.append(thing.title)
            thing.stop()
            forget(thing)
    if titles:
        print(f"Starting over. Stopped what was started here before: {', '.join(titles)}.")
