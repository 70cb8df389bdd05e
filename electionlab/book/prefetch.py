"""What a build needs before its pages can run: both Kafkas, fetched side by side."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from electionlab.errors import LabError
from electionlab.host.folders import PROJECT, new_log
from electionlab.host.process import Process
from electionlab.host.progress import say
from electionlab.host.waiting import wait_until
from electionlab.kafka import zookeeper_home
from electionlab.kafka.install import prepare
from electionlab.kafka.java import find_java
from electionlab.kafka.kafka_home import find_home


def prepare_all() -> Process | None:
    """Prepare Kafka, and at the same time fetch what the KAFKA_HOME is made of.

    Returns the process that then makes the KAFKA_HOME, or None if it is there already. Whoever
    needs the home meanwhile waits for it in `make_home`. Raises LabError if something cannot be
    fetched. No thread is left when this returns, so that the caller may fork.
    """
    if os.environ.get("KAFKA_HOME"):
        find_home()
        prepare()
        return None
    find_java()
    stopped = threading.Event()
    with ThreadPoolExecutor(1) as beside:
        home_is_made = beside.submit(zookeeper_home.is_made, stopped)
        try:
            prepare()
            is_made = home_is_made.result()
        except BaseException:
            stopped.set()
            raise
    return None if is_made else _make_home()


def _make_home() -> Process:
    log = new_log("kafka-home")
    maker = Process(
        [sys.executable, "-m", "electionlab", "env"],
        name="What makes KAFKA_HOME",
        log=log,
        folder=PROJECT,
        grace_s=5,  # it removes what it had begun
    )
    # Once it has printed something, it has the lock, and no page begins the same work. It prints
    # nothing while another build has the lock; then there is nothing to wait for.
    with contextlib.suppress(LabError):
        wait_until(lambda: log.stat().st_size or not maker.alive, within=10, why=str)
    return maker


def finish(maker: Process | None) -> None:
    """Wait until the process of `prepare_all` has ended, and print what it printed.

    If it failed, raises LabError with the message of that process.
    """
    if maker is None:
        return
    status = maker.wait(within=600)
    said = maker.log.read_text(encoding="utf-8", errors="replace")
    if status:
        _, _, why = said.rpartition("electionlab: ")
        raise LabError(why.strip() or f"{maker.name} ended with status {status}.")
    for line in said.splitlines():
        if not line.startswith(("export ", "Training ")):
            say(line)
