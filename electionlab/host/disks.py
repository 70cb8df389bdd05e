"""The disks that a run writes to: the cache, the pages, the logs, the temporary folder."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from electionlab.errors import LabError
from electionlab.host.folders import BUILT, cache_folder, runs_folder

FULL = 1_000_000
"""With fewer bytes free than this, failures are blamed on the disk."""


class DiskError(LabError):
    """A disk is full or cannot be written to: nothing else is to blame for what failed."""


@dataclass(frozen=True)
class Disk:
    """A folder that is written to: what it is for, how to choose another, and how many bytes a
    whole build needs there. Starting one more process takes `start` bytes."""

    what: str
    folder: Path
    elsewhere: str
    needed: int
    start: int = 0

    @property
    def present(self) -> Path:
        """The folder or, before it is made, the nearest folder above it that exists."""
        return next(path for path in (self.folder, *self.folder.parents) if path.exists())

    def free(self) -> int:
        """How many bytes can still be written there."""
        return shutil.disk_usage(self.present).free

    def refusal(self) -> str:
        """Why nothing can be written there; empty if something can."""
        try:
            with tempfile.TemporaryFile(dir=self.present) as file:
                file.write(b"x" * 4096)
        except OSError as error:
            return _reason(error)
        return ""

    def error(self, why: str) -> DiskError:
        """The error that says that this disk cannot be used, and what to do."""
        return DiskError(
            f"The folder for {self.what}, {self.folder}, cannot be used: {why}. Make room there or "
            f"fix its permissions, or {self.elsewhere}."
        )

    def require_room(self) -> None:
        """Make the folder. LabError if that fails, or if too little is free to start a process."""
        with self.errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            free = self.free()
        if free < self.start:
            raise self.error(
                f"only {free / 1e6:.1f} MB is free, and {self.start / 1e6:.0f} MB is needed"
            )

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Turn an OSError into a DiskError that says why something there could not be written or
        read."""
        try:
            yield
        except OSError as error:
            raise self.error(_reason(error)) from error


def _reason(error: OSError) -> str:
    if isinstance(error, shutil.Error):  # from copytree: one reason for each file
        return re.sub(r"^\[Errno \d+\] ", "", str(error.args[0][0][2]))
    return error.strerror or str(error)


def cache() -> Disk:
    return Disk("Kafka", cache_folder(), "name another folder in ELECTIONLAB_CACHE", 300_000_000)


def logs() -> Disk:
    elsewhere = "name another folder in ELECTIONLAB_RUNS"
    return Disk("the logs", runs_folder(), elsewhere, 20_000_000, start=2_000_000)


def temporary() -> Disk:
    elsewhere = "name another folder in TMPDIR"
    try:
        folder = Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise LabError(
            "No folder for temporary files can be written to. Make room or fix the permissions of "
            f"one of them, or {elsewhere}. {error.strerror}."
        ) from error
    return Disk("temporary files", folder, elsewhere, 40_000_000, start=10_000_000)


def pages() -> Disk:
    return Disk("the pages", BUILT, "move the workbook to another disk", 40_000_000)


def jupyter() -> Disk:
    from jupyter_core.paths import jupyter_runtime_dir  # only the doctor asks

    elsewhere = "set HOME to a folder that you may write to"
    return Disk("Jupyter's connections", Path(jupyter_runtime_dir()), elsewhere, FULL)


def require_room(log: Path) -> None:
    """Raise LabError, naming the disk, if there is no room for a process's log or temporary
    files."""
    replace(logs(), folder=log.absolute().parent).require_room()
    temporary().require_room()


def full() -> str:
    """A sentence that names a disk of the run that is full; empty if none is.

    For messages about a wait that failed: a process that can write neither its log nor its data
    says nothing.
    """
    for name in (logs, temporary):
        with contextlib.suppress(OSError, LabError):
            disk = name()
            if disk.free() < FULL:
                return f"\n{disk.error('no space is left on its disk')}"
    return ""
