"""The KAFKA_HOME that is set, or ours: whose layout, which Kafka, where its programs are."""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from electionlab.errors import LabError
from electionlab.kafka import install, installation, zookeeper_home

Layout = Literal["ours", "confluent", "apache"]

OLDEST = (2, 1)  # what aiokafka and Faust were written for
NEWEST_TRIED = tuple(int(number) for number in install.KAFKA_VERSION.split("."))
SUFFIXES: dict[Layout, str] = {"ours": "", "confluent": "", "apache": ".sh"}
CONFIGS: dict[Layout, str] = {"ours": "etc/kafka", "confluent": "etc/kafka", "apache": "config"}
# Confluent has version numbers of its own: 7.9.0-ccs is Kafka 3.9.0. For each of its major numbers:
# Kafka's major number, and what to add to the minor one.
CONFLUENT = {5: (2, 0), 6: (2, 6), 7: (3, 0), 8: (4, 0)}
MEND = (
    "Point KAFKA_HOME at the top folder of an unpacked Kafka, or unset it to use this workbook's "
    "own: python -m electionlab env"
)


@dataclass(frozen=True)
class Home:
    """A KAFKA_HOME: its path, its layout, and its Kafka's version (`3.9.1`)."""

    path: Path
    layout: Layout
    version: str

    @property
    def has_zookeeper(self) -> bool:
        """Whether it can be started the playbook's way; Kafka 4 cannot."""
        return self.script("zookeeper-server-start").is_file()

    def script(self, name: str) -> Path:
        """The path of one of Kafka's programs, named as in the playbook: `kafka-topics`."""
        return self.path / "bin" / f"{name}{SUFFIXES[self.layout]}"

    def config(self, name: str) -> Path:
        """The path of a configuration file: `server.properties`."""
        return self.path / CONFIGS[self.layout] / name

    def __str__(self) -> str:
        whose = {"ours": "this workbook's", "confluent": "Confluent's", "apache": "Apache's"}
        return f"Kafka {self.version} in {self.path} ({whose[self.layout]} layout)"


def find_home(environ: Mapping[str, str] = os.environ) -> Home:
    """The Kafka that KAFKA_HOME names; without it, the one that this workbook makes.

    Raises LabError if it has no scripts or configuration, or its Kafka is older than 2.1. A Kafka
    newer than any that was tried here is used with a warning on standard error.
    """
    named = environ.get("KAFKA_HOME")
    if not named:
        return Home(zookeeper_home.make_home(), "ours", zookeeper_home.VERSION)
    home = recognise(Path(named).expanduser().absolute())
    numbers = tuple(int(number) for number in home.version.split("."))
    if numbers < OLDEST:
        raise LabError(
            f"KAFKA_HOME is {named}, with Kafka {home.version}. This workbook needs Kafka 2.1 or "
            f"newer. {MEND}"
        )
    if numbers > NEWEST_TRIED:
        print(
            f"KAFKA_HOME is {named}, with Kafka {home.version}. This workbook has been tried "
            f"with Kafka up to {install.KAFKA_VERSION}; what it says may be out of date.",
            file=sys.stderr,
        )
    return home


def recognise(path: Path) -> Home:
    """The Kafka in a folder. LabError, with what is missing, if it cannot be used."""
    if not path.is_dir():
        raise LabError(f"KAFKA_HOME is {path}, and there is no such folder. {MEND}")
    layout: Layout = "confluent"
    if (path / installation.SUMS).is_file() and (path / "libexec" / "settings.sh").is_file():
        layout = "ours"
    elif (path / "bin" / "kafka-server-start.sh").exists() or (path / "config").is_dir():
        layout = "apache"
    version = zookeeper_home.VERSION if layout == "ours" else _version(path, layout)
    home = Home(path, layout, version)
    scripts, configs = ["kafka-server-start"], ["server.properties"]
    if not version or int(version.split(".")[0]) < 4:
        scripts.append("zookeeper-server-start")
        configs.append("zookeeper.properties")
    missing = [
        str(file.relative_to(path))
        for file in [*map(home.script, scripts), *map(home.config, configs)]
        if not file.is_file()
    ]
    if missing:
        raise LabError(f"KAFKA_HOME is {path}, and this is missing: {', '.join(missing)}. {MEND}")
    programs = map(home.script, scripts)
    locked = [str(program) for program in programs if not os.access(program, os.X_OK)]
    if locked:
        raise LabError(
            f"KAFKA_HOME is {path}, and this cannot be run: {', '.join(locked)}. Unpack that Kafka "
            "anew, or make the programs in its bin folder executable."
        )
    if not version:
        raise LabError(
            f"KAFKA_HOME is {path}, and its version is unknown: there is no "
            f"{_jars(layout)}/kafka_<Scala>-<version>.jar. {MEND}"
        )
    return home


def _jars(layout: Layout) -> str:
    return "libs" if layout == "apache" else "share/java/kafka"


def _version(path: Path, layout: Layout) -> str:
    """Kafka's version, from the name of its jar; empty if there is none."""
    for jar in sorted((path / _jars(layout)).glob("kafka_2.*-*.jar")):
        match = re.fullmatch(r"kafka_2\.\d+-(\d+)\.(\d+)\.(\d+)((?:-\w+)*)\.jar", jar.name)
        if not match or match[4].endswith(("sources", "javadoc", "test", "scaladoc")):
            continue
        major, minor, patch = (int(number) for number in match.groups()[:3])
        if match[4].startswith(("-ccs", "-ce")) and major in CONFLUENT:
            major, more = CONFLUENT[major]
            minor += more
        return f"{major}.{minor}.{patch}"
    return ""


def plain_path(path: Path) -> Path:
    """The path itself, or a link to it if a shell would split the path.

    The playbook writes $KAFKA_HOME without quotes. None of its commands would work with a cache
    whose path has a space, so a link is made, in a folder that only this user may change. That lies
    in the folder for temporary files, or in /tmp if a shell would split the path of that too.
    """
    if shlex.quote(str(path)) == str(path):
        return path
    temporary = tempfile.gettempdir()
    if shlex.quote(temporary) != temporary and os.access("/tmp", os.W_OK):
        temporary = "/tmp"
    folder = Path(temporary) / f"electionlab-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o77 or folder.is_symlink():
        raise LabError(f"{folder} belongs to somebody else or is open to others. Remove it.")
    link, new = folder / path.name, folder / f"{path.name}-{os.getpid()}"
    new.unlink(missing_ok=True)
    new.symlink_to(path)
    new.replace(link)
    return link


def export(environ: Mapping[str, str] = os.environ) -> str:
    """The shell command that sets KAFKA_HOME to this workbook's own, which is made if needed."""
    home = zookeeper_home.make_home()
    path = plain_path(home)
    before = environ.get("KAFKA_HOME", str(path))
    if Path(before) not in (path, home):
        print(f"KAFKA_HOME was {before}. This sets it to this workbook's own.", file=sys.stderr)
    return f"export KAFKA_HOME={shlex.quote(str(path))}"
