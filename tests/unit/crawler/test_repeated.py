import pytest
from newsrooms import SITES, crawled, request

from electionlab.crawler import repeated
from electionlab.crawler.observed import Visit
from electionlab.history import events as ev

URL = SITES[0].url
KILLED = ev.WorkerKilled(time=1.5, worker="1")
STORED = {"generation": 2, "members": (), "group_leader": None, "leader": None, "offset": 1}


def why(first, again, events=(), visits=()):
    asked = [request(*first), request(*again)]
    (repeat,) = repeated.repeats(crawled(requests=asked, events=events, visits=list(visits)))
    return repeat.why


def test_a_page_that_was_fetched_once_is_no_repeat():
    asked = [request(1.0, URL), request(2.0, SITES[1].url)]
    assert repeated.repeats(crawled(requests=asked)) == []


def test_without_a_reason_it_says_so():
    assert why((1.0, URL), (2.0, URL)) == ""
    verdict = repeated.each_repeat_has_a_reason(
        crawled(requests=[request(1.0, URL), request(2.0, URL)])
    )
    assert verdict.outcome == "broken"
    assert verdict.figures == {"pages": 2, "again": 1, "unexplained": 1}


@pytest.mark.parametrize(("at", "explained"), [(0.9, False), (1.5, True), (2.1, False)])
def test_a_failure_in_between_is_a_reason(at, explained):
    visit = Visit(URL, at, "answers 503", dead=False)
    words = "the source was tried again after a failure"
    assert why((1.0, URL), (2.0, URL), visits=[visit]) == (words if explained else "")


def test_the_death_of_its_worker_is_a_reason_and_that_of_another_is_none():
    assert why((1.0, URL), (2.0, URL, "2"), [KILLED]) == "worker 1 was killed"
    assert why((1.0, URL, "3"), (2.0, URL, "3"), [KILLED]) == ""
    assert why((1.9, URL), (2.5, URL), [KILLED]) == "worker 1 was killed", "it was on its way"
    assert why((2.1, URL), (2.5, URL), [KILLED]) == ""


def test_a_worker_that_stood_still_and_went_on_is_a_reason():
    frozen = ev.WorkerFrozen(time=0.5, worker="2")
    assert why((1.0, URL), (2.0, URL, "2"), [frozen]) == "worker 2 was frozen, and went on"


def test_a_source_that_moved_in_between_is_a_reason():
    moved = ev.GroupStored(time=1.7, worker="kafka", **STORED)
    words = "the source moved to another worker"
    assert why((1.0, URL), (2.0, URL, "2"), [moved]) == words
    assert why((1.0, URL, "3"), (2.0, URL, "2"), [KILLED, moved]) == (
        f"{words}, after worker 1 was killed"
    )
    assert why((1.0, URL), (2.0, URL), [moved]) == ""


def test_a_visit_that_was_broken_off_says_so_in_its_workers_log():
    words = "NOT ALL KEPT, SO TO BE ORDERED AGAIN: "
    logged = ev.Logged(time=1.5, worker="1", level="WARNING", text=words + URL)
    assert why((1.0, URL), (2.0, URL), [logged]) == repeated.BROKEN_OFF["NOT ALL KEPT"]
    assert why((1.0, URL, "2"), (2.0, URL, "2"), [logged]) == ""
    assert why((1.6, URL), (2.0, URL), [logged]) == ""
    asked = [request(1.0, URL), request(2.0, URL)]
    logged = ev.Logged(time=1.5, worker="1", line=7, level="WARNING", text=words + URL)
    (told,) = repeated.each_repeat_has_a_reason(crawled(requests=asked, events=[logged])).evidence
    assert told.endswith("first at 0.000 s, worker 1, line 7 of its log")
    assert (told.worker, told.line) == ("1", 7)
    other = ev.Logged(time=1.5, worker="1", level="WARNING", text=words + SITES[1].url)
    assert why((1.0, URL), (2.0, URL), [other]) == ""


def test_reasons_are_counted():
    asked = [request(1.0, URL), request(2.0, URL, "2"), request(3.0, SITES[1].url)]
    verdict = repeated.each_repeat_has_a_reason(crawled(requests=asked, events=[KILLED]))
    assert verdict.outcome == "held"
    assert verdict.evidence == ("1 request: worker 1 was killed",)
