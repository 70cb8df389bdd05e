import pytest

from electionlab.crawler import speed
from electionlab.crawler.speed import Round
from electionlab.errors import LabError
from electionlab.lab.recorded import Task


def crawls(one_s, four_s):
    return [Round("slow", 1, 100, one_s, 1.0), Round("slow", 4, 100, four_s, 2.0)]


def test_four_workers_against_one_by_pages_a_second():
    assert speed.times_as_fast(crawls(40.0, 10.0)) == 4.0


@pytest.mark.parametrize(("four_s", "outcome"), [(20.0, "held"), (20.1, "broken")])
def test_they_are_faster_from_one_and_a_half_times_on(four_s, outcome):
    verdict = speed.more_workers_are_faster(crawls(30.0, four_s))
    assert verdict.outcome == outcome
    assert verdict.figures["one"] == pytest.approx(100 / 30)


def test_the_picture_has_a_row_for_each_number_of_workers_that_was_tried():
    assert list(speed.chart(crawls(40.0, 10.0), "slow").groups) == ["1 worker", "4 workers"]


def test_crawls_are_saved_and_read_again(tmp_path):
    about = dict.fromkeys(("kafka", "faust-streaming", "aiokafka", "python"), "1")
    recorded = speed.Recorded.of_today(crawls(40.0, 10.0), about, Task("x"))
    assert speed.Recorded.load(recorded.save(tmp_path / "a.json")).rounds == recorded.rounds


@pytest.mark.parametrize("wrong", [("quick", 1, 1, 1.0, 1.0), ("slow", 3, 1, 1.0, 1.0)])
def test_a_crawl_that_cannot_be_is_refused(tmp_path, wrong):
    about = dict.fromkeys(("kafka", "faust-streaming", "aiokafka", "python"), "1")
    path = speed.Recorded.of_today([Round(*wrong)], about, Task("x")).save(tmp_path / "a.json")
    with pytest.raises(LabError, match="round 1"):
        speed.Recorded.load(path)
