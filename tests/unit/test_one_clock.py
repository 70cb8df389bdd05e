"""One clock: whatever is shown of a run gives the same seconds for the same event."""

import re
import time

import pytest
from drawings import drawn, number
from histories import recorded, started
from timelines import picture

from electionlab.checks import ALL
from electionlab.history import events as ev
from electionlab.history import worker_log
from electionlab.history.history import History
from electionlab.history.readable import time_of_day
from electionlab.host.folders import PROJECT
from electionlab.lab.recorder import Recorder
from electionlab.lab.roster import Roster
from electionlab.lab.worker import shown
from electionlab.panel.cards import Cards
from electionlab.panel.rows import Rows
from electionlab.pictures import sentences
from electionlab.pictures.rebalance_diagram import Rebalance
from electionlab.pictures.replay_data import replay_data
from electionlab.pictures.timeline import Timeline
from electionlab.pictures.topic_log import TopicLog
from electionlab.pictures.views_diagram import Views

RUN = recorded()
WINDOW = RUN.between(RUN.start + 20, RUN.start + 45)
SAVED = {"the run": RUN, "a window of it": WINDOW}


@pytest.fixture(params=SAVED)
def history(request):
    return SAVED[request.param]


@pytest.fixture
def published(history):
    """A greeting that was published within the window, with its line in a log."""
    return next(e for e in history.of(ev.Published) if e.time > RUN.start + 30)


def test_a_window_counts_as_the_run_does(history, published):
    assert history.at(published.time) == pytest.approx(published.time - RUN.start)
    assert history.between(published.time, history.end).zero == RUN.start


def test_the_picture_its_table_and_the_replay_agree(history, published):
    second = f"{published.time - RUN.start:.3f}"
    rows = Timeline(history).table().rows
    assert [second, published.worker, "publishes", str(published.line)] in rows
    steps = replay_data(history)["steps"]
    words = f"{published.worker} publishes a greeting"
    assert any(f"{s['at']:.3f}" == second and s.get("words") == words for s in steps)


def axis(root):
    """How far to the right a second is drawn, by the numbers below the picture."""
    *_, height = map(float, root.get("viewBox").split())
    ticks = {}
    for found in root.findall("text"):
        seconds = re.fullmatch(r"(\d+)( s)?", found.text or "")
        if seconds and found.get("text-anchor") == "middle" and number(found, "y") > height / 2:
            ticks[int(seconds[1])] = number(found, "x")
    (first, left), *_, (last, right) = sorted(ticks.items())
    return lambda second: left + (right - left) * (second - first) / (last - first)


def test_the_numbers_below_the_picture_agree_with_its_marks(history):
    root = picture(history)
    x = axis(root)
    tips = [
        float(re.findall(r"[\d.]+", p.get("points"))[-2]) for p in drawn(root, "polygon", "publish")
    ]
    shown_at = [x(event.time - RUN.start) for event in history.of(ev.Published)]
    for tip, expected in zip(tips, shown_at, strict=False):  # the last one is the legend's
        assert tip == pytest.approx(expected, abs=0.6)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_evidence_agrees_with_the_time_that_it_is_about(history, check):
    for evidence in check(history).evidence:
        begins = re.match(r"([\d.]+)( s| to )", evidence)
        if begins and getattr(evidence, "time", None) is not None:
            assert float(begins[1]) == pytest.approx(evidence.time - RUN.start, abs=0.0006)


def test_a_line_of_a_log_has_its_second_and_behind_it_the_time_of_day_that_stands_there(history):
    log = (PROJECT / "tests" / "data" / "6066.log").read_text(encoding="utf-8")
    records = list(worker_log.records(log.splitlines(keepends=True)))
    for record in [r for r in records if r.time is not None]:
        event = worker_log.parse(record, "6066")
        line = shown(event, record, history.at(event.time))
        words = re.match(r"6066 +([\d.]+) s (\d\d:\d\d:\d\d)\.(\d{3}) ", line)
        assert float(words[1]) == pytest.approx(event.time - RUN.start, abs=0.0006)
        written = log.splitlines()[record.line - 1]
        assert f" {words[2]},{words[3]}] " in written


def test_all_other_pictures_count_from_there(history):
    generation = history.generations[-1].number
    seconds = [float(row[0]) for row in Rebalance(history, generation).table().rows]
    seconds += [float(row[2]) for row in Views(history).table().rows]
    seconds += [float(row[0]) for row in TopicLog(history).table().rows]
    begin, end = history.start - RUN.start, history.end - RUN.start
    assert len(seconds) > 10
    assert begin - 0.001 <= min(seconds)
    assert max(seconds) <= end + 0.001


def test_what_is_saved_counts_as_before(history, tmp_path):
    again = History.load(history.save(tmp_path / "history.jsonl"))
    assert again.zero == history.zero
    assert Timeline(again).table().rows == Timeline(history).table().rows


def recorder():
    kafka = type("NoKafka", (), {"processes": (), "alive": False, "version": None})()
    return Recorder(kafka, Roster(lambda: None), app="app", topic="topic")


def test_a_run_counts_from_the_start_of_its_first_worker_even_if_something_was_seen_before(capsys):
    run = recorder()
    assert run.at(time.time()) == 0
    run.note(ev.WitnessFailed(time=90.0, worker="kafka", asked="group", why="no answer"))
    run.record_act(ev.WorkerStarted, "A", 100.0, pid=1, command="faust", log="A.log")
    run.note(ev.Published(time=103.25, worker="A", line=7))
    history = run.history()
    assert (history.zero, history.at(103.25), run.at(103.25)) == (100.0, 3.25, 3.25)
    run.feed.show(run.read, all_of_it=True)
    assert capsys.readouterr().out == "A   0.000 s 00:01:40.000 start\n"
    rows = Rows()
    for event in run.news(0):
        rows.add(event)
    assert [row["seconds"] for row in rows.all(run.at)] == ["-10.000 s", "0.000 s", "3.250 s"]
    cards = Cards(can_cut=False, seconds=run.at)
    list(cards.add(run.news(0)))
    assert cards.at(104.0)[0]["greetings"] == ["3.2 s: publishes a greeting"]


def test_an_experiment_counts_from_its_own_beginning_and_only_while_it_runs():
    run = recorder()
    run.note(started(100.0, "A"))
    with run.experiment(160.0):
        killed = ev.WorkerKilled(time=161.5, worker="A")
        run.note(killed)
        assert sentences.line(killed, run.at(killed.time)).startswith("A   1.500 s ")
        assert run.history().between(160.0, 170.0).at(161.5) == 1.5
    assert run.at(161.5) == run.history().at(161.5) == 61.5


def test_a_time_of_day_has_the_milliseconds_of_its_log_line():
    for millisecond in range(1000):
        at = worker_log.unix_time(f"2026-11-23 17:58:59,{millisecond:03d}")
        assert time_of_day(at) == f"17:58:59.{millisecond:03d}"
