"""Rounds of the elections that were recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from electionlab.elections.model import ELECTIONS, FAULTS, Round
from electionlab.host.folders import PROJECT
from electionlab.lab.recorded import VERSIONS, RecordedRounds

ELECTIONS_FILE = PROJECT / "docs" / "recorded" / "elections.json"
"""The recorded rounds that the page shows."""


class Recorded(RecordedRounds[Round]):
    """A recorded run of several elections."""

    FORMAT, WHAT = "electionlab-elections", "rounds"
    PACKAGES = (*VERSIONS, "zookeeper", "etcd", "postgresql", "redis")

    @staticmethod
    def to_json(one: Round) -> Mapping[str, Any]:
        leaderless_s = None if one.leaderless_s is None else round(one.leaderless_s, 3)
        return {**asdict(one), "leaderless_s": leaderless_s, "two_s": round(one.two_s, 3)}

    @staticmethod
    def from_json(entry: Any) -> Round:
        one = Round(**entry)
        if one.election not in ELECTIONS or one.fault not in FAULTS:
            raise ValueError(f"no {one.election!r} under {one.fault!r}")
        counts = (one.writes, one.stale, one.passed, one.wronged)
        if not all(isinstance(count, int) and count >= 0 for count in counts):
            raise ValueError("a count is no whole number, or negative")
        for seconds in one.leaderless_s, one.two_s:
            if seconds is not None and not 0 <= float(seconds) < float("inf"):
                raise ValueError("a time is negative or not finite")
        return one


def load(path: Path = ELECTIONS_FILE) -> Recorded:
    """Read recorded rounds. LabError that says what is wrong with the file."""
    return Recorded.load(path)
