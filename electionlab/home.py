"""A KAFKA_HOME made of package coordinates, in which the playbook's own commands run as written.

It has Confluent's layout (bin/kafka-server-start, etc/kafka), Kafka's last line with ZooKeeper,
scripts from `kafka_home/` beside this file, and an AOT cache each for ZooKeeper and Kafka.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shlex
import shutil
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import filelock

from electionlab import ports
from electionlab.errors import LabError
from electionlab.install import JVM_FLAGS, KEPT, SCRATCH, escaped, properties
from electionlab.jars import ensure_jars
from electionlab.java import Java, find_java
from electionlab.places import cache_errors, cache_folder, new_log
from electionlab.processes import Process, last_lines
from electionlab.progress import say
from electionlab.waiting import wait_until

VERSION = "3.9.1"  # the last line that has ZooKeeper
LOCK = f"kafka-{VERSION}"
# The tools bring a binding for slf4j; a second one would make it complain at each start.
COORDINATES = [f"org.apache.kafka:kafka_2.13:{VERSION}", f"org.apache.kafka:kafka-tools:{VERSION}"]

ZOOKEEPER_PORT, PORT, CONTROLLER_PORT = 2181, 9092, 9093  # as the playbook and leader.py have them
SUMS = "sums.json"
"""The SHA-256 of each file of a home; a folder that has it is one of ours."""

SOURCES = Path(__file__).parent / "kafka_home"
MAINS = {
    "zookeeper": "org.apache.zookeeper.server.quorum.QuorumPeerMain",
    "kafka": "kafka.Kafka",
}
KRAFT_ONLY = re.compile(r"process\.roles|node\.id|controller\.|listeners=|listener\.|log\.dirs")


def zookeeper_properties(data: Path, port: int = ZOOKEEPER_PORT) -> str:
    """The zookeeper.properties of one server on loopback with its data under `data`."""
    return f"""\
dataDir={escaped(str(data / "zookeeper"))}
clientPort={port}
clientPortAddress={ports.LOOPBACK}
# No web server for administrators: it would listen on all addresses.
admin.enableServer=false
maxClientCnxns=0
# A session may last from 2 s on, so a broker that was killed is forgotten soon.
tickTime=1000
# Asked by kafka-server-start and by whoever waits for this server.
4lw.commands.whitelist=ruok,srvr,dump
# The data need not survive a power cut.
forceSync=no
preAllocSize=1024
"""


def server_properties(data: Path, port: int = PORT, zookeeper_port: int = ZOOKEEPER_PORT) -> str:
    """The server.properties of one broker on that ZooKeeper, its data under `data`.

    What matters to the election is as in this workbook's own broker (`install.properties`).
    """
    own = f"""\
broker.id=0
listeners=PLAINTEXT://{ports.LOOPBACK}:{port}
log.dirs={escaped(str(data / "kafka"))}
zookeeper.connect={ports.LOOPBACK}:{zookeeper_port}
zookeeper.connection.timeout.ms=18000
zookeeper.session.timeout.ms=6000
"""
    shared = properties(data, port, CONTROLLER_PORT).splitlines(keepends=True)
    return own + "".join(line for line in shared if not KRAFT_ONLY.match(line))


def kraft_properties(data: Path) -> str:
    """The server.properties of one broker without ZooKeeper; `kafka-storage format` comes first."""
    return properties(data / "kraft", PORT, CONTROLLER_PORT)


@dataclass(frozen=True)
class Plan:
    """What a home is made from; its folder's name tells one plan from another."""

    java: Java
    jars: tuple[Path, ...]
    folder: Path

    @property
    def class_path(self) -> str:
        return os.pathsep.join(map(str, self.jars))

    @property
    def data(self) -> Path:
        """Where the servers keep their data: beside the homes, so that a new home finds them."""
        return self.folder / "data"

    @property
    def home(self) -> Path:
        fits = hashlib.sha256(json.dumps([str(self.java.launcher), self.java.version]).encode())
        # An AOT cache fits jars of one time of change only.
        fits.update(repr([(str(jar), jar.stat().st_mtime_ns) for jar in self.jars]).encode())
        fits.update(repr([JVM_FLAGS, *sorted(self.files().items())]).encode())
        return self.folder / f"home-{fits.hexdigest()[:12]}"

    def files(self) -> dict[str, str]:
        """The text of each file by its path, but for the settings, which name the home."""
        copied = {
            str(path.relative_to(SOURCES)): path.read_text()
            for path in SOURCES.glob("**/*")
            if path.is_file()
        }
        return copied | {
            "etc/kafka/zookeeper.properties": zookeeper_properties(self.data),
            "etc/kafka/server.properties": server_properties(self.data),
            "etc/kafka/kraft/server.properties": kraft_properties(self.data),
        }

    def settings(self, home: Path) -> str:
        """What the scripts are told: variables of the shell."""
        told = {
            "java": str(self.java.launcher),
            "class_path": self.class_path,
            "data": str(self.data),
            "heap": JVM_FLAGS[0],
            "flags": " ".join(JVM_FLAGS[1:]),
            # Log4j wants an address; in one, a space has its own spelling.
            "server_logging": (home / "etc/kafka/log4j.properties").as_uri(),
            "tools_logging": (home / "etc/kafka/tools-log4j.properties").as_uri(),
        }
        return "".join(f"{name}={shlex.quote(value)}\n" for name, value in told.items())


def _train(plan: Plan, scratch: Path) -> None:
    """Run both servers once with recording JVMs, which write their AOT caches as they end."""
    say(f"Training AOT caches for ZooKeeper and Kafka {VERSION}, once.")
    data = Path(tempfile.mkdtemp(dir=plan.folder, prefix=SCRATCH))
    taken = {"zookeeper": ports.free_port(), "kafka": ports.free_port()}
    texts = {
        "zookeeper": zookeeper_properties(data, taken["zookeeper"]),
        "kafka": server_properties(data, taken["kafka"], taken["zookeeper"]),
    }
    logging = f"-Dlog4j.configuration={(scratch / 'etc/kafka/log4j.properties').as_uri()}"
    with contextlib.ExitStack() as running:
        running.callback(shutil.rmtree, data, ignore_errors=True)
        servers: list[Process] = []
        try:
            for name, main in MAINS.items():
                config, log = data / f"{name}.properties", new_log(f"{name}-training")
                config.write_text(texts[name])
                aot = f"-XX:AOTCacheOutput={scratch / 'libexec' / name}.aot"
                command = [str(plan.java.launcher), *JVM_FLAGS, aot, logging, "-cp"]
                command += [plan.class_path, main, str(config)]
                server = Process(command, name=name, log=log)
                servers.append(server)
                wait_until(
                    lambda port=taken[name], server=server: ports.accepts(port) or not server.alive,  # type: ignore[misc]
                    within=60,
                    why=lambda log=log: f"no port was opened. {log} ends:\n{last_lines(log)}",  # type: ignore[misc]
                )
            for server in reversed(servers):
                server.stop(within=120)
        except BaseException:  # whoever interrupts does not wait until the caches are written
            for server in servers:
                server.stop(within=0)
            raise
    for name in MAINS:
        if not (scratch / "libexec" / f"{name}.aot").is_file():
            raise LabError(f"the JVM wrote none for {name}.")


def _sums(home: Path) -> dict[str, str]:
    found = {}
    for path in sorted(home.glob("**/*")):
        if path.is_file() and path.name != SUMS:
            with path.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
            found[str(path.relative_to(home))] = digest
    return found


def _is_whole(home: Path) -> bool:
    try:
        wanted = json.loads((home / SUMS).read_text())
        scripts = list((home / "bin").iterdir())
        return bool(wanted == _sums(home)) and all(os.access(path, os.X_OK) for path in scripts)
    except (OSError, ValueError):
        return False


def _build(plan: Plan) -> None:
    home = plan.home
    scratch = Path(tempfile.mkdtemp(dir=plan.folder, prefix=SCRATCH))
    try:
        _fill(plan, scratch)
        if home.exists():
            say(f"{home} was changed or damaged, and is made anew.")
            home.rename(f"{scratch}-old")  # swept by the next build
        scratch.rename(home)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def _fill(plan: Plan, scratch: Path) -> None:
    """Write all files of a home, and train its AOT caches."""
    for name, text in {**plan.files(), "libexec/settings.sh": plan.settings(plan.home)}.items():
        path = scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if name.startswith("bin/") else 0o644)
    if plan.java.trains_aot_cache:
        try:
            _train(plan, scratch)
        except LabError as error:
            for left in scratch.glob("libexec/*.aot"):
                left.unlink()
            say(f"The servers will boot without AOT caches: {error}")
    (scratch / SUMS).write_text(json.dumps(_sums(scratch)))


def _plan(stopped: threading.Event | None = None) -> Plan:
    return Plan(find_java(), tuple(ensure_jars(LOCK, stopped)), cache_folder() / LOCK)


def is_made(stopped: threading.Event | None = None) -> bool:
    """Whether `make_home` has nothing left to do. Fetches its jars where they are missing.

    Raises LabError where Java or the jars cannot be had, or once `stopped` is set.
    """
    plan = _plan(stopped)
    with cache_errors(plan.folder):
        return _is_whole(plan.home)


def make_home() -> Path:
    """A folder for KAFKA_HOME, in the cache; made where it is missing, out of date or damaged.

    Two processes may call this at once: the second waits for the first. Raises LabError where Java
    or the jars cannot be had, or the cache cannot be used.
    """
    plan = _plan()
    folder, home = plan.folder, plan.home
    with cache_errors(folder):
        if not _is_whole(home):
            with filelock.FileLock(folder / "home.lock", timeout=600):
                for left in folder.glob(f"{SCRATCH}*"):
                    shutil.rmtree(left, ignore_errors=True)
                if not _is_whole(home):
                    _build(plan)
        os.utime(home)
        # Each Java and environment has its own, with AOT caches of 100 MB: keep the newest used.
        for old in sorted(folder.glob("home-*"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    return home
