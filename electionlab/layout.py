"""A KAFKA_HOME as it is found: whose layout, which Kafka, where its programs and files are."""

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

from electionlab import home, install
from electionlab.errors import LabError

Layout = Literal["ours", "confluent", "apache"]

OLDEST = (2, 1)  # what aiokafka and Faust were written for
NEWEST_TRIED = tuple(int(number) for number in install.KAFKA_VERSION.split("."))
SUFFIXES: dict[Layout, str] = {"ours": "", "confluent": "", "apache": ".sh"}
CONFIGS: dict[Layout, str] = {"ours": "etc/kafka", "confluent": "etc/kafka", "apache": "config"}
# Confluent numbers its own platform: 7.9.0-ccs is Kafka 3.9.0. By its major number: the major
# number of Kafka, and what is added to the minor one.
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
        """Whether it can be started in the playbook's way; Kafka 4 cannot."""
        return self.script("zookeeper-server-start").is_file()

    def script(self, name: str) -> Path:
        """The path of a program of Kafka's, named as in the playbook: `kafka-topics`."""
        return self.path / "bin" / f"{name}{SUFFIXES[self.layout]}"

    def config(self, name: str) -> Path:
        """The path of a configuration file: `server.properties`."""
        return self.path / CONFIGS[self.layout] / name

    def __str__(self) -> str:
        whose = {"ours": "this workbook's", "confluent": "Confluent's", "apache": "Apache's"}
        return f"Kafka {self.version} in {self.path} ({whose[self.layout]} layout)"


def find_home(environ: Mapping[str, str] = os.environ) -> Home:
    """The Kafka that KAFKA_HOME names; without it, the one that this workbook makes.

    Raises LabError where it has no scripts or configuration, or its Kafka is older than 2.1. For
    one newer than was tried here there is a warning on standard error.
    """
    named = environ.get("KAFKA_HOME")
    if not named:
        return Home(home.make_home(), "ours", home.VERSION)
    found = _recognised(Path(named).expanduser().absolute())
    numbers = tuple(int(number) for number in found.version.split("."))
    if numbers < OLDEST:
        raise LabError(
            f"KAFKA_HOME is {named}, with Kafka {found.version}. This workbook needs Kafka 2.1 or "
            f"newer. {MEND}"
        )
    if numbers > NEWEST_TRIED:
        print(
            f"KAFKA_HOME is {named}, with Kafka {found.version}. This workbook was tried with "
            f"{install.KAFKA_VERSION} at most; what it says about Kafka may be out of date.",
            file=sys.stderr,
        )
    return found


def _recognised(path: Path) -> Home:
    if not path.is_dir():
        raise LabError(f"KAFKA_HOME is {path}, and there is no such folder. {MEND}")
    layout: Layout = "confluent"
    if (path / home.SUMS).is_file() and (path / "libexec" / "settings.sh").is_file():
        layout = "ours"
    elif (path / "bin" / "kafka-server-start.sh").exists() or (path / "config").is_dir():
        layout = "apache"
    version = home.VERSION if layout == "ours" else _version(path, layout)
    found = Home(path, layout, version)
    scripts, configs = ["kafka-server-start"], ["server.properties"]
    if not version or int(version.split(".")[0]) < 4:
        scripts.append("zookeeper-server-start")
        configs.append("zookeeper.properties")
    missing = [
        str(wanted.relative_to(path))
        for wanted in [*map(found.script, scripts), *map(found.config, configs)]
        if not wanted.is_file()
    ]
    if missing:
        raise LabError(f"KAFKA_HOME is {path}, and this is missing: {', '.join(missing)}. {MEND}")
    locked = [str(found.script(name)) for name in scripts if not os.access(found.script(name), 1)]
    if locked:
        raise LabError(
            f"KAFKA_HOME is {path}, and this cannot be run: {', '.join(locked)}. Unpack that Kafka "
            "anew, or make the programs in its bin folder executable."
        )
    if not version:
        raise LabError(
            f"KAFKA_HOME is {path}, and its version cannot be told: there is no "
            f"{_jars(layout)}/kafka_<Scala>-<version>.jar. {MEND}"
        )
    return found


def _jars(layout: Layout) -> str:
    return "libs" if layout == "apache" else "share/java/kafka"


def _version(path: Path, layout: Layout) -> str:
    """Kafka's version by the name of its jar; empty where there is none."""
    for jar in sorted((path / _jars(layout)).glob("kafka_2.*-*.jar")):
        named = re.fullmatch(r"kafka_2\.\d+-(\d+)\.(\d+)\.(\d+)((?:-\w+)*)\.jar", jar.name)
        if not named or named[4].endswith(("sources", "javadoc", "test", "scaladoc")):
            continue
        major, minor, patch = (int(number) for number in named.groups()[:3])
        if named[4].startswith(("-ccs", "-ce")) and major in CONFLUENT:
            major, more = CONFLUENT[major]
            minor += more
        return f"{major}.{minor}.{patch}"
    return ""


def quoted(text: str) -> str:
    """A text as a word of a shell, always in single quotes."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def plain_path(path: Path) -> Path:
    """The path itself, or a link to it, if a shell would take it apart.

    The playbook writes $KAFKA_HOME without quotes. In a cache whose path has a space no command of
    its would run, so there a link is made, in a folder that only this user may change.
    """
    if shlex.quote(str(path)) == str(path):
        return path
    folder = Path(tempfile.gettempdir()) / f"electionlab-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    told = folder.lstat()
    if told.st_uid != os.getuid() or told.st_mode & 0o77 or folder.is_symlink():
        raise LabError(f"{folder} belongs to somebody else or is open to others. Remove it.")
    link, new = folder / path.name, folder / f"{path.name}-{os.getpid()}"
    new.unlink(missing_ok=True)
    new.symlink_to(path)
    new.replace(link)
    return link


def export(environ: Mapping[str, str] = os.environ) -> str:
    """The line for a shell that sets KAFKA_HOME to this workbook's own, which is made if needed."""
    made = home.make_home()
    path = plain_path(made)
    before = environ.get("KAFKA_HOME", str(path))
    if Path(before) not in (path, made):
        print(f"KAFKA_HOME was {before}. This sets it to this workbook's own.", file=sys.stderr)
    return f"export KAFKA_HOME={quoted(str(path))}"
