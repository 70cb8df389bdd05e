"""Kafka's class path: fetched once by its package coordinates, checked before each use.

`locks/kafka-4.3.0.lock` beside this file pins each jar: coordinates, size in bytes, SHA-256.
A jar enters the cache under its name only when it is whole and has that sum, so a fetch that was
cut off leaves nothing half done, and goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from electionlab.errors import LabError
from electionlab.places import cache_errors, cache_folder
from electionlab.progress import Progress, say

if TYPE_CHECKING:
    import requests

LOCKS = Path(__file__).parent / "locks"
CONNECTIONS = 8  # to the repository, at once


@dataclass(frozen=True)
class Jar:
    """One line of a lock: where the jar is found, how long it is (bytes) and its SHA-256."""

    group: str
    artifact: str
    version: str
    size: int
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def is_whole(self, path: Path) -> bool:
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == self.sha256


def lock_file(name: str) -> Path:
    return LOCKS / f"{name}.lock"


def read_lock(name: str) -> list[Jar]:
    """The jars of a lock, `kafka-4.3.0` for one, in the order of the class path."""
    lines = lock_file(name).read_text().splitlines()
    return [_read_jar(line) for line in lines if not line.startswith("#")]


def _read_jar(line: str) -> Jar:
    place, size, sha256 = line.split()
    group, artifact, version = place.split(":")
    return Jar(group, artifact, version, int(size), sha256)


def _fetch(name: str, missing: list[Jar], folder: Path, stopped: threading.Event) -> None:
    # Imported late: it takes 0.2 s, and is needed only on the first run.
    import requests
    from jgo.maven import MavenContext

    progress = Progress(name, sum(jar.size for jar in missing), stopped)
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix="fetching-") as scratch,
        _session() as session,
    ):
        context = MavenContext(repo_cache=Path(scratch))
        (repository,) = context.remote_repos.values()

        def fetch_one(jar: Jar) -> None:
            place = context.project(jar.group, jar.artifact).at_version(jar.version).path_prefix
            address = f"{repository}/{place.as_posix()}/{jar.file_name}"
            arrived = Path(scratch) / jar.file_name
            with (
                session.get(address, stream=True, timeout=context.timeout) as answer,
                arrived.open("wb") as file,
            ):
                answer.raise_for_status()
                for chunk in answer.iter_content(1 << 16):
                    file.write(chunk)
                    progress.add(len(chunk))
            if not jar.is_whole(arrived):
                raise LabError(
                    f"{jar.file_name} arrived damaged: {arrived.stat().st_size} bytes instead of "
                    f"{jar.size}, or another sum than {lock_file(name).name} has. Try again."
                )
            arrived.replace(folder / jar.file_name)

        try:
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                try:
                    for done in [pool.submit(fetch_one, jar) for jar in missing]:
                        done.result()
                except (KeyboardInterrupt, SystemExit):  # nobody wants the other jars any more
                    stopped.set()
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
        except requests.RequestException as error:
            raise LabError(
                f"{len(missing)} jars of {name} are not in {folder} yet and could not be fetched "
                f"from Maven's central repository: {type(error).__name__}. This machine needs the "
                "network once; connect it (or set HTTPS_PROXY) and try again. What has arrived is "
                "kept."
            ) from error


def _session() -> requests.Session:
    """Connections that serve one jar after the other; jgo's own resolver makes two for each jar,
    which for 150 jars costs more than the bytes."""
    import requests
    from urllib3.util import Retry

    patient = Retry(
        3, connect=0, read=0, other=0, status_forcelist=[429, 502, 503, 504], backoff_factor=1
    )
    session = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=patient)
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session


def ensure_jars(name: str, stopped: threading.Event | None = None) -> list[Path]:
    """The class path of a lock as paths in the cache; fetches what is missing or damaged.

    Each jar's SHA-256 is checked each time (0.03 s for Kafka's 43 MB on the machine this was
    measured on). Two processes may call this at once: the second waits for the first. Setting
    `stopped`, in another thread, ends a fetch with LabError.

    Raises LabError without network, room or permission, and where a jar arrives damaged.
    """
    jars = read_lock(name)
    folder = cache_folder() / name
    with cache_errors(folder):
        missing = [jar for jar in jars if not jar.is_whole(folder / jar.file_name)]
        if missing:
            folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(folder / "fetch.lock", timeout=600):
                _sweep(folder)
                missing = [jar for jar in jars if not jar.is_whole(folder / jar.file_name)]
                for jar in missing:
                    if (folder / jar.file_name).exists():
                        say(f"{jar.file_name} in the cache is damaged and is fetched again.")
                if missing:
                    _fetch(name, missing, folder, stopped or threading.Event())
    return [folder / jar.file_name for jar in jars]


def _sweep(folder: Path) -> None:
    """Remove what fetches that were killed have left. The lock is ours: no other is under way."""
    for left in folder.glob("fetching-*"):
        shutil.rmtree(left, ignore_errors=True)


def write_lock(name: str, coordinates: list[str]) -> Path:
    """Resolve coordinates (`group:artifact:version`) with all they need, and pin the result.

    For the maintainers, when Kafka is to be upgraded: `python -m electionlab lock`.
    """
    from jgo.maven import Dependency, MavenContext

    with tempfile.TemporaryDirectory() as scratch:
        context = MavenContext(repo_cache=Path(scratch))
        wanted = [
            Dependency(context.project(group, artifact).at_version(version).artifact())
            for group, artifact, version in (place.split(":") for place in coordinates)
        ]
        first, others = context.resolver.resolve(wanted)
        lines = []
        for found in [*first, *others]:
            jar = found.artifact.resolve()
            with jar.open("rb") as opened:
                sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            place = f"{found.groupId}:{found.artifactId}:{found.version}"
            lines.append(f"{place} {jar.stat().st_size} {sha256}")
    head = f"# {' + '.join(coordinates)}, resolved {time.strftime('%Y-%m-%d')}: jar, bytes, SHA-256"
    path = lock_file(name)
    path.write_text("\n".join([head, *lines]) + "\n")
    return path
