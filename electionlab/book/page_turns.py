"""Pages that are executed side by side while Sphinx reads them.

Sphinx reads each page in a forked process of its own. Before a page is executed it takes its turn
here: the pages that use the playbook's ports (the lane) follow one another, and those that say
`ports: own` in their front matter (a notebook in its metadata) run beside them, a few at once.
Those that say `seconds: …` there, about how long they run, begin before the others.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from electionlab.host import load

AT_ONCE = 3
"""Pages executed at once: as many as two cores and 4 GB can run. Mostly they wait."""

POLL_S = 0.2


@dataclass(frozen=True)
class Page:
    """What has to be known about a page before it is read. `cells` is how many it has to
    execute, `own_ports` whether it leaves the playbook's ports alone, `both_kafkas` whether it also
    starts the Kafka with ZooKeeper, `seconds` about how long it runs, by its own account (0 if it
    does not say)."""

    name: str
    cells: int
    own_ports: bool = False
    both_kafkas: bool = False
    seconds: float = 0

    @property
    def runs(self) -> bool:
        return self.cells > 0


def look(name: str, path: Path) -> Page:
    """Look at a page's source: MyST Markdown, or a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        notebook = json.loads(text)
        cells = sum(cell["cell_type"] == "code" for cell in notebook["cells"])
        own = notebook["metadata"].get("ports") == "own"
        seconds = notebook["metadata"].get("seconds", 0)
    else:
        head = re.match(r"---\n(.*?)^---$", text, re.DOTALL | re.MULTILINE)
        cells = text.count("{code-cell}") if head else 0
        own = bool(head and re.search(r"^ports: *own$", head[1], re.MULTILINE))
        said = head and re.search(r"^seconds: *(\d+)$", head[1], re.MULTILINE)
        seconds = int(said[1]) if said else 0
    return Page(name, cells, own, "ZooKeeperWay" in text, seconds)


class Turns:
    """Which page may be executed when: shared by the processes that read them.

    `at_once` is two or more. The lane counts as one page, until the last of its pages is done. On a
    busy machine fewer run, as found before each page, but one page may always run beside the lane;
    with `on_any_machine`, as many run as `at_once` says.
    """

    def __init__(
        self, pages: Iterable[Page], at_once: int, *, on_any_machine: bool = False
    ) -> None:
        known = list(pages)
        # Those whose second Kafka may not be ready yet come last.
        lane = sorted((p for p in known if p.runs and not p.own_ports), key=lambda p: p.both_kafkas)
        self._lane = [page.name for page in lane]
        # The longest first, or one of them might run on alone at the end.
        beside = sorted(
            (page for page in known if page.runs and page.own_ports),
            key=lambda page: (-page.seconds, -page.cells),
        )
        self._beside = [page.name for page in beside]
        self._others = [page.name for page in known if not page.runs]
        fork = multiprocessing.get_context("fork")
        self._gates = [fork.Semaphore(1 if place == 0 else 0) for place in range(len(lane))]
        self._room = fork.Semaphore(at_once - 1 if lane else at_once)
        self._going = fork.Value("i", 0)  # how many run beside the lane
        self._begun = fork.Value("i", 0)  # how many of those have begun
        self._on_any_machine = on_any_machine

    @property
    def order(self) -> list[str]:
        """All pages by name, in the order in which they must begin."""
        return [*self._lane, *self._beside, *self._others]

    def take(self, name: str) -> None:
        """Wait until this page may be executed."""
        if name in self._lane:
            self._gates[self._lane.index(name)].acquire()
        elif name in self._beside:
            while self._begun.value != self._beside.index(name):  # the longest would come at last
                time.sleep(POLL_S)
            self._room.acquire()
            while not self._begins_beside():
                time.sleep(POLL_S)
            self._begun.value += 1

    def _begins_beside(self) -> bool:
        with self._going.get_lock():
            begins = self._on_any_machine or self._going.value == 0 or load.has_room()
            self._going.value += begins
        return begins

    def yields(self, name: str) -> bool:
        """Whether this page should let the lane have the processor first: the lane is a build's
        critical path."""
        return bool(self._lane) and name in self._beside

    def give_back(self, name: str) -> None:
        """Let the next page begin."""
        if name not in self._lane:
            if name in self._beside:
                with self._going.get_lock():
                    self._going.value -= 1
                self._room.release()
            return
        after = self._lane.index(name) + 1
        if after < len(self._lane):
            self._gates[after].release()
        else:
            self._room.release()


def end_with_parent(parent: int) -> None:
    """End this process soon after `parent`, which forked it, however the parent ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def notice_killed_readers() -> None:
    """From now on raise SystemExit in this process when a forked one was killed: by kill -9, or
    for lack of memory. Sphinx would wait for its pages forever. Why is printed, once: the next
    child that ends raises again, since the first may have come where Python ignores it."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return
    builder = os.getpid()
    killed = (os.CLD_KILLED, os.CLD_DUMPED)
    said = threading.Event()

    def look_after(*_: object) -> None:
        if os.getpid() != builder:  # a fork inherits this
            return
        for child in psutil.Process().children():
            try:
                ended = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                continue
            ends = (signal.SIGTERM, signal.SIGINT)  # Sphinx's own, and Ctrl+C
            if ended and ended.si_code in killed and ended.si_status not in ends:
                if not said.is_set():
                    said.set()
                    why = (
                        "electionlab: a process that read a page was ended by signal "
                        f"{ended.si_status}. If memory ran out, try -D pages_at_once=1, which "
                        "executes one page after another.\n"
                    )
                    os.write(2, why.encode())  # sys.stderr may be in the midst of a line
                raise SystemExit(1)

    signal.signal(signal.SIGCHLD, look_after)
