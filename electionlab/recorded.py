"""A recorded run of failovers: what was measured, when, where, and by which command.

A JSON file with one round a line. It names no host and no folder: a reader can compare the figures
with a run of their own, and nothing else.
"""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from electionlab.errors import LabError
from electionlab.failover import FAULTS, STEPS, Round, Settings
from electionlab.places import PROJECT

FORMAT, VERSION = "electionlab-failovers", 1
FAILOVERS = PROJECT / "docs" / "recorded" / "failover.json"
"""The recorded run that the page shows."""


VERSIONS = ("kafka", "faust-streaming", "aiokafka", "python")
"""Whose versions a recorded run tells."""


def machine() -> str:
    """This machine in words that name nobody: `2 cores, Linux x86_64`."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"


@dataclass(frozen=True)
class Recorded:
    """`date` as YYYY-MM-DD, `machine` in words, `command` to repeat the run, `versions` by name.
    `note` says what a reader has to know beside that."""

    date: str
    machine: str
    command: str
    versions: Mapping[str, str]
    rounds: Sequence[Round]
    note: str = ""

    def __str__(self) -> str:
        told = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        lines = [f"{len(self.rounds)} failovers, recorded on {self.date}", f"on {self.machine}"]
        lines += [f"with {told}", self.note, "To repeat it:", f"    {self.command}"]
        return "\n".join(filter(None, lines))

    def save(self, path: Path) -> Path:
        """Write it as JSON, one round a line. OSError where there is no such folder."""
        head = {"format": FORMAT, "version": VERSION, **asdict(self)}
        del head["rounds"]
        lines = ",\n".join(json.dumps(_as_json(one)) for one in self.rounds)
        text = json.dumps(head, indent=1, ensure_ascii=False)
        path.write_text(f'{text[:-2]},\n "rounds": [\n{lines}\n]}}\n', encoding="utf-8")
        return path


def load(path: Path = FAILOVERS) -> Recorded:
    """Read a recorded run. LabError that says what is wrong with the file."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LabError(f"{path} cannot be read as a recorded run: {error}") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise LabError(f"{path} is no recorded run of failovers.")
    if told.get("version") != VERSION:
        raise LabError(f"{path} is of version {told.get('version')}; this reads {VERSION}.")
    for name in ("date", "machine", "command"):
        if not isinstance(told.get(name), str) or not told[name]:
            raise LabError(f"{path} does not say its {name}.")
    if not isinstance(told.get("versions"), dict):
        raise LabError(f"{path} does not say its versions.")
    given = told.get("rounds")
    if not isinstance(given, list) or not given:
        raise LabError(f"{path} has no rounds.")
    read = []
    for number, one in enumerate(given, start=1):
        try:
            read.append(_as_round(one))
        except (KeyError, TypeError, ValueError) as error:
            raise LabError(f"{path}, round {number}: {error!r}") from error
    return Recorded(
        date=told["date"],
        machine=told["machine"],
        command=told["command"],
        versions=told["versions"],
        rounds=read,
        note=told.get("note", ""),
    )


def _as_json(one: Round) -> dict[str, Any]:
    took = {step: round(seconds, 3) for step, seconds in one.took.items()}
    more = {"took": took, "late_s": round(one.late_s, 3), "generations": one.generations}
    return {"fault": one.fault, **asdict(one.settings), **more}


def _as_round(told: Mapping[str, Any]) -> Round:
    settings = Settings(*(float(told[f"{name}_s"]) for name in ("session", "heartbeat", "timer")))
    took = {step: float(told["took"][step]) for step in STEPS if told["took"]}
    numbers = [*took.values(), *asdict(settings).values()]
    if told["fault"] not in FAULTS:
        raise ValueError(f"no fault {told['fault']!r}")
    if not all(math.isfinite(number) and number >= 0 for number in numbers):
        raise ValueError("a number is negative or not finite")
    if not all(asdict(settings).values()):
        raise ValueError("a setting is 0 s")
    return Round(told["fault"], settings, took, float(told["late_s"]), int(told["generations"]))
