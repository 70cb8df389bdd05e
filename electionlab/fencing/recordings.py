"""Rounds of the fencing experiments that were recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from electionlab.fencing.model import FAULTS, PROGRAMS, Round
from electionlab.host.folders import PROJECT
from electionlab.lab.recorded import RecordedRounds

FENCING = PROJECT / "docs" / "recorded" / "fencing.json"
"""The recorded rounds that the page shows."""


class Recorded(RecordedRounds[Round]):
    """A recorded run of fencing rounds."""

    FORMAT, WHAT = "electionlab-fencing", "rounds"

    @staticmethod
    def to_json(one: Round) -> Mapping[str, Any]:
        silence_s = None if one.silence_s is None else round(one.silence_s, 3)
        return {**asdict(one), "silence_s": silence_s}

    @staticmethod
    def from_json(entry: Any) -> Round:
        one = Round(**entry)
        if one.program not in PROGRAMS or one.fault not in FAULTS:
            raise ValueError(f"no {one.program!r} under {one.fault!r}")
        counts = (one.tried, one.stored, one.stale, one.read)
        if not all(isinstance(count, int) and count >= 0 for count in counts):
            raise ValueError("a count is no whole number, or negative")
        if one.silence_s is not None and not 0 <= float(one.silence_s) < float("inf"):
            raise ValueError("a silence is negative or not finite")
        return one


def load(path: Path = FENCING) -> Recorded:
    """Read recorded rounds. LabError that says what is wrong with the file."""
    return Recorded.load(path)
