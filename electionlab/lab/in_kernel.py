"""A Faust worker inside the notebook's own kernel, to ask it questions while it runs.

The playbook's worker is a process of its own, and all we know of it is what it prints. Here the
same `leader.py` runs on the kernel's own event loop. A cell that merely waits would block that
loop, and the worker with it; nest-asyncio lets a plain function run the loop while it waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

import nest_asyncio2

from electionlab.errors import LabError
from electionlab.host import cells
from electionlab.host.folders import PROJECT
from electionlab.host.interrupts import held_back
from electionlab.host.lifecycle import Startable
from electionlab.host.waiting import wait_until
from electionlab.kafka import membership
from electionlab.kafka.kafka import Kafka
from electionlab.lab import environment

T = TypeVar("T")
OTHER_THREAD_WAITS_S = 15.0  # for the kernel's loop, which a cell may block
MODULE = "leader"  # an interpreter has one module of this name, and so one such worker


class InsideWorker(Startable):
    """leader.py's application, started in this interpreter. It has no web server.

    `app` is the Faust application itself, `printed` the lines it has printed: a notebook would show
    those under the cell that started the worker, wherever you are by then.
    """

    def __init__(self, kafka: Kafka, folder: Path = PROJECT) -> None:
        self.kafka = kafka
        self.folder = folder
        self.app: Any = None
        self.printed: list[str] = []
        self._data: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, within: float = 60.0) -> Self:
        """Start the worker and wait until it has joined the group. Returns itself.

        Does nothing if it is already running. Another one in this interpreter is stopped first.
        Raises LabError if it crashes, or has been assigned no partitions after `within` seconds.
        """
        if self.app is not None:
            return self
        cells.make_room(self, [MODULE])
        self.kafka.require_alive()
        self.ended_in_absence = ""
        self._loop = _this_loop()
        nest_asyncio2.apply(self._loop)
        with environment.without_settings():
            module = _fresh_module(self.folder)
            module.print = lambda *words: self.printed.append(" ".join(map(str, words)))
            self.app = module.app
            self._data = tempfile.mkdtemp(prefix="electionlab-inside-")
            self.app.conf.datadir = self._data  # Faust reads its settings here
        self.app.conf.web_enabled = False
        try:
            self.run(self.app.start())
            self.wait(
                lambda: self.assignment,
                within=within,
                why=lambda: "the worker in this kernel was given no partitions. Is Kafka running?",
            )
            membership.require_member(
                self.kafka.witness,
                self.app.conf.id,
                self._member_id,
                joined=lambda: f"its program says {', '.join(map(str, self.app.conf.broker))}",
                pause=self.pause,
            )
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the worker; it leaves the group. Does nothing if already stopped."""
        app, self.app = self.app, None
        if app is not None:
            with contextlib.suppress(asyncio.CancelledError):
                self.run(app.stop())
        if self._data:
            shutil.rmtree(self._data, ignore_errors=True)
            self._data = None
        cells.forget(self)

    @property
    def holds(self) -> set[object]:
        return {MODULE} if self.app is not None else set()

    @property
    def title(self) -> str:
        return "the worker in this kernel"

    @property
    def is_leader(self) -> bool:
        """Whether it leads: what `on_leader=True` asks before each run."""
        return bool(self._running().is_leader())

    @property
    def assignment(self) -> dict[str, list[int]]:
        """The partitions that this worker holds now: their numbers by topic."""
        held: dict[str, list[int]] = {}
        for topic, number in sorted(self._running().consumer.assignment()):
            held.setdefault(topic, []).append(number)
        return held

    @property
    def generation(self) -> int:
        """The generation of the group in which it got its partitions."""
        return int(self._running().consumer_generation_id)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, from a plain function, while the worker keeps running."""
        assert self._loop
        if threading.current_thread() is not threading.main_thread() and self._loop.is_running():
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(OTHER_THREAD_WAITS_S)
        return self._loop.run_until_complete(work)

    def wait(
        self,
        condition: Callable[[], T | None],
        *,
        within: float,
        why: Callable[[], str] | None = None,
    ) -> T:
        """Wait until `condition` is true, and return its value; the worker keeps running. LabError
        after `within` seconds, or if the worker crashes."""

        def holds() -> T | None:
            self._require_not_crashed()
            return condition()

        return wait_until(
            holds,
            within=within,
            why=why or (lambda: repr(self)),
            pause=self.pause,
            what="the worker in this kernel",
            now=lambda: repr(self),
        )

    def pause(self, seconds: float) -> None:
        """Let time pass while the worker keeps running. `time.sleep` would stop the worker too."""
        self.run(asyncio.sleep(seconds))

    def _member_id(self) -> str:
        # Faust exposes much of its consumer, but not the id under which it has joined.
        return str(self.app.consumer._thread._consumer._coordinator.member_id)

    def _require_not_crashed(self) -> None:
        """Faust's services keep whatever ends one of their tasks, a press of the stop button
        too."""
        reason = self._running().crash_reason
        if isinstance(reason, KeyboardInterrupt):
            raise KeyboardInterrupt
        if reason is not None:
            raise LabError(f"The worker in this kernel has crashed: {reason!r}. Start it again.")

    def _running(self) -> Any:
        if self.app is None:
            self.require_not_ended_in_absence()
            raise LabError("The worker in this kernel is not running. Call start() first.")
        return self.app

    def __repr__(self) -> str:
        if self.app is None:
            return "A worker inside this kernel, not running"
        role = "the leader" if self.is_leader else "not the leader"
        return (
            f"A worker inside this kernel, {role}, generation {self.generation}, "
            f"holding {self.assignment}"
        )


def _this_loop() -> asyncio.AbstractEventLoop:
    """The kernel's loop, or a new one where none runs."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.new_event_loop()


def _fresh_module(folder: Path) -> Any:
    """leader.py, loaded afresh: an application can start only once."""
    sys.modules.pop(MODULE, None)
    sys.path.insert(0, str(folder))
    try:
        with held_back():  # an import that is interrupted halfway makes the next one fail
            return importlib.import_module(MODULE)
    finally:
        sys.path.remove(str(folder))
