"""The locks of Kafka's class paths, in `jar_locks/` beside this file: one for each Kafka.

Each line pins a jar: its coordinates, its size in bytes and its SHA-256.
"""

from __future__ import annotations

import functools
import hashlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

LOCKS = Path(__file__).parent / "jar_locks"


@dataclass(frozen=True)
class Jar:
    """One line of a lock: a jar's coordinates, its size in bytes and its SHA-256."""

    group: str
    artifact: str
    version: str
    size: int
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def is_whole(self, path: Path) -> bool:
        """Whether the file is there, with the size and the checksum of the lock."""
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        return sha256(path) == self.sha256


def lock_file(name: str) -> Path:
    return LOCKS / f"{name}.lock"


def read_lock(name: str) -> list[Jar]:
    """The jars of a lock, such as `kafka-4.3.0`, in the order of the class path."""
    lines = lock_file(name).read_text(encoding="utf-8").splitlines()
    return [_read_jar(line) for line in lines if not line.startswith("#")]


def _read_jar(line: str) -> Jar:
    coordinates, size, checksum = line.split()
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, int(size), checksum)


def write_lock(name: str, coordinates: list[str]) -> Path:
    """Resolve coordinates (`group:artifact:version`) with all dependencies, and pin the result.

    For maintainers who upgrade Kafka: `python -m electionlab lock`.
    """
    from jgo.maven import Dependency, MavenContext

    with tempfile.TemporaryDirectory() as scratch:
        context = MavenContext(repo_cache=Path(scratch))
        dependencies = [
            Dependency(context.project(group, artifact).at_version(version).artifact())
            for group, artifact, version in (text.split(":") for text in coordinates)
        ]
        first, others = context.resolver.resolve(dependencies)
        lines = []
        for resolved in [*first, *others]:
            jar = resolved.artifact.resolve()
            pinned = f"{resolved.groupId}:{resolved.artifactId}:{resolved.version}"
            lines.append(f"{pinned} {jar.stat().st_size} {sha256(jar)}")
    head = f"# {' + '.join(coordinates)}, resolved {time.strftime('%Y-%m-%d')}: jar, bytes, SHA-256"
    path = lock_file(name)
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits. One that has not changed since this process
    last read it is not read again: a page that starts ten brokers would read the same 110 MB, of
    jars and an AOT cache, ten times."""
    state = path.stat()
    return _read_sha256(path, state.st_ino, state.st_size, state.st_ctime_ns)


@functools.lru_cache(maxsize=1000)
def _read_sha256(path: Path, *_state: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
