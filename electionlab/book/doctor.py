"""What this machine has for the workbook, one line each, and how to mend what is missing."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import psutil

from electionlab.book import checkout
from electionlab.errors import LabError
from electionlab.host import disks, ports
from electionlab.host.disks import Disk
from electionlab.host.folders import BUILT, PROJECT, cache_folder
from electionlab.host.locks import walkthrough
from electionlab.kafka import install, installation, zookeeper_home
from electionlab.kafka.jar_lock import read_lock
from electionlab.kafka.java import find_java
from electionlab.kafka.kafka_home import find_home
from electionlab.kafka.properties import CONTROLLER_PORT, PLAYBOOK_PORT, ZOOKEEPER_PORT
from electionlab.kafka.witness import Witness
from electionlab.lab import environment
from electionlab.lab.walkthrough import PORTS

NEEDED_FILES = 512  # open in one process: 214 in notebook 03's kernel on two cores, 184 in a Kafka
BUILT_FOLDERS = ("html", "html/.doctrees", "executed")
NEEDED_MEMORY = 1_000_000_000  # bytes: the walkthrough takes 0.5 to 0.7 GB


@dataclass(frozen=True)
class Finding:
    """One line of the report. `mend` says what to do, and is empty if nothing is wrong."""

    what: str
    seen: str
    mend: str = ""

    def __str__(self) -> str:
        sign = "✗" if self.mend else "✓"
        return f"{sign} {self.what:<10} {self.seen}" + (f"\n  → {self.mend}" if self.mend else "")


def _python() -> Finding:
    seen = f"{platform.python_version()}, {sys.executable}"
    drops = "Unset PYTHONOPTIMIZE: it drops the asserts by which the pages judge."
    mend = "" if __debug__ else drops
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
    missing = "The others are fetched when needed, or by `python -m electionlab fetch`."
    mend = "" if whole == len(jars) else missing
    return Finding(what, f"{lock}, {whole} of {len(jars)} jars are whole", mend)


def _home() -> Finding:
    """A KAFKA_HOME that is set has to be valid; without one, ours is made when needed."""
    if not os.environ.get("KAFKA_HOME"):
        return Finding("KAFKA_HOME", "not set; `python -m electionlab env` makes one")
    return Finding("KAFKA_HOME", str(find_home()))


def _aot_cache() -> Finding:
    """Kafka boots without one, but takes 2-3 times as long."""
    java = find_java()
    if not java.trains_aot_cache:
        return Finding("AOT cache", f"{java} has none; Kafka boots without")
    for kafka in install.KRaftInstallation, zookeeper_home.ZooKeeperInstallation:
        if why := kafka.failed_training(java):
            seen = f"training for Kafka {kafka.version} failed: {why.splitlines()[0]}"
            return Finding("AOT cache", seen, installation.TRY_AGAIN)
    return Finding("AOT cache", "no training has failed")


def _disk(what: str, disk: Disk) -> Finding:
    """A disk has to be writable, and to have room for what a build puts there."""
    free = disk.free()
    seen = f"{disk.folder}, {free / 1e9:.1f} GB free"
    refusal = disk.refusal()
    if not refusal and free < disk.needed:
        refusal = f"a build takes up to {disk.needed / 1e6:.0f} MB there"
    return Finding(what, seen, str(disk.error(refusal)) if refusal else "")


def _built() -> Finding:
    """`_build`, and the folders in it that a build by somebody else may have left."""
    inside = [path for path in (BUILT / name for name in BUILT_FOLDERS) if path.is_dir()]
    findings = [_disk("_build", replace(disks.pages(), folder=path)) for path in (BUILT, *inside)]
    return next((finding for finding in findings if finding.mend), findings[0])


def _user() -> Finding:
    home_folder = os.path.expanduser("~")  # noqa: PTH111, Path.home raises where there is none
    if home_folder == "~":
        mend = "Set HOME to a folder that this user may write to."
        return Finding("user", f"{os.getuid()} has no home folder", mend)
    return Finding("user", f"{os.getuid()}, at home in {home_folder}")


def _open_files() -> Finding:
    limit, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    seen = f"{limit if limit != resource.RLIM_INFINITY else 'any number of'} for each process"
    short = limit != resource.RLIM_INFINITY and limit < NEEDED_FILES
    mend = f"Raise the limit in this shell: ulimit -n {NEEDED_FILES}."
    if short and limit == hard:
        mend += " If that is refused, a limit of the system or the container has to be raised."
    return Finding("open files", seen, mend if short else "")


def _localhost() -> Finding:
    ports.require_localhost()
    return Finding("localhost", f"is {ports.LOOPBACK}")


def _workbook() -> Finding:
    checkout.require_own_package()
    checkout.require_plain_path()
    return Finding("workbook", str(PROJECT))


def _memory() -> Finding:
    free = psutil.virtual_memory().available
    mend = "" if free > NEEDED_MEMORY else "Close something: a run takes up to 0.7 GB."
    return Finding("memory", f"{free / 1e9:.1f} GB free, {psutil.cpu_count()} cores", mend)


def _settings() -> Finding:
    """Settings of Faust in the environment are not a fault: other programs may need them."""
    names = environment.ignored()
    if not names:
        return Finding("settings", "none of Faust's in the environment")
    by_hand = f"a worker in a terminal obeys them: unset {' '.join(names)}"
    return Finding("settings", f"kept from our workers: {', '.join(names)}; {by_hand}")


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
    """Look at everything, and go on if one look fails."""
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("workbook", _workbook),
        ("Python", _python),
        ("packages", _packages),
        ("Java", _java),
        ("Kafka", lambda: _jars("Kafka", install.LOCK)),
        ("ZooKeeper", lambda: _jars("ZooKeeper", zookeeper_home.LOCK)),
        ("AOT cache", _aot_cache),
        ("KAFKA_HOME", _home),
        ("user", _user),
        ("cache", lambda: _disk("cache", disks.cache())),
        ("_build", _built),
        ("logs", lambda: _disk("logs", disks.logs())),
        ("temporary", lambda: _disk("temporary", disks.temporary())),
        ("Jupyter", lambda: _disk("Jupyter", disks.jupyter())),
        ("memory", _memory),
        ("open files", _open_files),
        ("settings", _settings),
        ("localhost", _localhost),
        ("lock", _walkthrough),
    ]
    for what, look in looks:
        try:
            yield look()
        except Exception as error:
            yield Finding(what, "cannot be used", str(error) or repr(error))
    for port in (ZOOKEEPER_PORT, PLAYBOOK_PORT, CONTROLLER_PORT, *PORTS):
        yield _port(port)
