"""Rounds that were recorded: what was measured, when, where, and by which command.

A JSON file with one round per line. It names no host and no folder: a reader can compare the
figures with a run of their own, and nothing else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import platform
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

from electionlab.errors import LabError, writing
from electionlab.history.event_json import SCALARS
from electionlab.host.folders import PROJECT
from electionlab.lab.benches import SideBySide

VERSION = 1
VERSIONS = ("kafka", "faust-streaming", "aiokafka", "python")
"""The packages whose versions a recorded run states at least."""

R = TypeVar("R")


def machine() -> str:
    """This machine in words that name nobody: `2 cores, Linux x86_64`."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def command_line(name: str, count: int, path: Path | None, at_once: int | None) -> str:
    """The command that measures `count` rounds, `at_once` at a time, and records them in the file
    `path`, if these are given. A file outside of this checkout is named without its folder."""
    command = f"python -m electionlab {name} --rounds {count}"
    if at_once:
        command += f" --at-once {at_once}"
    if path is None:
        return command
    inside = path.resolve().is_relative_to(PROJECT)
    return f"{command} --record {path.resolve().relative_to(PROJECT) if inside else path.name}"


@dataclass(frozen=True)
class Task:
    """What a command that measures was asked for, besides how much: the `command` itself, a `note`
    for readers, how many labs run at once (None: as many as this machine can run), and the file to
    write."""

    command: str
    note: str = ""
    at_once: int | None = None
    path: Path | None = None


@contextlib.contextmanager
def kept_beside(path: Path | None) -> Iterator[Path | None]:
    """A block that writes the file `path` at its end, and until then another one beside it. Says
    where that is if the block fails or is interrupted, and removes it if not. No other one beside
    a device, such as /dev/stdout."""
    if path is None or (path.exists() and not path.is_file()):
        yield None
        return
    real = path.resolve()
    unfinished = real.with_name(f"{real.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
    except BaseException:
        if unfinished.exists():
            print(f"What was measured before it ended is in {unfinished}.", file=sys.stderr)
        raise
    unfinished.unlink(missing_ok=True)


@dataclass(frozen=True)
class RecordedRounds(Generic[R]):
    """`date` as YYYY-MM-DD, `machine` in words, `command` to repeat the run, `versions` by name.
    `note` says what else a reader has to know. A subclass says what its rounds are."""

    ROUND: ClassVar[type[Any]]
    """The dataclass of a round."""
    KNOWN: ClassVar[Sequence[tuple[str, Collection[object]]]] = ()
    """Fields of a round, each with the values that it may have."""
    FORMAT: ClassVar[str]
    WHAT: ClassVar[str]
    """The rounds in a sentence: `240 failovers, recorded on …`."""
    PACKAGES: ClassVar[Sequence[str]] = VERSIONS
    """Whose versions it states."""

    date: str
    machine: str
    command: str
    versions: Mapping[str, str]
    rounds: Sequence[R]
    note: str = ""

    @classmethod
    def of_today(cls, rounds: Sequence[R], about: Mapping[str, str], task: Task) -> Self:
        """Rounds that this machine has just measured. `about` is that of a history of theirs, which
        names the versions."""
        return cls(
            date=date.today().isoformat(),
            machine=machine(),
            command=task.command,
            versions={name: about[name] for name in cls.PACKAGES},
            rounds=list(rounds),
            note=task.note,
        )

    @classmethod
    def measured(
        cls,
        task: Task,
        running: SideBySide[Any],
        rounds_of: Callable[[str, Any], Sequence[R]],
        in_words: Callable[[R], str] = str,
    ) -> Self:
        """The rounds of what is `running`, each experiment's printed once it is done. `rounds_of`
        finds them in what was seen of an experiment, whose name it gets, too. LabError if one
        fails. Until all are done, those that are stand beside the file, in `<path>.unfinished`, and
        the file stays as it was."""
        rounds: list[R] = []
        about: dict[str, str] = dict.fromkeys(cls.PACKAGES, "unknown")
        with kept_beside(task.path) as unfinished, running:
            for name in running.names:
                seen = running.history(name, within=7200)
                here = rounds_of(name, seen)
                print(f"{name}: {', '.join(map(in_words, here))}", flush=True)
                rounds += here
                about |= seen.about
                if unfinished:
                    cls.of_today(rounds, about, task).save(unfinished)
            recorded = cls.of_today(rounds, about, task)
            if task.path:
                recorded.save(task.path)
        return recorded

    @classmethod
    def to_json(cls, one: R) -> Mapping[str, Any]:
        """A round as it stands in the file."""
        fields = asdict(one)  # type: ignore[call-overload]
        return {n: round(v, 3) if isinstance(v, float) else v for n, v in fields.items()}

    @classmethod
    def from_json(cls, entry: Any) -> R:
        """A round of the file. Raises KeyError, TypeError or ValueError if it is none."""
        for field in dataclasses.fields(cls.ROUND):
            value = entry[field.name]
            if not isinstance(value, SCALARS.get(str(field.type), (object,))):
                raise TypeError(f"{field.name} is {value!r}")
            if isinstance(value, (int, float)) and not 0 <= value < math.inf:
                raise ValueError(f"{field.name} is {value}, which is negative or not finite")
        for name, known in cls.KNOWN:
            if entry[name] not in known:
                raise ValueError(f"there is no {name} {entry[name]!r}")
        found: R = cls.ROUND(**entry)
        return found

    def __str__(self) -> str:
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        lines = [f"{len(self.rounds)} {self.WHAT}, recorded on {self.date}", f"on {self.machine}"]
        lines += [f"with {versions}", self.note, "To repeat it:", f"    {self.command}"]
        return "\n".join(filter(None, lines))

    def save(self, path: Path) -> Path:
        """Write it as JSON, one round per line. LabError if that fails."""
        head = {"format": self.FORMAT, "version": VERSION, **asdict(self)}
        del head["rounds"]
        lines = ",\n".join(json.dumps(self.to_json(one)) for one in self.rounds)
        text = json.dumps(head, indent=1, ensure_ascii=False)
        with writing(path):
            path.write_text(f'{text[:-2]},\n "rounds": [\n{lines}\n]}}\n', encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a recorded run. LabError that says what is wrong with the file."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise LabError(f"{path} cannot be read as a recorded run: {error}") from error
        if not isinstance(data, dict) or data.get("format") != cls.FORMAT:
            raise LabError(f"{path} is no recorded run of {cls.WHAT}.")
        if data.get("version") != VERSION:
            raise LabError(f"{path} is of version {data.get('version')}; this reads {VERSION}.")
        for name in "date", "machine", "command":
            if not isinstance(data.get(name), str) or not data[name]:
                raise LabError(f"{path} does not say its {name}.")
        if not isinstance(data.get("versions"), dict):
            raise LabError(f"{path} does not say its versions.")
        entries = data.get("rounds")
        if not isinstance(entries, list) or not entries:
            raise LabError(f"{path} has no rounds.")
        rounds = []
        for number, entry in enumerate(entries, start=1):
            try:
                rounds.append(cls.from_json(entry))
            except (KeyError, TypeError, ValueError) as error:
                raise LabError(f"{path}, round {number}: {error!r}") from error
        return cls(
            date=data["date"],
            machine=data["machine"],
            command=data["command"],
            versions=data["versions"],
            rounds=rounds,
            note=data.get("note", ""),
        )
