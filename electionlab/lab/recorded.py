"""Rounds that were recorded: what was measured, when, where, and by which command.

A JSON file with one round per line. It names no host and no folder: a reader can compare the
figures with a run of their own, and nothing else.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

from electionlab.errors import LabError, writing
from electionlab.host.folders import PROJECT

VERSION = 1
VERSIONS = ("kafka", "faust-streaming", "aiokafka", "python")
"""The packages whose versions a recorded run states at least."""

R = TypeVar("R")


def machine() -> str:
    """This machine in words that name nobody: `2 cores, Linux x86_64`."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def command_line(name: str, count: int, path: Path | None) -> str:
    """The command that measures `count` rounds, and records them in the file `path` if that is
    given. A file outside of this checkout is named without its folder."""
    command = f"python -m electionlab {name} --rounds {count}"
    if path is None:
        return command
    inside = path.resolve().is_relative_to(PROJECT)
    return f"{command} --record {path.resolve().relative_to(PROJECT) if inside else path.name}"


@dataclass(frozen=True)
class RecordedRounds(Generic[R]):
    """`date` as YYYY-MM-DD, `machine` in words, `command` to repeat the run, `versions` by name.
    `note` says what else a reader has to know. A subclass says what its rounds are."""

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
    def of_today(
        cls, rounds: Sequence[R], about: Mapping[str, str], *, command: str, note: str = ""
    ) -> Self:
        """Rounds that this machine has just measured. `about` is that of a history of theirs, which
        names the versions."""
        return cls(
            date=date.today().isoformat(),
            machine=machine(),
            command=command,
            versions={name: about[name] for name in cls.PACKAGES},
            rounds=rounds,
            note=note,
        )

    @staticmethod
    def to_json(one: R) -> Mapping[str, Any]:
        """A round, a dataclass, as it stands in the file."""
        return asdict(one)  # type: ignore[call-overload, no-any-return]

    @staticmethod
    def from_json(entry: Any) -> R:
        """A round of the file. Raises KeyError, TypeError or ValueError if it is none."""
        raise NotImplementedError

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
