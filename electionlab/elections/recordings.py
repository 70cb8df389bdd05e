"""Rounds of the elections that were recorded."""

from __future__ import annotations

from pathlib import Path

from electionlab.elections.model import ELECTIONS, FAULTS, Round
from electionlab.host.folders import PROJECT
from electionlab.lab.recorded import VERSIONS, RecordedRounds

ELECTIONS_FILE = PROJECT / "docs" / "recorded" / "elections.json"
"""The recorded rounds that the page shows."""


class Recorded(RecordedRounds[Round]):
    """A recorded run of several elections."""

    ROUND = Round
    KNOWN = (("election", ELECTIONS), ("fault", FAULTS))
    FORMAT, WHAT = "electionlab-elections", "rounds"
    PACKAGES = (*VERSIONS, "zookeeper", "etcd", "postgresql", "redis")


def load(path: Path = ELECTIONS_FILE) -> Recorded:
    """Read recorded rounds. LabError that says what is wrong with the file."""
    return Recorded.load(path)
