"""Who leads by log, by HTTP and by the broker: the spans, where they differ, and their picture."""

from xml.etree import ElementTree

import pytest
from drawings import assert_within, drawn, number
from histories import (
    assigned,
    busy_run,
    ended,
    ending,
    exited,
    faulty_run,
    group_stored,
    joined,
    killed,
    recorded,
    stale_run,
    started,
    view,
)

from electionlab import Views
from electionlab.history import events as ev
from electionlab.history import leader_views
from electionlab.history.history import History
from electionlab.pictures.drawing.canvas import LEAST
from electionlab.pictures.drawing.svg import WIDTH


def without(events, kind):
    return History([event for event in events if not isinstance(event, kind)])


RUNS = {
    "stale": History(stale_run()),
    "no http": without(stale_run(), ev.WorkerView),
    "no broker": without(stale_run(), ev.GroupStored),
    "only http": History([view(0, "A", True), view(1, "A", True), ended(2)]),
    "recorded": recorded(),
    "faulty": History(faulty_run()),
    "busy": History([*busy_run(), group_stored(5, 1, ["6066"], "6066")]),
    "one worker": History([started(0, "A"), joined(1, "A", 1), assigned(1, "A", True), ended(3)]),
    "empty": History([]),
}
each_run = pytest.mark.parametrize("history", RUNS.values(), ids=RUNS)


def told(spans):
    return [(span.worker, span.start, span.end, span.end_is_known) for span in spans]


# The spans


def test_by_http_a_run_of_yes_is_a_span():
    answers = [view(time, "A", leads) for time, leads in enumerate([False, True, True, False])]
    assert told(leader_views.by_http(History(answers))) == [("A", 1, 2, True)]


def test_by_http_workers_are_told_apart():
    answers = [view(0, "A", True), view(0.1, "B", False), view(1, "A", True), view(1.1, "B", True)]
    assert told(leader_views.by_http(History(answers))) == [
        ("A", 0, 1, False),
        ("B", 1.1, 1.1, False),
    ]


def test_by_http_silence_ends_a_span():
    answers = [view(time, "A", True) for time in (0, 1, 2, 9, 10)]
    assert told(leader_views.by_http(History(answers))) == [("A", 0, 2, True), ("A", 9, 10, False)]


@pytest.mark.parametrize(
    ("then", "end_is_known"),
    [
        ([ended(4.9)], False),
        ([ended(5.1)], True),
        ([killed(2.1, "A"), exited(2.2, "A"), ended(4)], True),
        ([exited(2.2, "A"), started(2.5, "A"), ended(4)], True),
    ],
    ids=["it runs on", "silent for longer than 3 s", "killed", "started again"],
)
def test_by_http_a_span_goes_on_only_while_its_worker_runs_and_answers(then, end_is_known):
    answers = [started(0, "A"), view(1, "A", True), view(2, "A", True)]
    assert told(leader_views.by_http(History([*answers, *then]))) == [("A", 1, 2, end_is_known)]


def test_a_leader_whom_no_log_knows_is_none_of_ours():
    events = [started(0, "A"), group_stored(1, 1, "X", "X"), ended(9)]
    assert "which are not ours: faust-X" in repr(Views(History(events)))


def test_a_worker_differs_where_the_other_view_has_no_span_of_its_own():
    events = [joined(0, "A", 1), joined(0, "B", 1), group_stored(1, 1, "AB", "A")]
    events += [assigned(1, "B", True), assigned(2, "A", True), killed(3, "A"), killed(4, "B")]
    events += [started(4.5, "A"), assigned(5, "A", True), killed(5.1, "A"), ended(9)]
    history = History(events)
    assert told(leader_views.only_by_broker(history)) == [
        ("A", 1, 2, True),
        ("A", 3, 5, True),
        ("A", 5.1, 9, False),
    ]
    assert told(leader_views.only_by_log(history)) == [("B", 1, 4, True)]


def test_a_short_difference_is_left_out_if_not_asked_for():
    events = [joined(0, "A", 1), group_stored(1, 1, "A", "A"), assigned(1.1, "A", True), ended(9)]
    history = History(events)
    assert leader_views.only_by_broker(history) == []
    assert told(leader_views.only_by_broker(history, at_least_s=0)) == [("A", 1, 1.1, True)]


# Where they differ


def test_a_stale_leader_leads_by_log_and_not_by_the_broker():
    assert told(leader_views.only_by_log(RUNS["stale"])) == [("A", 10, 21.1, True)]
    assert leader_views.only_by_broker(RUNS["stale"]) == []


def test_a_killed_leader_leads_by_the_broker_and_not_by_log():
    events = [started(0, "A"), joined(1, "A", 1), joined(1, "B", 1), assigned(1, "A", True)]
    events += [group_stored(1, 1, "AB", "A"), killed(5, "A"), exited(5, "A", 137)]
    events += [joined(11, "B", 2), group_stored(11, 2, "B", "B"), assigned(11, "B", True)]
    history = History([*events, ended(20)])
    assert told(leader_views.only_by_broker(history)) == [("A", 5, 11, True)]
    assert leader_views.only_by_log(history) == []
    words = "A leads in the broker's eyes until 11.0 s, but in its own until 5.0 s."
    assert words in repr(Views(history))


def test_the_end_of_the_run_is_no_disagreement():
    events = [started(0, "A"), joined(1, "A", 1), assigned(1, "A", True)]
    events += [group_stored(1, 1, "A", "A"), ending(5), exited(6, "A"), ended(20)]
    assert leader_views.only_by_broker(History(events)) == []


@pytest.mark.parametrize("name", ["no http", "no broker", "only http", "empty"])
def test_what_is_missing_is_named(name):
    lacks = {
        "no http": {"HTTP"},
        "no broker": {"broker"},
        "only http": {"log", "broker"},
        "empty": {"log", "HTTP", "broker"},
    }[name]
    assert set(leader_views.missing(RUNS[name])) == lacks
    notes = [found.text for found in picture(RUNS[name]).findall("text[@class='small note']")]
    assert len(notes) == len(lacks)
    for view_, note in zip(leader_views.missing(RUNS[name]), notes, strict=True):
        assert note.startswith(f"No view by {view_}: ")
        assert note in repr(Views(RUNS[name]))


def test_without_the_brokers_view_nothing_disagrees():
    assert leader_views.only_by_log(RUNS["no broker"]) == []
    assert not drawn(picture(RUNS["no broker"]), "rect", "apart")


# The picture


def picture(history):
    return ElementTree.fromstring(Views(history).svg())


@each_run
def test_the_picture_is_well_formed_and_within_its_bounds(history):
    root = picture(history)
    assert root.get("aria-label")
    assert root.get("viewBox").startswith(f"0 0 {WIDTH} ")
    assert_within(root)


def test_the_picture_says_in_words_who_leads_in_whose_eyes():
    assert picture(History(stale_run())).get("aria-label") == (
        "2 workers (A, B) over 30 s. Leader by its own log: A from 1.0 to 21.1 s; B from 10.1 to "
        "30.0 s. Leader by its own HTTP: A from 2.0 to 21.0 s; B from 10.5 to 29.0 s. Leader by "
        "the broker: A from 1.0 to 10.0 s; B from 10.0 to 30.0 s. A leads in its own eyes until "
        "21.1 s, but in the broker's until 10.0 s."
    )


@each_run
def test_each_span_has_a_band(history):
    root = picture(history)
    assert len(drawn(root, "rect", "by-log")) == len(history.leaderships)
    assert len(drawn(root, "rect", "by-http")) == len(leader_views.by_http(history))
    ours = [span for span in history.broker_leaderships if span.worker in history.workers]
    assert len(drawn(root, "rect", "by-broker")) == len(ours)


def test_a_leadership_heard_once_over_http_can_be_seen():
    root = picture(History([started(0, "A"), view(5, "A", True), view(6, "A", False), ended(400)]))
    (band,) = drawn(root, "rect", "by-http")
    assert number(band, "width") == LEAST


def test_the_views_of_a_worker_lie_below_each_other():
    root = picture(RUNS["stale"])
    tops = [
        [number(found, "y") for found in drawn(root, "rect", kind)]
        for kind in ("by-log", "by-http", "by-broker")
    ]
    log, http, broker = tops
    assert log[0] < http[0] < broker[0] < log[1] < http[1] < broker[1]


def test_a_disagreement_is_outlined_over_all_bands_of_its_worker_and_in_words():
    root = picture(RUNS["stale"])
    (box,) = drawn(root, "rect", "apart")
    assert box.get("fill").endswith("apart)")
    left, right = number(box, "x"), number(box, "x") + number(box, "width")
    log, broker = drawn(root, "rect", "by-log")[0], drawn(root, "rect", "by-broker")[0]
    assert left == pytest.approx(number(broker, "x") + number(broker, "width"), abs=0.2)
    assert right == pytest.approx(number(log, "x") + number(log, "width"), abs=0.2)
    assert number(box, "y") < number(log, "y")
    assert "in its own eyes only" in [found.text for found in root.findall("text")]
    words = "A leads in its own eyes until 21.1 s, but in the broker's until 10.0 s."
    assert words in root.get("aria-label")


def test_the_table_has_each_span_and_each_disagreement():
    rows = Views(RUNS["stale"]).table().rows
    assert len(rows) == 7
    assert ["A", "its own log, not the broker", "10.000", "21.100", "11.100", "1"] in rows
    assert ["B", "the broker", "10.000", "30.000 and on", "20.000", "2"] in rows


def test_what_http_said_last_does_not_go_on():
    rows = Views(History([started(0, "A"), view(3, "A", True), ended(4)])).table().rows
    assert rows == [["A", "its own HTTP", "3.000", "3.000 (last answer)", "", ""]]


def test_a_leadership_that_never_was_the_brokers_is_told_from_when_to_when():
    events = [joined(0, "A", 1), joined(0, "B", 1), group_stored(0, 1, "AB", "B")]
    history = History([*events, assigned(3, "A", True), ended(9)])
    words = "A leads in its own eyes from 3.0 to 9.0 s, but not in the broker's"
    assert words in repr(Views(history))


def test_a_figure_asks_each_view_once(monkeypatch):
    asked = []
    for name in ("by_http", "only_by_log", "only_by_broker"):
        told_by = getattr(leader_views, name)
        monkeypatch.setattr(
            leader_views, name, lambda history, n=name, f=told_by: asked.append(n) or f(history)
        )
    Views(RUNS["stale"])._repr_html_()
    assert sorted(asked) == ["by_http", "only_by_broker", "only_by_log"]


def test_the_figure_is_well_formed():
    root = ElementTree.fromstring(Views(RUNS["stale"], caption="a < b")._repr_html_())
    assert root.get("class") == "lab-figure views"
    assert root.findtext("figcaption") == "a < b"
    assert len(root.findall("details//tbody/tr")) == 7


def test_the_views_that_are_missing_are_told_with_why():
    assert leader_views.missing(History([started(0, "A")])) == {
        "log": "no log tells of an assignment",
        "HTTP": "no worker was asked over HTTP",
        "broker": "what the broker stored of the group was not read",
    }


@pytest.mark.parametrize(
    "events",
    [
        [assigned(1, "A", True)],
        [joined(1, "A", 1), group_stored(1, 1, "A", leader="A")],
    ],
    ids=["log alone", "broker alone"],
)
def test_one_view_alone_tells_of_no_difference(events):
    history = History([started(0, "A"), *events, ended(10)])
    assert leader_views.only_by_log(history) == leader_views.only_by_broker(history) == []


def test_a_difference_of_just_the_length_that_counts_is_told():
    run = [joined(1, "A", 1), group_stored(1, 1, "A", leader="A"), assigned(1, "A", True)]
    run += [group_stored(5, 2), assigned(6, "A", False), ended(10)]
    assert len(leader_views.only_by_log(History(run), at_least_s=1)) == 1
    assert leader_views.only_by_log(History(run), at_least_s=1.1) == []


def test_a_silence_of_just_3_s_is_none():
    answers = [view(time, "A", True) for time in (2, 5)]
    (span,) = leader_views.by_http(History([*answers, ended(10)]))
    assert (span.start, span.end) == (2, 5)
