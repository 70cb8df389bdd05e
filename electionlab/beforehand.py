"""What a build needs before its pages can run: both Kafkas, fetched side by side."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from electionlab import home
from electionlab.errors import LabError
from electionlab.install import prepare
from electionlab.java import find_java
from electionlab.layout import find_home
from electionlab.places import PROJECT, new_log
from electionlab.processes import Process
from electionlab.progress import say
from electionlab.waiting import wait_until


def prepare_all() -> Process | None:
    """Prepare Kafka, and meanwhile fetch what the KAFKA_HOME is made of.

    Returns the process in which the KAFKA_HOME is then made, or None where it is there. Whoever
    needs the home meanwhile waits for it in `make_home`. Raises LabError where something cannot be
    had. No thread is left when this returns, so that the caller may fork.
    """
    if os.environ.get("KAFKA_HOME"):
        find_home()
        prepare()
        return None
    find_java()
    stopped = threading.Event()
    with ThreadPoolExecutor(1) as beside:
        made = beside.submit(home.is_made, stopped)
        try:
            prepare()
            there = made.result()
        except BaseException:
            stopped.set()
            raise
    return None if there else _make_home()


def _make_home() -> Process:
    log = new_log("kafka-home")
    maker = Process(
        [sys.executable, "-m", "electionlab", "env"],
        name="What makes KAFKA_HOME",
        log=log,
        folder=PROJECT,
        grace_s=5,  # it removes what it had begun
    )
    # Once it has said what it does, it has the lock, and no page begins the same work. It says
    # nothing while another build has the lock; then there is nothing to wait for.
    with contextlib.suppress(LabError):
        wait_until(lambda: log.stat().st_size or not maker.alive, within=10, why=str)
    return maker


def finish(maker: Process | None) -> None:
    """Wait for the end of what `prepare_all` returned, and pass on what it has to say.

    Raises LabError, with its own sentence, where it failed.
    """
    if maker is None:
        return
    status = maker.wait(within=600)
    said = maker.log.read_text()
    if status:
        _, _, why = said.rpartition("electionlab: ")
        raise LabError(why.strip() or f"{maker.name} ended with status {status}.")
    for line in said.splitlines():
        if not line.startswith(("export ", "Training ")):
            say(line)
