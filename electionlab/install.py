"""What is done once for a machine: fetch Kafka, format a storage folder, train an AOT cache."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import filelock

from electionlab import ports
from electionlab.errors import LabError
from electionlab.jars import ensure_jars
from electionlab.java import Java, find_java
from electionlab.places import cache_errors, cache_folder, new_log
from electionlab.processes import Process, last_lines
from electionlab.progress import say
from electionlab.waiting import wait_until

KAFKA_VERSION = "4.3.0"
LOCK = f"kafka-{KAFKA_VERSION}"
COORDINATES = [f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.slf4j:slf4j-simple:1.7.36"]

SCRATCH = "unfinished-"
"""How the names of unfinished work in the cache begin; whoever holds the lock sweeps them."""

KEPT = 3  # AOT caches

# A broker that lives for minutes gains nothing from the optimising compiler and a parallel GC.
JVM_FLAGS = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
LOGGING = [
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=[yyyy-MM-dd HH:mm:ss,SSS]",
    "-Dorg.slf4j.simpleLogger.showThreadName=false",
    # 400 lines that repeat the configuration
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
]


@dataclass(frozen=True)
class Installation:
    """A Kafka that is ready to boot on this machine.

    `formatted` is a folder that Kafka's own StorageTool has formatted, to be copied for each
    broker. `aot_cache` is None where Java has no AOT cache or training it failed.
    """

    java: Java
    class_path: str
    formatted: Path
    aot_cache: Path | None
    version: str = KAFKA_VERSION

    def command(self, main: str, *arguments: str) -> list[str]:
        """The command line that runs one of Kafka's programs."""
        aot = [f"-XX:AOTCache={self.aot_cache}"] if self.aot_cache else []
        java = str(self.java.launcher)
        return [java, *JVM_FLAGS, *LOGGING, *aot, "-cp", self.class_path, main, *arguments]


def properties(
    data: Path, port: int, controller_port: int, more: Mapping[str, str] | None = None
) -> str:
    """The server.properties of a KRaft node (broker and controller in one process), alone if
    `more` does not say otherwise; what `more` has comes in place of what stands here.

    Everything listens on loopback. The group settings matter to the election: with no initial
    rebalance delay the first worker need not wait 3 s for others.
    """
    address = ports.LOOPBACK
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{address}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{address}:{port},CONTROLLER://{address}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{address}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "1",
        "group.initial.rebalance.delay.ms": "0",
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        **(more or {}),
    }
    return "".join(f"{name}={escaped(value)}\n" for name, value in settings.items())


def escaped(value: str) -> str:
    """A value as Java reads it from a properties file: Latin-1, and a backslash is an escape."""
    plain = value.replace("\\", "\\\\").replace("\n", "\\n")
    utf_16 = (plain[i].encode("utf-16-be") for i in range(len(plain)))
    return "".join(
        character
        if character.isascii()
        else "".join(
            f"\\u{two[0]:02x}{two[1]:02x}" for two in zip(code[::2], code[1::2], strict=True)
        )
        for character, code in zip(plain, utf_16, strict=True)
    )


def _format(installation: Installation) -> None:
    """Let Kafka's StorageTool format a folder, once; each broker gets a copy of it."""
    target = installation.formatted
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=SCRATCH) as scratch:
        data = Path(scratch) / "data"
        config = Path(scratch) / "server.properties"
        config.write_text(properties(data, 9092, 9093))
        tool = ["kafka.tools.StorageTool", "format", "-t", new_id()]
        command = installation.command(*tool, "-c", str(config))
        told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
        if told.returncode:
            raise LabError(f"Kafka's StorageTool failed:\n{told.stderr or told.stdout}")
        data.replace(target)


def new_id() -> str:
    """A random id as Kafka writes them: 16 bytes in base64 without padding.

    Like Kafka's own, it never begins with a dash: on a command line that would be an option.
    """
    made = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return new_id() if made.startswith("-") else made


def copy_formatted(
    installation: Installation, data: Path, *, cluster_id: str | None = None, node: int = 1
) -> None:
    """Make a data folder as fresh as StorageTool's: a copy of its result with ids of its own.

    Nodes of one cluster share `cluster_id`. Running StorageTool for each broker would cost 0.3 s
    more than booting it.
    """
    shutil.copytree(installation.formatted, data)
    meta = data / "meta.properties"
    own = {"cluster.id": cluster_id or new_id(), "directory.id": new_id(), "node.id": str(node)}
    fresh = re.sub(
        r"(?m)^(cluster\.id|directory\.id|node\.id)=.*$",
        lambda m: f"{m[1]}={own[m[1]]}",
        meta.read_text(),
    )
    meta.write_text(fresh)


def _train(installation: Installation, target: Path) -> None:
    """Run a broker once with a recording JVM, which writes the AOT cache as it ends."""
    say(f"Training an AOT cache for Kafka on {installation.java}, once.")
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=SCRATCH))
    written = Path(f"{tempfile.mktemp(dir=target.parent, prefix=SCRATCH)}.aot")
    port, controller_port = ports.free_port(), ports.free_port()
    config, log = folder / "server.properties", new_log("kafka-training")
    copy_formatted(installation, folder / "data")
    config.write_text(properties(folder / "data", port, controller_port))
    command = installation.command("kafka.Kafka", str(config))
    command.insert(1, f"-XX:AOTCacheOutput={written}")
    broker = Process(command, name="Kafka in training", log=log, remove=[folder])
    try:
        wait_until(
            lambda: ports.accepts(port) or not broker.alive,
            within=60,
            why=lambda: f"no port was opened. The last lines of its log:\n{last_lines(log)}",
        )
        broker.stop(within=120)
        if not written.is_file():
            raise LabError(f"the JVM wrote none. The last lines of its log:\n{last_lines(log)}")
    except BaseException:  # whoever interrupts does not wait until the cache is written
        broker.stop(within=0)
        written.unlink(missing_ok=True)
        raise
    _sum_file(target).write_text(_sum(written))
    written.replace(target)
    # One for each environment that used this cache, 64 MB each: keep the newest.
    for old in sorted(target.parent.glob("kafka-*.aot"), key=lambda f: f.stat().st_mtime)[:-KEPT]:
        old.unlink()
        _sum_file(old).unlink(missing_ok=True)


def _sum(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sum_file(aot_cache: Path) -> Path:
    return aot_cache.with_suffix(".sha256")


def _is_whole(aot_cache: Path) -> bool:
    # A JVM may crash on a damaged one instead of ignoring it.
    wanted = _sum_file(aot_cache)
    return aot_cache.is_file() and wanted.is_file() and _sum(aot_cache) == wanted.read_text()


def _aot_path(java: Java, class_path: str, folder: Path) -> Path:
    """A cache fits one JVM, one class path and one set of flags."""
    fits = json.dumps([str(java.launcher), java.version, class_path, JVM_FLAGS])
    return folder / f"kafka-{hashlib.sha256(fits.encode()).hexdigest()[:12]}.aot"


def prepare() -> Installation:
    """Find Java, fetch Kafka, format, train. Only what is missing or damaged is done.

    Raises LabError where Java or the jars cannot be had. A failed training is said on standard
    error and is no error: Kafka boots without, in 2-3 times the time.
    """
    java = find_java()
    class_path = os.pathsep.join(str(jar) for jar in ensure_jars(LOCK))
    folder = cache_folder() / LOCK
    formatted = folder / "formatted"
    aot_path = _aot_path(java, class_path, folder)
    plain = Installation(java, class_path, formatted, None)
    no_cache = folder / f"{aot_path.stem}.failed"
    trained = not java.trains_aot_cache or no_cache.exists() or _is_whole(aot_path)
    if not (trained and (formatted / "meta.properties").is_file()):
        with cache_errors(folder), filelock.FileLock(folder / "prepare.lock", timeout=600):
            for left in folder.glob(f"{SCRATCH}*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            if not (formatted / "meta.properties").is_file():
                shutil.rmtree(formatted, ignore_errors=True)
                _format(plain)
            if not trained and not _is_whole(aot_path):
                try:
                    _train(plain, aot_path)
                except (LabError, ImportError) as error:
                    no_cache.touch()
                    say(f"Kafka will boot without an AOT cache: {error}")
    aot_cache = aot_path if java.trains_aot_cache and aot_path.is_file() else None
    return Installation(java, class_path, formatted, aot_cache)
