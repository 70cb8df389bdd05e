"""Where things are: this workbook, the cache, and the logs of this run."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import platformdirs

from electionlab.errors import LabError, file_errors

_log_lock = threading.Lock()
PROJECT = Path(__file__).resolve().parent.parent.parent
"""The workbook's top folder, where leader.py is; site-packages if only this package is
installed."""
HAS_WORKBOOK = (PROJECT / "leader.py").is_file()
BUILT = PROJECT / "_build"


def cache_folder() -> Path:
    """Where fetched jars and trained caches are kept: the user's cache folder, or the environment
    variable ELECTIONLAB_CACHE."""
    folder = os.environ.get("ELECTIONLAB_CACHE")
    return Path(folder) if folder else _of_user(platformdirs.user_cache_dir)


def _of_user(kind: Callable[[str], str]) -> Path:
    """One of the user's folders; LabError for a user without any, as in some containers."""
    try:
        return Path(kind("electionlab"))
    except RuntimeError as error:
        raise LabError(
            f"User {os.getuid()} has no home folder: neither HOME nor /etc/passwd names one. Set "
            "HOME to a folder that this user may write to."
        ) from error


def cache_errors(folder: Path) -> contextlib.AbstractContextManager[None]:
    """A block that reads or writes the cache; LabError if that fails."""
    return file_errors(
        f"The cache folder {folder} cannot be used",
        "Make room or fix its permissions, or name another folder in ELECTIONLAB_CACHE.",
    )


def runs_folder() -> Path:
    """The folder with the logs of all runs: the environment variable ELECTIONLAB_RUNS, else
    `_build/runs` in the workbook, or the user's folder for logs if there is no workbook."""
    if named := os.environ.get("ELECTIONLAB_RUNS"):
        return Path(named)
    return BUILT / "runs" if HAS_WORKBOOK else _of_user(platformdirs.user_log_dir)


@functools.cache
def run_folder() -> Path:
    """The folder for the logs of this interpreter's run, made on first use.

    It is `<time>-<process id>` in `runs_folder()`.
    """
    folder = runs_folder() / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    remedy = "Fix its permissions, or name another in ELECTIONLAB_RUNS."
    with file_errors(f"The folder {folder} for this run's logs cannot be made", remedy):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_folder_of(process: int) -> Path | None:
    """Another interpreter's run folder, by its process id; None if it made none."""
    return max(runs_folder().glob(f"*-{process}"), default=None)


def new_log(name: str) -> Path:
    """A new, empty log in the run's folder: `6066.log`, or `6066-2.log` if that name is taken."""
    with _log_lock:  # two threads could make two folders, a second apart
        folder, count = run_folder(), 1
    while True:
        path = folder / f"{name}{'' if count == 1 else f'-{count}'}.log"
        remedy = "Make room or fix the permissions there, or name another in ELECTIONLAB_RUNS."
        with file_errors(f"The log {path} cannot be made", remedy):
            with contextlib.suppress(FileExistsError):
                path.touch(exist_ok=False)  # in one step: another thread may want the same name
                return path
            count += 1
