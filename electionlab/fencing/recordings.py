"""Rounds of the fencing experiments that were recorded."""

from __future__ import annotations

from pathlib import Path

from electionlab.fencing.model import FAULTS, PROGRAMS, Round
from electionlab.host.folders import PROJECT
from electionlab.lab.recorded import RecordedRounds

FENCING = PROJECT / "docs" / "recorded" / "fencing.json"
"""The recorded rounds that the page shows."""


class Recorded(RecordedRounds[Round]):
    """A recorded run of fencing rounds."""

    ROUND = Round
    KNOWN = (("program", PROGRAMS), ("fault", FAULTS))
    FORMAT, WHAT = "electionlab-fencing", "rounds"


def load(path: Path = FENCING) -> Recorded:
    """Read recorded rounds. LabError that says what is wrong with the file."""
    return Recorded.load(path)
