"""What this machine has for the workbook, one line each, with the mend for what is missing."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil

from electionlab import home, install, ports
from electionlab.errors import LabError
from electionlab.jars import read_lock
from electionlab.java import find_java
from electionlab.kafka import CONTROLLER_PORT, PLAYBOOK_PORT
from electionlab.layout import find_home
from electionlab.locks import walkthrough
from electionlab.places import PROJECT, cache_folder
from electionlab.walkthrough import PORTS
from electionlab.witness import Witness

NEEDED_DISK = 500_000_000  # bytes: jars, an AOT cache, a run's logs and data
NEEDED_MEMORY = 1_000_000_000  # bytes: the walkthrough takes 0.5 to 0.7 GB


@dataclass(frozen=True)
class Finding:
    """One line of the report. `mend` says what to do, and is empty where nothing is wrong."""

    what: str
    seen: str
    mend: str = ""

    def __str__(self) -> str:
        sign = "✗" if self.mend else "✓"
        return f"{sign} {self.what:<10} {self.seen}" + (f"\n  → {self.mend}" if self.mend else "")


def _python() -> Finding:
    seen = f"{platform.python_version()}, {sys.executable}"
    mend = "" if sys.version_info >= (3, 11) else "Use Python 3.11 or newer: make PYTHON=…"
    return Finding("Python", seen, mend)


def _packages() -> Finding:
    names = ("faust-streaming", "aiokafka", "sphinx", "myst-nb", "jupyterlab")
    versions, missing = [], []
    for name in names:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    mend = f"Missing: {', '.join(missing)}. Run `make venv`." if missing else ""
    return Finding("packages", ", ".join(versions), mend)


def _java() -> Finding:
    java = find_java()
    return Finding("Java", f"{java}, {java.launcher}")


def _jars(what: str, lock: str) -> Finding:
    jars = read_lock(lock)
    folder = cache_folder() / lock
    whole = sum(jar.is_whole(folder / jar.file_name) for jar in jars)
    missing = "They are fetched when needed, or by `python -m electionlab fetch`."
    mend = "" if whole == len(jars) else missing
    return Finding(what, f"{lock}, {whole} of {len(jars)} jars are whole", mend)


def _home() -> Finding:
    """A KAFKA_HOME that is set has to be one; without one, ours is made when needed."""
    if not os.environ.get("KAFKA_HOME"):
        return Finding("KAFKA_HOME", "not set; `python -m electionlab env` makes one")
    return Finding("KAFKA_HOME", str(find_home()))


def _cache() -> Finding:
    folder = cache_folder()
    there = folder if folder.exists() else next(path for path in folder.parents if path.exists())
    free = shutil.disk_usage(there).free
    short = free < NEEDED_DISK
    mend = "Make room, or name another folder in ELECTIONLAB_CACHE." if short else ""
    return Finding("cache", f"{folder}, {free / 1e9:.1f} GB free", mend)


def _memory() -> Finding:
    free = psutil.virtual_memory().available
    mend = "" if free > NEEDED_MEMORY else "Close something: a run takes up to 0.7 GB."
    return Finding("memory", f"{free / 1e9:.1f} GB free, {psutil.cpu_count()} cores", mend)


def _walkthrough() -> Finding:
    try:
        walkthrough.acquire(within=0)
    except LabError:
        return Finding("lock", f"held by {walkthrough.holder()}", "Wait for it, or stop it.")
    walkthrough.release()
    return Finding("lock", "nobody runs the walkthrough")


def _port(port: int) -> Finding:
    if not ports.is_taken(port):
        return Finding(f"port {port}", "free")
    who = ports.listener(port)
    if port == PLAYBOOK_PORT and Witness(f"{ports.LOOPBACK}:{port}").topics(within=3) is not None:
        return Finding(f"port {port}", f"a Kafka, which will be used as it is: {who}")
    if port == CONTROLLER_PORT and ports.is_taken(PLAYBOOK_PORT):
        return Finding(f"port {port}", f"{who}; not needed while port {PLAYBOOK_PORT} has a Kafka")
    return Finding(f"port {port}", f"taken by {who}", "Stop that process.")


def examine() -> Iterator[Finding]:
    """Look at everything, and go on where one look fails."""
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("Python", _python),
        ("packages", _packages),
        ("Java", _java),
        ("Kafka", lambda: _jars("Kafka", install.LOCK)),
        ("ZooKeeper", lambda: _jars("ZooKeeper", home.LOCK)),
        ("KAFKA_HOME", _home),
        ("cache", _cache),
        ("memory", _memory),
        ("lock", _walkthrough),
    ]
    for what, look in looks:
        try:
            yield look()
        except (LabError, OSError) as error:
            yield Finding(what, "cannot be used", str(error))
    for port in (home.ZOOKEEPER_PORT, PLAYBOOK_PORT, CONTROLLER_PORT, *PORTS):
        yield _port(port)
    yield Finding("workbook", str(PROJECT))
