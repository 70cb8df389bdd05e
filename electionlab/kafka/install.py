"""This workbook's own Kafka, without ZooKeeper (KRaft): what is done once per machine."""

from __future__ import annotations

import functools
from pathlib import Path

from electionlab.host import ports
from electionlab.kafka import rehearsal
from electionlab.kafka.aot_cache import Trainee
from electionlab.kafka.installation import Installation
from electionlab.kafka.properties import kraft_properties
from electionlab.kafka.storage import copy_storage, format_storage

KAFKA_VERSION = "4.3.0"
LOCK = f"kafka-{KAFKA_VERSION}"
COORDINATES = [f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.slf4j:slf4j-simple:1.7.36"]
MAIN = "kafka.Kafka"

LOGGING = [
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=[yyyy-MM-dd HH:mm:ss,SSS]",
    "-Dorg.slf4j.simpleLogger.showThreadName=false",
    # 400 lines that repeat the configuration
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
]


class KRaftInstallation(Installation):
    """A Kafka that boots without ZooKeeper: a formatted storage folder and one AOT cache."""

    version = KAFKA_VERSION
    lock = LOCK
    kind = "kraft"
    trained_by = "electionlab.kafka.rehearsal"

    @property
    def formatted(self) -> Path:
        """The storage folder that StorageTool has formatted, to be copied for each broker."""
        return self.folder / "formatted"

    @property
    def aot_cache(self) -> Path | None:
        """None if Java has no AOT caches or the training failed."""
        cache = self.folder / "kafka.aot"
        return cache if cache.is_file() else None

    def broker_command(self, config: Path) -> list[str]:
        """The command line that runs a broker with this server.properties."""
        aot = [f"-XX:AOTCache={self.aot_cache}"] if self.aot_cache else []
        return self.command(MAIN, str(config), options=[*LOGGING, *aot])

    def fill(self, folder: Path) -> None:
        format_storage(self, folder / "formatted")

    def trainees(self, folder: Path, scratch: Path) -> list[Trainee]:
        port, controller_port = ports.free_ports(2)
        data, config = scratch / "data", scratch / "server.properties"
        copy_storage(folder / "formatted", data)
        config.write_text(kraft_properties(data, port, controller_port), encoding="utf-8")
        command = self.command(MAIN, str(config), options=LOGGING)
        rehearse = functools.partial(rehearsal.rehearse, f"{ports.LOOPBACK}:{port}")
        return [Trainee("Kafka", command, port, folder / "kafka.aot", rehearse)]


def prepare(*, again: bool = False) -> KRaftInstallation:
    """Find Java, fetch Kafka, format its storage, train its AOT cache: only what is missing or
    damaged, and with `again` also a training that has failed before.

    Raises LabError if Java or the jars are not available. A failed training is reported on standard
    error and not raised: Kafka boots without the cache, in 2-3 times the time.
    """
    installation = KRaftInstallation.fetch()
    installation.make(again=again)
    return installation
