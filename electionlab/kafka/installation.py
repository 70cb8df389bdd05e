"""A Kafka as it is installed on this machine: its jars, its Java, and what is made from them.

What is made, including AOT caches, is in one folder of the cache. The folder's name depends on
everything it was made from, so that a new Java or new jars get a new folder. It gets that name only
once it is complete, and the SHA-256 of each file in it is checked before it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import filelock

from electionlab.errors import LabError
from electionlab.host.disks import DiskError
from electionlab.host.folders import cache_errors, cache_folder
from electionlab.host.progress import say
from electionlab.host.waiting import stretched
from electionlab.kafka import aot_cache, leftovers
from electionlab.kafka.aot_cache import Trainee
from electionlab.kafka.jar_lock import read_lock, sha256
from electionlab.kafka.jars import ensure_jars
from electionlab.kafka.java import LANGUAGE, Java, find_java

SUMS = "sums.json"
"""The SHA-256 of each file of an installation; a folder that has it was made by this workbook."""

FAILURE = "training-failed.txt"
"""Why an installation has no AOT caches although its Java could train them."""

SCRATCH = "unfinished-"
"""Prefix of the names of unfinished work in the cache; whoever holds the lock removes it."""

KEPT = 3  # installations of one Kafka, some 100 MB each: one for each Java and environment
MADE_WITHIN_S = 600.0
TRY_AGAIN = "`python -m electionlab fetch` tries again."

# A broker that lives for minutes gains nothing from the optimising compiler or a parallel GC.
JVM_FLAGS = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", *LANGUAGE]


@dataclass(frozen=True)
class Installation(ABC):
    """One Kafka on this machine: `jars` in the order of its class path, `java` to run them, and
    `cache`, the folder that holds the jars and in which `folder` is made."""

    java: Java
    jars: tuple[Path, ...]
    cache: Path

    version: ClassVar[str]
    lock: ClassVar[str]
    """The name of the lock that pins its jars, and of its folder in the cache."""
    kind: ClassVar[str]
    """Prefix of the names of its folders."""
    trained_by: ClassVar[str] = "a start"
    """What its AOT caches were trained by; caches that something else has trained are made anew."""

    @abstractmethod
    def fill(self, folder: Path) -> None:
        """Write everything but the AOT caches into a folder, which will be renamed to `folder`."""

    @abstractmethod
    def trainees(self, folder: Path, scratch: Path) -> list[Trainee]:
        """The servers that train the AOT caches of what `fill` wrote into a folder. They keep their
        configuration and data in `scratch`."""

    def texts(self) -> dict[str, str]:
        """The files that are the same in each installation of this kind: their text by path."""
        return {}

    @classmethod
    def fetch(cls, stopped: threading.Event | None = None) -> Self:
        """The installation on this machine, with its jars, which are fetched if they are missing.

        Raises LabError if Java or the jars are not available, or once `stopped` is set.
        """
        return cls(find_java(), tuple(ensure_jars(cls.lock, stopped)), cache_folder() / cls.lock)

    @classmethod
    def failed_training(cls, java: Java) -> str:
        """Why the training of its AOT caches failed; empty if it did not. A failed training is not
        tried again at each start."""
        cache = cache_folder() / cls.lock
        jars = tuple(cache / jar.file_name for jar in read_lock(cls.lock))
        with contextlib.suppress(FileNotFoundError):
            return (cls(java, jars, cache).folder / FAILURE).read_text(encoding="utf-8")
        return ""

    @property
    def folder(self) -> Path:
        """The folder in the cache with what is made from the jars. FileNotFoundError if a jar is
        missing."""
        depends_on = [
            [str(self.java.launcher), self.java.version, JVM_FLAGS],
            # An AOT cache fits jars only as long as their modification times stay the same.
            [(str(jar), jar.stat().st_mtime_ns) for jar in self.jars],
            sorted(self.texts().items()),
            self.trained_by,
        ]
        digest = hashlib.sha256(json.dumps(depends_on).encode()).hexdigest()
        return self.cache / f"{self.kind}-{digest[:12]}"

    @property
    def class_path(self) -> str:
        return os.pathsep.join(map(str, self.jars))

    def command(self, main: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
        """The command line that runs one of Kafka's programs, without an AOT cache; `options` are
        the JVM's."""
        java = str(self.java.launcher)
        return [java, *JVM_FLAGS, *options, "-cp", self.class_path, main, *arguments]

    @property
    def is_whole(self) -> bool:
        """Whether `folder` was made and no file of it has changed since."""
        folder = self.folder
        try:
            sums = json.loads((folder / SUMS).read_text(encoding="utf-8"))
            programs = list((folder / "bin").glob("*"))
            can_run = all(os.access(program, os.X_OK) for program in programs)
            return bool(sums == _sums(folder)) and can_run
        except (OSError, ValueError):
            return False

    def make(self, *, again: bool = False) -> None:
        """Make `folder` if it is missing or damaged; with `again`, also if the training of its AOT
        caches has failed before.

        A failed training is reported on standard error and not raised. Two processes may call this
        at once: the second one waits for the first. Raises LabError if the cache cannot be used.
        """
        with cache_errors(self.cache):
            if not self._is_ready(again):
                lock = self.cache / f"{self.kind}.lock"
                with filelock.FileLock(lock, timeout=stretched(MADE_WITHIN_S)):
                    self._remove(f"{SCRATCH}*")
                    if not self._is_ready(again):
                        self._make()
                    self._remove(f"{self.kind}-*", keep=KEPT)
                    leftovers.remove(self.cache)
            with contextlib.suppress(PermissionError):  # a cache that somebody else has filled
                os.utime(self.folder)

    def _is_ready(self, again: bool) -> bool:
        return self.is_whole and not (again and (self.folder / FAILURE).exists())

    def _remove(self, pattern: str, keep: int = 0) -> None:
        """Remove what matches `pattern` in the cache, except the `keep` used most recently."""
        newest_first = sorted(
            self.cache.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True
        )
        for path in newest_first[keep:]:
            shutil.rmtree(path, ignore_errors=True)

    def _make(self) -> None:
        scratch = Path(tempfile.mkdtemp(dir=self.cache, prefix=SCRATCH))
        try:
            scratch.chmod(0o755)  # a cache may be filled by one user and used by others
            self.fill(scratch)
            if self.java.trains_aot_cache:
                self._train(scratch)
            (scratch / SUMS).write_text(json.dumps(_sums(scratch)), encoding="utf-8")
            if self.folder.exists():
                if not self.is_whole:
                    say(f"{self.folder} was changed or damaged, and is made again.")
                self.folder.rename(f"{scratch}-old")  # perhaps in use; a later `make` removes it
            scratch.rename(self.folder)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise

    def _train(self, folder: Path) -> None:
        scratch = folder / "training"
        scratch.mkdir()
        trainees = self.trainees(folder, scratch)
        names = " and ".join(trainee.name for trainee in trainees)
        caches = "an AOT cache" if len(trainees) == 1 else "AOT caches"
        say(f"Training {caches} for {names} {self.version} on {self.java}, which happens once.")
        try:
            aot_cache.train(trainees)
        except DiskError:  # not Java's fault, so not recorded
            raise
        except LabError as error:
            for trainee in trainees:
                trainee.cache.unlink(missing_ok=True)
            (folder / FAILURE).write_text(str(error), encoding="utf-8")
            say(
                f"Kafka will boot without an AOT cache, taking 2-3 times as long: {error}\n"
                f"{TRY_AGAIN}"
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _sums(folder: Path) -> dict[str, str]:
    sums = {}
    for path in sorted(folder.glob("**/*")):
        if path.is_file() and path.name != SUMS:
            sums[str(path.relative_to(folder))] = sha256(path)
    return sums
