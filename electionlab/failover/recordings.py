"""Failovers that were recorded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from electionlab.failover.model import FAULTS, STEPS, Round, Settings
from electionlab.host.folders import PROJECT
from electionlab.lab.recorded import RecordedRounds, Task

FAILOVERS = PROJECT / "docs" / "recorded" / "failover.json"
"""The recorded run that the page shows."""


class Recorded(RecordedRounds[Round]):
    """A recorded run of failovers."""

    FORMAT, WHAT = "electionlab-failovers", "failovers"

    @classmethod
    def of_today(cls, rounds: Sequence[Round], about: Mapping[str, str], task: Task) -> Self:
        """By fault and settings."""
        ordered = sorted(rounds, key=lambda failover: (failover.fault, failover.settings))
        return super().of_today(ordered, about, task)

    @classmethod
    def to_json(cls, one: Round) -> Mapping[str, Any]:
        took = {step: round(seconds, 3) for step, seconds in one.took.items()}
        more = {"took": took, "late_s": round(one.late_s, 3), "generations": one.generations}
        return {"fault": one.fault, **asdict(one.settings), **more}

    @classmethod
    def from_json(cls, entry: Any) -> Round:
        settings = Settings(
            *(float(entry[f"{name}_s"]) for name in ("session", "heartbeat", "timer"))
        )
        took = {step: float(entry["took"][step]) for step in STEPS if entry["took"]}
        numbers = [*took.values(), *asdict(settings).values()]
        if entry["fault"] not in FAULTS:
            raise ValueError(f"no fault {entry['fault']!r}")
        if not all(math.isfinite(number) and number >= 0 for number in numbers):
            raise ValueError("a number is negative or not finite")
        if not all(asdict(settings).values()):
            raise ValueError("a setting is 0 s")
        return Round(
            entry["fault"], settings, took, float(entry["late_s"]), int(entry["generations"])
        )


def load(path: Path = FAILOVERS) -> Recorded:
    """Read a recorded run. LabError that says what is wrong with the file."""
    return Recorded.load(path)
