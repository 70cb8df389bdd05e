"""Failovers as tables and pictures."""

from failovers import SIX, failover

from electionlab.failover import charts
from electionlab.failover.model import STEPS, Round, Settings


def test_the_formula_as_a_table():
    told = {row[0]: row[1:] for row in charts.formula(SIX).rows}
    assert told["noticed"] == ["5 to 6 s", "work"]
    assert told["in all"] == ["5 to 9 s", "0 to 3 s"]
    assert list(told) == [*STEPS, "in all"]


def test_each_round_as_a_row():
    rounds = [failover(), failover("interrupt"), failover(late_s=2), Round("kill", SIX, {})]
    assert [row[1:] for row in charts.each(rounds, "kill").rows] == [
        ["5.00", *["0.00"] * 4, "5.00", "5 to 9 s"],
        ["5.00", *["0.00"] * 4, "5.00 (set aside)", "5 to 9 s"],
        [*["–"] * 5, "0.00 (set aside)", "5 to 9 s"],
    ]


def test_rounds_that_are_set_aside_are_in_no_figure():
    rounds = [
        failover(),
        failover(late_s=2, told=9),
        failover(generations=2, told=9),
        Round("kill", SIX, {}),
    ]
    assert charts.spread(rounds, "kill") == {"6 / 1 / 2 s": "5.00 s"}
    assert [row[2:4] for row in charts.medians(rounds).rows] == [["1", "5.00 s"]]
    assert charts.told(rounds).groups["kill"] == [0]
    assert charts.by_step(rounds, "kill", SIX).groups["told"] == [0]
    assert charts.by_settings(rounds, "kill").groups == {"6 / 1 / 2 s": [5]}


def test_the_pictures_have_a_group_for_each_setting_and_step():
    rounds = [
        failover(),
        failover(settings=Settings(2, 1, 2)),
        failover(settings=Settings(60, 3, 2)),
    ]
    by_settings = charts.by_settings(rounds, "kill")
    assert list(by_settings.groups) == ["session 2 s", "6 / 1 / 2 s"]
    by_step = charts.by_step(rounds, "kill", SIX)
    assert list(by_step.groups) == list(STEPS)
    assert set(by_step.predicted) == {"noticed", "told", "ticked"}


def test_what_was_told_counts_in_heartbeats():
    rounds = [failover(told=0.25), failover("interrupt", Settings(6, 2, 2), told=1.5)]
    assert charts.told(rounds).groups == {"kill": [25], "interrupt": [75]}


def test_a_spread_in_words_for_each_of_the_settings():
    short = failover(settings=Settings(2, 1, 2))
    rounds = [failover(), short, failover(told=0.5), failover("interrupt")]
    spread = charts.spread(rounds, "kill")
    assert spread == {
        "2 / 1 / 2 s": f"{short.total_s:.2f} s",
        "6 / 1 / 2 s": "median 5.25 s (5.00 to 5.50 s, 2 times)",
    }
    assert charts.spread([], "kill") == {}


def test_a_median_has_an_interval_from_six_rounds_on():
    few = charts.medians([failover()] * 5).rows[0]
    enough = charts.medians([failover(ticked=number / 10) for number in range(6)]).rows[0]
    assert few[2:5] == ["5", "5.00 s", "too few"]
    assert enough[2:5] == ["6", "5.25 s", "5.00 to 5.50 s"]
