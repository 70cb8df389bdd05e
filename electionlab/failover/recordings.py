"""A recorded run of failovers: what was measured, when, where, and by which command.

A JSON file with one round per line. It names no host and no folder: a reader can compare the
figures with a run of their own, and nothing else.
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

from electionlab.errors import LabError, writing
from electionlab.failover.model import FAULTS, STEPS, Round, Settings
from electionlab.host.folders import PROJECT

FORMAT, VERSION = "electionlab-failovers", 1
FAILOVERS = PROJECT / "docs" / "recorded" / "failover.json"
"""The recorded run that the page shows."""


VERSIONS = ("kafka", "faust-streaming", "aiokafka", "python")
"""The packages whose versions a recorded run states."""


def machine() -> str:
    """This machine in words that name nobody: `2 cores, Linux x86_64`."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"


@dataclass(frozen=True)
class Recorded:
    """`date` as YYYY-MM-DD, `machine` in words, `command` to repeat the run, `versions` by name.
    `note` says what else a reader has to know."""

    date: str
    machine: str
    command: str
    versions: Mapping[str, str]
    rounds: Sequence[Round]
    note: str = ""

    def __str__(self) -> str:
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        lines = [f"{len(self.rounds)} failovers, recorded on {self.date}", f"on {self.machine}"]
        lines += [f"with {versions}", self.note, "To repeat it:", f"    {self.command}"]
        return "\n".join(filter(None, lines))

    def save(self, path: Path) -> Path:
        """Write it as JSON, one round per line. LabError if that fails."""
        head = {"format": FORMAT, "version": VERSION, **asdict(self)}
        del head["rounds"]
        lines = ",\n".join(json.dumps(_as_json(failover)) for failover in self.rounds)
        text = json.dumps(head, indent=1, ensure_ascii=False)
        with writing(path):
            path.write_text(f'{text[:-2]},\n "rounds": [\n{lines}\n]}}\n', encoding="utf-8")
        return path


def load(path: Path = FAILOVERS) -> Recorded:
    """Read a recorded run. LabError that says what is wrong with the file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LabError(f"{path} cannot be read as a recorded run: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise LabError(f"{path} is no recorded run of failovers.")
    if data.get("version") != VERSION:
        raise LabError(f"{path} is of version {data.get('version')}; this reads {VERSION}.")
    for name in ("date", "machine", "command"):
        if not isinstance(data.get(name), str) or not data[name]:
            raise LabError(f"{path} does not say its {name}.")
    if not isinstance(data.get("versions"), dict):
        raise LabError(f"{path} does not say its versions.")
    entries = data.get("rounds")
    if not isinstance(entries, list) or not entries:
        raise LabError(f"{path} has no rounds.")
    failovers = []
    for number, entry in enumerate(entries, start=1):
        try:
            failovers.append(_as_round(entry))
        except (KeyError, TypeError, ValueError) as error:
            raise LabError(f"{path}, round {number}: {error!r}") from error
    return Recorded(
        date=data["date"],
        machine=data["machine"],
        command=data["command"],
        versions=data["versions"],
        rounds=failovers,
        note=data.get("note", ""),
    )


def _as_json(failover: Round) -> dict[str, Any]:
    took = {step: round(seconds, 3) for step, seconds in failover.took.items()}
    more = {"took": took, "late_s": round(failover.late_s, 3), "generations": failover.generations}
    return {"fault": failover.fault, **asdict(failover.settings), **more}


def _as_round(entry: Mapping[str, Any]) -> Round:
    settings = Settings(*(float(entry[f"{name}_s"]) for name in ("session", "heartbeat", "timer")))
    took = {step: float(entry["took"][step]) for step in STEPS if entry["took"]}
    numbers = [*took.values(), *asdict(settings).values()]
    if entry["fault"] not in FAULTS:
        raise ValueError(f"no fault {entry['fault']!r}")
    if not all(math.isfinite(number) and number >= 0 for number in numbers):
        raise ValueError("a number is negative or not finite")
    if not all(asdict(settings).values()):
        raise ValueError("a setting is 0 s")
    return Round(entry["fault"], settings, took, float(entry["late_s"]), int(entry["generations"]))
