"""Pages that are executed side by side while Sphinx reads them.

Sphinx reads each page in a forked process of its own. Before a page is executed it takes its turn
here: the pages that use the playbook's ports follow one another, and those that say `ports: own`
in their front matter (a notebook in its metadata) run beside them, a few at once.
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

AT_ONCE = 3
"""Pages executed at once: what two cores and 4 GB bear. Most of their time they wait."""

POLL_S = 0.2


@dataclass(frozen=True)
class Page:
    """What has to be known of a page before it is read. `cells` is how many it has to execute,
    `own_ports` whether it leaves the playbook's ports alone, `both_kafkas` whether it starts the
    one with ZooKeeper too."""

    name: str
    cells: int
    own_ports: bool = False
    both_kafkas: bool = False

    @property
    def runs(self) -> bool:
        return self.cells > 0


def look(name: str, path: Path) -> Page:
    """Look at a page's source: MyST Markdown, or a notebook."""
    text = path.read_text()
    if path.suffix == ".ipynb":
        notebook = json.loads(text)
        cells = sum(cell["cell_type"] == "code" for cell in notebook["cells"])
        own = notebook["metadata"].get("ports") == "own"
    else:
        head = re.match(r"---\n(.*?)^---$", text, re.DOTALL | re.MULTILINE)
        cells = text.count("{code-cell}") if head else 0
        own = bool(head and re.search(r"^ports: *own$", head[1], re.MULTILINE))
    return Page(name, cells, own, "ZooKeeperWay" in text)


class Turns:
    """Which page may be executed when, told between the processes that read them.

    `at_once` is two or more. It counts one for the pages that follow one another, until the last of
    them is done.
    """

    def __init__(self, pages: Iterable[Page], at_once: int) -> None:
        told = list(pages)
        # Last come those whose second Kafka may still be in the making.
        lane = sorted((p for p in told if p.runs and not p.own_ports), key=lambda p: p.both_kafkas)
        self._lane = [page.name for page in lane]
        # The longest first, or one of them would be left over at the end.
        beside = sorted((p for p in told if p.runs and p.own_ports), key=lambda p: -p.cells)
        self._beside = [page.name for page in beside]
        self._others = [page.name for page in told if not page.runs]
        fork = multiprocessing.get_context("fork")
        self._gates = [fork.Semaphore(1 if place == 0 else 0) for place in range(len(lane))]
        self._room = fork.Semaphore(at_once - 1 if lane else at_once)

    @property
    def order(self) -> list[str]:
        """All pages by name, in the order in which they have to be begun."""
        return [*self._lane, *self._beside, *self._others]

    def take(self, name: str) -> None:
        """Wait until this page may be executed."""
        if name in self._lane:
            self._gates[self._lane.index(name)].acquire()
        elif name in self._beside:
            self._room.acquire()

    def yields(self, name: str) -> bool:
        """Whether this page should leave the processor to the lane where both could run: the lane
        is the longest way through a build."""
        return bool(self._lane) and name in self._beside

    def give_back(self, name: str) -> None:
        """Let the next page begin."""
        if name not in self._lane:
            if name in self._beside:
                self._room.release()
            return
        after = self._lane.index(name) + 1
        if after < len(self._lane):
            self._gates[after].release()
        else:
            self._room.release()


def end_with_parent(parent: int) -> None:
    """End this process soon after `parent`, which forked it, however that one ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def notice_killed_readers() -> None:
    """From now on SystemExit is raised here when a forked process was killed: by -9, or for want
    of memory. Sphinx would wait for its pages for ever."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return
    builder = os.getpid()
    killed = (os.CLD_KILLED, os.CLD_DUMPED)

    def look_after(*_: object) -> None:
        if os.getpid() != builder:  # a fork inherits this
            return
        for child in psutil.Process().children():
            try:
                told = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                continue
            ends = (signal.SIGTERM, signal.SIGINT)  # Sphinx's own, and Ctrl+C
            if told and told.si_code in killed and told.si_status not in ends:
                raise SystemExit(
                    f"electionlab: a process that read a page was ended by signal {told.si_status}"
                    ". If that was for want of memory, try -D pages_at_once=1, which executes one "
                    "page after the other."
                )

    signal.signal(signal.SIGCHLD, look_after)
