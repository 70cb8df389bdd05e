"""Rounds as pictures, with a line where a silent leader has lost."""

import re

from electionlab.elections import charts
from electionlab.elections.model import Round
from electionlab.host.folders import PROJECT
from electionlab.lab.lab import PATIENCE


def made(election, leaderless_s):
    return Round(election, "kill", leaderless_s, 0.0, 5, 0, 0, 0)


def test_each_election_that_ran_has_its_strip():
    picture = charts.leaderless(
        [made("redis", 6.0), made("faust", 7.0), made("faust", 8.0)], "kill"
    )
    assert picture.groups == {"Faust": [7.0, 8.0], "Redis": [6.0]}
    assert picture.limit == charts.SESSION_S


def test_a_round_without_a_next_leader_has_no_mark():
    assert charts.leaderless([made("redis", None)], "kill").groups == {"Redis": []}


def test_all_elections_have_the_same_patience():
    text = (PROJECT / "examples/elections/candidate.py").read_text(encoding="utf-8")
    session = float(re.search(r"^SESSION_S = ([\d.]+)", text, re.MULTILINE)[1])
    heartbeat = float(re.search(r"^HEARTBEAT_S = ([\d.]+)", text, re.MULTILINE)[1])
    assert session == charts.SESSION_S == float(PATIENCE["BROKER_SESSION_TIMEOUT"])
    assert heartbeat == float(PATIENCE["BROKER_HEARTBEAT_INTERVAL"])
