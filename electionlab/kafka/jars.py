"""Kafka's class path: fetched once by its package coordinates, checked before each use.

A jar gets its name in the cache only once it is complete and has the checksum that its lock pins.
So a fetch that was cut off leaves nothing half done, and the next one fetches only the jars that
are missing.

Why not pooch: it makes a connection for each file and does not check sizes. The 151 jars of both
Kafkas took it 17 s and 151 connections; here they take 3.5 s and 16 (measured 2026-11-26, version
1.9.0).
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from electionlab.errors import LabError
from electionlab.history.readable import plural
from electionlab.host.folders import cache_errors, cache_folder
from electionlab.host.progress import Progress, say
from electionlab.host.waiting import stretched
from electionlab.kafka.jar_lock import Jar, lock_file, read_lock

if TYPE_CHECKING:
    import requests

CONNECTIONS = 8  # to the repository at the same time


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
            folder_of_jar = context.project(jar.group, jar.artifact).at_version(jar.version)
            address = f"{repository}/{folder_of_jar.path_prefix.as_posix()}/{jar.file_name}"
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
                    f"{jar.size}, or a checksum other than in {lock_file(name).name}. Try again."
                )
            arrived.replace(folder / jar.file_name)

        try:
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                try:
                    for fetched in [pool.submit(fetch_one, jar) for jar in missing]:
                        fetched.result()
                except (KeyboardInterrupt, SystemExit):  # the other jars are no longer wanted
                    stopped.set()
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
        except requests.RequestException as error:
            raise LabError(
                f"Missing in {folder}: {len(missing)} {plural(len(missing), 'jar')} of {name}, "
                f"which could not be fetched from Maven's central repository: "
                f"{type(error).__name__}. This machine needs the network once; {_remedy()} and try "
                "again. What has arrived is kept."
            ) from error


def _remedy() -> str:
    """What the reader can do: fix the proxy that the environment names, or connect if it names
    none."""
    proxies = urllib.request.getproxies()
    address = proxies.get("https") or proxies.get("all")
    if not address:
        return "connect it (or set HTTPS_PROXY)"
    parts = urllib.parse.urlsplit(address)
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()  # without a password
    return (
        f"the request went through the proxy {shown}, which HTTPS_PROXY or ALL_PROXY names: fix or "
        "unset that"
    )


def _session() -> requests.Session:
    """Connections that are reused for one jar after another; jgo's own resolver makes two for each
    jar, which for 150 jars takes longer than the bytes."""
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
    measured on; nothing if this process has read it before and it has not changed). Two processes
    may call this at once: the second waits for the first. Setting `stopped`, in another thread,
    ends a fetch with LabError.

    Raises LabError without network, disk space or permission, or if a jar arrives damaged.
    """
    jars = read_lock(name)
    folder = cache_folder() / name
    with cache_errors(folder):
        missing = [jar for jar in jars if not jar.is_whole(folder / jar.file_name)]
        if missing:
            folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(folder / "fetch.lock", timeout=stretched(600)):
                _sweep(folder)
                missing = [jar for jar in jars if not jar.is_whole(folder / jar.file_name)]
                for jar in missing:
                    if (folder / jar.file_name).exists():
                        say(f"{jar.file_name} in the cache is damaged and is fetched again.")
                if missing:
                    _fetch(name, missing, folder, stopped or threading.Event())
    return [folder / jar.file_name for jar in jars]


def _sweep(folder: Path) -> None:
    """Remove what killed fetches have left behind. We hold the lock, so no other fetch is under
    way."""
    for left in folder.glob("fetching-*"):
        shutil.rmtree(left, ignore_errors=True)
