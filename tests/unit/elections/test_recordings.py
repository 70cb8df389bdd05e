"""Recorded rounds: written, read again, and refused where they are not whole."""

import json

import pytest

from electionlab.elections import recordings
from electionlab.elections.model import ELECTIONS, FAULTS, Round
from electionlab.elections.recordings import Recorded
from electionlab.errors import LabError

RUN = Recorded(
    date="2026-11-26",
    machine="2 cores, Linux x86_64",
    command="python -m electionlab elections --rounds 1",
    versions={"etcd": "3.5.1"},
    rounds=[
        Round("etcd", "cut", 6.25, 0.5, 9, 1, 0, 0),
        Round("faust", "kill", None, 0.0, 7, 0, 0, 0),
    ],
)


def test_what_was_saved_is_loaded_again(tmp_path):
    assert recordings.load(RUN.save(tmp_path / "run.json")) == RUN


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"election": "oracle"}, "no election 'oracle'"),
        ({"fault": "earthquake"}, "no fault 'earthquake'"),
        ({"stale": -1}, "stale is -1, which is negative"),
        ({"passed": 0.5}, "passed is 0.5"),
        ({"two_s": -1.0}, "negative or not finite"),
        ({"leaderless_s": float("nan")}, "not finite"),
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


def test_the_recorded_run_has_all_elections_under_all_faults_and_names_each_server():
    run = recordings.load()
    assert {(one.election, one.fault) for one in run.rounds} == {
        (election, fault) for election in ELECTIONS for fault in FAULTS
    }
    assert {"kafka", "zookeeper", "etcd", "postgresql", "redis"} <= run.versions.keys()
    assert "unknown" not in run.versions.values()
