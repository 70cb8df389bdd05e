"""A Faust worker inside the notebook's own kernel, to ask it questions while it runs.

The playbook's worker is a process of its own, and all we know of it is what it prints. Here the
same `leader.py` runs on the event loop that the kernel already has. A cell that merely waits would
hold up that loop, and the worker with it; nest-asyncio lets a plain function run the loop while it
waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

import nest_asyncio2

from electionlab.blocks import Startable
from electionlab.errors import LabError
from electionlab.kafka import Kafka
from electionlab.places import PROJECT
from electionlab.waiting import wait_until

T = TypeVar("T")


class InsideWorker(Startable):
    """leader.py's application, started in this interpreter. It has no web server.

    `app` is the Faust application itself, `printed` what it has printed: a notebook would show that
    under the cell that started the worker, wherever you look.
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

        Started already: nothing happens. Raises LabError if no partitions come `within` seconds.
        """
        if self.app is not None:
            return self
        self._loop = _this_loop()
        nest_asyncio2.apply(self._loop)
        module = _fresh_module(self.folder)
        module.print = lambda *words: self.printed.append(" ".join(map(str, words)))
        self.app = module.app
        self._data = tempfile.mkdtemp(prefix="electionlab-inside-")
        self.app.conf.datadir = self._data
        self.app.conf.web_enabled = False
        try:
            self.run(self.app.start())
            self.wait(
                lambda: self.assignment,
                within=within,
                why=lambda: "the worker in this kernel was given no partition. Does Kafka run?",
            )
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the worker; it leaves the group. Stopped already is fine."""
        app, self.app = self.app, None
        if app is not None:
            with contextlib.suppress(asyncio.CancelledError):
                self.run(app.stop())
        if self._data:
            shutil.rmtree(self._data, ignore_errors=True)
            self._data = None

    @property
    def is_leader(self) -> bool:
        """What `on_leader=True` asks before each run."""
        return bool(self._running().is_leader())

    @property
    def assignment(self) -> dict[str, list[int]]:
        """The partitions that this worker holds now, by topic."""
        held: dict[str, list[int]] = {}
        for topic, number in sorted(self._running().consumer.assignment()):
            held.setdefault(topic, []).append(number)
        return held

    @property
    def generation(self) -> int:
        """The generation of the group in which it got them."""
        return int(self._running().consumer_generation_id)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end while the worker goes on, from a plain function."""
        assert self._loop
        return self._loop.run_until_complete(work)

    def wait(
        self,
        condition: Callable[[], T | None],
        *,
        within: float,
        why: Callable[[], str] | None = None,
    ) -> T:
        """Wait until `condition` is true while the worker goes on. LabError after `within` s."""
        return wait_until(
            condition, within=within, why=why or (lambda: repr(self)), pause=self.pause
        )

    def pause(self, seconds: float) -> None:
        """Let time pass while the worker goes on. `time.sleep` would make it stand still."""
        self.run(asyncio.sleep(seconds))

    def _running(self) -> Any:
        if self.app is None:
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
    """The kernel's loop; a new one where none runs."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.new_event_loop()


def _fresh_module(folder: Path) -> Any:
    """leader.py, loaded anew: an application starts only once."""
    sys.modules.pop("leader", None)
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("leader")
    finally:
        sys.path.remove(str(folder))
