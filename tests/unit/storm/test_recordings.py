"""Recorded storms: added by seed, read again, counted."""

import pytest

from electionlab.errors import LabError
from electionlab.storm import recordings

CHECKS = {
    "at_most_one_leader": {"outcome": "broken", "causes": {"freeze": 2}},
    "no_greeting_is_lost": {"outcome": "held", "causes": {}},
}


def storm(seed, **changed):
    told = {"rounds": 3, "date": "2026-11-23", "machine": "2 cores", "command": "storm"}
    told |= {"versions": {"kafka": "4.3.0"}, "kinds": {"freeze": 2, "kill": 1}, "checks": CHECKS}
    return recordings.Recorded(seed=seed, **{**told, "figures": {}, "passed": True, **changed})


def test_storms_are_kept_by_their_seed(tmp_path):
    path = tmp_path / "storms.json"
    for one in (storm(2), storm(1), storm(2, rounds=4)):
        recordings.add(one, path)
    assert [(one.seed, one.rounds) for one in recordings.load(path)] == [(1, 3), (2, 4)]


def test_rounds_and_breaches_are_counted_over_all_storms():
    told = [storm(1), storm(2, kinds={"cut": 5})]
    assert recordings.kinds(told).rows == [
        ["cut off for a while", "5"],
        ["frozen for a while", "2"],
        ["kill -9, and started again", "1"],
        ["all", "8"],
    ]
    may = "may break, with a cause"
    assert recordings.verdicts(told).rows == [
        ["At most one worker leads at any time.", may, "0 of 2", "4", "freeze (4)"],
        ["Each greeting is printed at least once.", may, "2 of 2", "", ""],
    ]


def test_each_check_of_a_recorded_storm_has_a_row():
    (recorded, *_) = recordings.load()
    assert len(recordings.verdicts([recorded]).rows) == len(recorded.checks)


def test_a_breach_that_nothing_explains_stands_out():
    causes = {"at_most_one_leader": {"outcome": "broken", "causes": {"": 1}}}
    assert recordings.verdicts([storm(1, checks=causes)]).rows[0][-1] == "NOTHING (1)"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "another", "version": 1}'])
def test_a_file_that_has_no_storms_is_refused_by_its_name(tmp_path, text):
    path = tmp_path / "storms.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=r"storms\.json cannot be read as recorded storms"):
        recordings.load(path)


def test_leadership_that_moved_for_a_reason_is_no_breach():
    check = "leader_moved_only_for_a_reason"
    causes = {"kill -9": 2, "the leader returns": 3, "": 1}
    (summary,) = recordings.summaries(
        [storm(1, checks={check: {"outcome": "broken", "causes": causes}})]
    )
    assert summary.causes == {"the leader returns": 3, "": 1}
