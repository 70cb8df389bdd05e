"""Recorded rounds: written, read again, and refused where they are not whole."""

import json

import pytest

from electionlab.errors import LabError
from electionlab.fencing import recordings
from electionlab.fencing.model import Round
from electionlab.fencing.recordings import Recorded

RUN = Recorded(
    date="2026-11-26",
    machine="2 cores, Linux x86_64",
    command="python -m electionlab fencing --rounds 1",
    versions={"kafka": "4.3.0"},
    rounds=[
        Round("stamped_leader", "cut", 9, 9, 4, 0, 8.5),
        Round("fenced_leader", "broker", 7, 7, 0, 0, None),
    ],
)


def test_what_was_saved_is_loaded_again(tmp_path):
    assert recordings.load(RUN.save(tmp_path / "run.json")) == RUN


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"program": "other"}, "no program 'other'"),
        ({"fault": "earthquake"}, "no fault 'earthquake'"),
        ({"stale": -1}, "stale is -1, which is negative"),
        ({"read": 0.5}, "read is 0.5"),
        ({"silence_s": float("nan")}, "not finite"),
        ({"more": 1}, "more"),
    ],
)
def test_a_round_that_is_none_is_refused(tmp_path, change, words):
    path = RUN.save(tmp_path / "run.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    data["rounds"][0] |= change
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(LabError, match=words) as error:
        recordings.load(path)
    assert "round 1" in str(error.value)


def test_another_recording_is_refused(tmp_path):
    path = RUN.save(tmp_path / "run.json")
    text = path.read_text(encoding="utf-8").replace("electionlab-fencing", "electionlab-failovers")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match="is no recorded run of rounds"):
        recordings.load(path)
