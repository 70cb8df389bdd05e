"""Ends what a notebook has started once no browser has been connected to it for a while.

A kernel outlives the browser that it was started from, and so would its brokers and workers. The
Jupyter server that started the kernel knows who is connected to it, so a thread of this kernel asks
the server; that works however the server was started. Only time without a connection counts, so the
reader may read for a long time, reload the page or close the lid: a sleeping machine does not ask,
and the time it slept is not counted. Nor is time while a cell runs.

Without such a server (in a build, nbconvert or a terminal) nothing is watched: there the kernel
itself ends with whatever started it. Nor is anything counted if the server does not answer, for
instance because it wants a password.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from electionlab.errors import LabError
from electionlab.host import cells
from electionlab.host.lifecycle import Stoppable

VARIABLE = "ELECTIONLAB_CULL_S"
LIMIT_S = 900.0
"""Seconds without a browser until things are ended, unless ELECTIONLAB_CULL_S is set. 0: never."""
POLL_S = 5.0
ANSWER_S = 10.0

_started = threading.Lock()


@dataclass(frozen=True)
class Server:
    """The Jupyter server that started this kernel: the address at which it answers about the
    kernel, and the token it asks for."""

    address: str
    token: str

    def is_attended(self) -> bool | None:
        """Whether anybody is connected to the kernel, or a cell is running in it. None if the
        server does not say."""
        headers = {"Authorization": f"token {self.token}"} if self.token else {}
        try:
            # No proxy: the server is on this machine.
            opener = build_opener(ProxyHandler({}))
            with opener.open(Request(self.address, headers=headers), timeout=ANSWER_S) as answer:
                kernel = json.load(answer)
            return bool(kernel["connections"]) or kernel["execution_state"] == "busy"
        except (OSError, ValueError, KeyError, TypeError):
            return None


def find_server(connection_file: Path, pid: str) -> Server | None:
    """The server with this process id, from the file that it writes beside a kernel's connection
    file. None if there is no such file, or the server listens on no port."""
    try:
        about = json.loads((connection_file.parent / f"jpserver-{pid}.json").read_text("utf-8"))
        url, token, socket = about["url"], about["token"], about.get("sock")
    except (OSError, ValueError, KeyError):
        return None
    if socket or not url.startswith("http"):
        return None
    kernel = connection_file.stem.removeprefix("kernel-")
    # Our requests do not count as activity of the server.
    return Server(f"{url.rstrip('/')}/api/kernels/{kernel}?no_track_activity=1", token)


class Absence:
    """Counts the seconds during which nobody has been connected."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.every_s = min(POLL_S, limit_s / 3)
        self.seconds = 0.0

    def note(self, attended: bool | None, passed_s: float) -> bool:
        """Add one observation, made `passed_s` seconds after the last. Returns whether the limit is
        reached; if so, the count starts over. An observation that comes much too late adds no more
        than twice the usual time: the machine slept in between."""
        if attended:
            self.seconds = 0.0
        elif attended is False:
            self.seconds += min(passed_s, 2 * self.every_s)
        if self.seconds < self.limit_s:
            return False
        self.seconds = 0.0
        return True


def limit_s() -> float:
    """Seconds without a browser after which to end what was started. LabError if the setting is not
    a number of seconds."""
    setting = os.environ.get(VARIABLE, "") or str(LIMIT_S)
    with contextlib.suppress(ValueError):
        if (seconds := float(setting)) >= 0:
            return seconds
    raise LabError(
        f"{VARIABLE} is {setting!r}, which is not a number of seconds. It says for how long a "
        f"notebook may have no browser until its Kafka and workers are ended: {LIMIT_S:g} if not "
        "set, and 0 for never."
    )


def watch() -> None:
    """Start watching who is connected, if this is a notebook's kernel. Does nothing if already
    started."""
    limit = limit_s()
    shell = cells.shell(any_thread=True)
    if not limit or shell is None or not _started.acquire(blocking=False):
        return
    from ipykernel.connect import get_connection_file  # only a kernel has it

    server = find_server(Path(get_connection_file()), os.environ.get("JPY_PARENT_PID", ""))
    if server:
        arguments = (server.is_attended, Absence(limit), shell)
        threading.Thread(target=_watch, args=arguments, daemon=True).start()


def _watch(is_attended: Callable[[], bool | None], absence: Absence, shell: Any) -> None:
    last = time.monotonic()
    while True:
        time.sleep(absence.every_s)
        now = time.monotonic()
        if absence.note(is_attended(), now - last):
            words = end(cells.running(), absence.limit_s)
            if words:
                _say_in_next_cell(shell, words)
        last = now


def end(things: Sequence[Stoppable], limit_s: float) -> str:
    """Stop all of these, dependents first. Each keeps the reason, for whoever uses it again.
    Returns that reason; empty if there was nothing to stop."""
    if not things:
        return ""
    kafkas = [getattr(thing, "kafka", None) for thing in things]
    workers_first = sorted(things, key=lambda thing: any(thing is kafka for kafka in kafkas))
    titles = [thing.title for thing in workers_first]
    words = (
        f"Ended {time.strftime('at %H:%M on %Y-%m-%d')}, after {_minutes(limit_s)} without a "
        f"browser: {', '.join(titles)}. What was recorded until then is still here. To start "
        "again, run the cells from the one that starts Kafka or the labs (Run > Run All Above "
        f"Selected Cell). {VARIABLE} sets how many seconds to wait."
    )
    for thing in workers_first:
        thing.ended_in_absence = words
        with contextlib.suppress(Exception):  # one that fails must not keep the others running
            thing.stop()
        cells.forget(thing)
    return words


def _say_in_next_cell(shell: Any, words: str) -> None:
    def say(*_: object) -> None:
        shell.events.unregister("pre_run_cell", say)
        print(words)

    shell.events.register("pre_run_cell", say)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} s"
