"""A KAFKA_HOME made from package coordinates, in which the playbook's own commands run as written.

It has Confluent's layout (bin/kafka-server-start, etc/kafka), the last Kafka that has ZooKeeper,
scripts from `home_files/` beside this file, and an AOT cache each for ZooKeeper and Kafka.
"""

from __future__ import annotations

import shlex
import threading
from pathlib import Path

from electionlab.host import ports
from electionlab.host.folders import cache_errors
from electionlab.kafka.aot_cache import Trainee
from electionlab.kafka.installation import JVM_FLAGS, Installation
from electionlab.kafka.java import LANGUAGE
from electionlab.kafka.properties import (
    CONTROLLER_PORT,
    PLAYBOOK_PORT,
    ZOOKEEPER_PORT,
    kraft_properties,
    zookeeper_broker_properties,
    zookeeper_properties,
)

VERSION = "3.9.1"  # the last line that has ZooKeeper
LOCK = f"kafka-{VERSION}"
# The tools bring a binding for slf4j; a second one would make it complain at each start.
COORDINATES = [f"org.apache.kafka:kafka_2.13:{VERSION}", f"org.apache.kafka:kafka-tools:{VERSION}"]

SOURCES = Path(__file__).parent / "home_files"
MAINS = {
    "zookeeper": "org.apache.zookeeper.server.quorum.QuorumPeerMain",
    "kafka": "kafka.Kafka",
}


class ZooKeeperInstallation(Installation):
    """A Kafka with its ZooKeeper; its `folder` is a KAFKA_HOME."""

    version = VERSION
    lock = LOCK
    kind = "home"

    @property
    def data(self) -> Path:
        """Where the servers keep their data: beside the homes, so that a new home finds it."""
        return self.cache / "data"

    def texts(self) -> dict[str, str]:
        copied = {
            str(path.relative_to(SOURCES)): path.read_text(encoding="utf-8")
            for path in SOURCES.glob("**/*")
            if path.is_file()
        }
        data = self.data
        return copied | {
            "etc/kafka/zookeeper.properties": zookeeper_properties(data, ZOOKEEPER_PORT),
            "etc/kafka/server.properties": zookeeper_broker_properties(
                data, PLAYBOOK_PORT, ZOOKEEPER_PORT
            ),
            # To be formatted with `kafka-storage format` before the first start.
            "etc/kafka/kraft/server.properties": kraft_properties(
                data / "kraft", PLAYBOOK_PORT, CONTROLLER_PORT
            ),
        }

    def settings(self) -> str:
        """Shell variables for the scripts."""
        logging = self.folder / "etc/kafka"
        variables = {
            "java": str(self.java.launcher),
            "class_path": self.class_path,
            "data": str(self.data),
            "heap": JVM_FLAGS[0],
            "flags": " ".join(JVM_FLAGS[1:]),
            "language": " ".join(LANGUAGE),
            # Log4j wants a URL, in which a space is written differently.
            "server_logging": (logging / "log4j.properties").as_uri(),
            "tools_logging": (logging / "tools-log4j.properties").as_uri(),
        }
        return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())

    def fill(self, folder: Path) -> None:
        for name, text in {**self.texts(), "libexec/settings.sh": self.settings()}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755 if name.startswith("bin/") else 0o644)

    def trainees(self, folder: Path, scratch: Path) -> list[Trainee]:
        zookeeper_port, port = ports.free_ports(2)
        logging = f"-Dlog4j.configuration={(folder / 'etc/kafka/log4j.properties').as_uri()}"

        def trainee(name: str, server_port: int, properties: str) -> Trainee:
            program = name.lower()
            config = scratch / f"{program}.properties"
            config.write_text(properties, encoding="utf-8")
            command = self.command(MAINS[program], str(config), options=[logging])
            return Trainee(name, command, server_port, folder / "libexec" / f"{program}.aot")

        return [
            trainee("ZooKeeper", zookeeper_port, zookeeper_properties(scratch, zookeeper_port)),
            trainee("Kafka", port, zookeeper_broker_properties(scratch, port, zookeeper_port)),
        ]


def is_made(stopped: threading.Event | None = None) -> bool:
    """Whether `make_home` has nothing left to do. Fetches its jars if they are missing.

    Raises LabError if Java or the jars are not available, or once `stopped` is set.
    """
    installation = ZooKeeperInstallation.fetch(stopped)
    with cache_errors(installation.cache):
        return installation.is_whole


def make_home(*, again: bool = False) -> Path:
    """The folder for KAFKA_HOME, in the cache; made if it is missing, out of date or damaged, and
    with `again` also if the training of its AOT caches has failed before.

    Two processes may call this at once: the second waits for the first. Raises LabError if Java or
    the jars are not available, or the cache cannot be used.
    """
    installation = ZooKeeperInstallation.fetch()
    installation.make(again=again)
    return installation.folder
