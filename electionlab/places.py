"""Where things are: this workbook, the cache, and the logs of this run."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from electionlab.errors import LabError

_one_at_a_time = threading.Lock()
PROJECT = Path(__file__).resolve().parent.parent
"""The workbook's top folder, where leader.py is."""


def cache_folder() -> Path:
    """Where fetched jars and trained caches are kept: the user's cache folder, or the environment
    variable ELECTIONLAB_CACHE."""
    named = os.environ.get("ELECTIONLAB_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("electionlab"))


@contextlib.contextmanager
def cache_errors(folder: Path) -> Iterator[None]:
    """Say in one sentence why the cache cannot be read or written."""
    try:
        yield
    except OSError as error:
        raise LabError(
            f"The cache folder {folder} cannot be used: {error.strerror or error}. Make room or "
            "mend its permissions, or name another folder in ELECTIONLAB_CACHE."
        ) from error


def require_writable(path: Path) -> None:
    """LabError unless a file can be written there: asked before an hour's work, not after it."""
    folder = path.absolute().parent
    if not folder.is_dir():
        raise LabError(f"{path} cannot be written: there is no folder {path.parent}.")
    if path.is_dir():
        raise LabError(f"{path} cannot be written: it is a folder. Name a file in it.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise LabError(f"{path} cannot be written: permission denied. Name another place.")


@functools.cache
def run_folder() -> Path:
    """The folder for the logs of this interpreter's run, made when first asked for.

    It is `_build/runs/<time>-<process id>` in the workbook, or in ELECTIONLAB_RUNS.
    """
    runs = Path(os.environ.get("ELECTIONLAB_RUNS", PROJECT / "_build" / "runs"))
    folder = runs / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(
            f"The folder {folder} for this run's logs cannot be made: {error.strerror}. Mend its "
            "permissions, or name another in ELECTIONLAB_RUNS."
        ) from error
    return folder


def new_log(name: str) -> Path:
    """A path in the run's folder that no earlier log has: `6066.log`, then `6066-2.log`."""
    with _one_at_a_time:  # or two threads would make two folders, a second apart
        folder, count = run_folder(), 1
    while True:
        path = folder / f"{name}{'' if count == 1 else f'-{count}'}.log"
        try:
            path.touch(exist_ok=False)  # in one step: another thread may want the same name
        except FileExistsError:
            count += 1
        else:
            return path
