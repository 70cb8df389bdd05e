import dataclasses

import pytest
from newsrooms import SITES, crawled, request

from electionlab.crawler import storms, tables
from electionlab.crawler.storms import FAULTS, Round, Storm
from electionlab.errors import LabError
from electionlab.lab.recorded import Task

GOOD = Round(True, FAULTS[:2], 132, 0, 0, 250, 30, 0, 0, 0, 60)


def changed(**fields):
    return dataclasses.replace(GOOD, **fields)


def test_a_storm_is_the_same_for_the_same_seed_and_every_second_freezes_a_leader():
    assert Storm(3, fenced=True).faults == Storm(3, fenced=False).faults
    assert sorted(Storm(3, fenced=True).faults) == sorted(FAULTS)
    assert sorted(Storm(4, fenced=True).faults) == sorted(FAULTS[:2])
    assert Storm(4, fenced=False).__name__ == "plain_4"


def test_what_came_of_a_storm_is_counted():
    url = SITES[0].url
    seen = crawled(requests=[request(1.0, url), request(1.1, url)], articles=crawled().articles[1:])
    one = storms.judged(seen, Storm(2, fenced=True))
    assert (one.missing, one.pages, one.again, one.unexplained, one.too_soon) == (1, 2, 1, 1, 1)
    assert one.forbidden == one.twice == one.ordered == 0


def test_rounds_are_saved_and_read_again(tmp_path):
    about = dict.fromkeys(("kafka", "faust-streaming", "aiokafka", "python"), "1")
    recorded = storms.Recorded.of_today([GOOD, changed(fenced=False)], about, Task("x"))
    assert storms.load(recorded.save(tmp_path / "a.json")).rounds == recorded.rounds


@pytest.mark.parametrize("wrong", [{"missing": -1}, {"faults": ("rain",)}, {"wanted": 0}])
def test_a_round_that_cannot_be_is_refused(tmp_path, wrong):
    about = dict.fromkeys(("kafka", "faust-streaming", "aiokafka", "python"), "1")
    path = storms.Recorded.of_today([changed(**wrong)], about, Task("x")).save(tmp_path / "a.json")
    with pytest.raises(LabError, match="round 1"):
        storms.load(path)


@pytest.mark.parametrize("field", ["missing", "twice", "forbidden"])
def test_one_bad_storm_is_enough(field):
    assert tables.nothing_is_lost([GOOD, GOOD]).outcome == "held"
    verdict = tables.nothing_is_lost([GOOD, changed(**{field: 1})])
    assert verdict.outcome == "broken"
    assert verdict.figures[field] == 1
    assert tables.nothing_is_lost([]).outcome == "unknown"


def test_storms_are_summed_up_by_leader_and_by_whether_one_was_frozen():
    rounds = [GOOD, GOOD, changed(faults=FAULTS, too_soon=2), changed(fenced=False, missing=1)]
    frozen = "kills, and a leader that stood still"
    assert tables.storms(rounds).rows == [
        ["fenced", "kills", "2", "264 of 264", "0", "60 of 500", "0", "0", "60"],
        ["fenced", frozen, "1", "132 of 132", "0", "30 of 250", "0", "2", "60"],
        ["plain", "kills", "1", "131 of 132", "0", "30 of 250", "0", "0", "60"],
    ]


def test_the_recorded_storms_can_be_read():
    recorded = storms.load()
    assert tables.nothing_is_lost(recorded.rounds).outcome == "held"
    assert {one.fenced for one in recorded.rounds} == {True, False}


def test_the_table_of_sites_has_each_trouble():
    assert len(tables.sites().rows) == 21
