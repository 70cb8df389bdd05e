"""Histories: their order, what follows from it, and how they are saved and loaded."""

import json
import random

import pytest
from literal import (
    DATA,
    assigned,
    ended,
    ending,
    exited,
    frozen,
    interrupted,
    joined,
    killed,
    left,
    published,
    recorded,
    revoked,
    sound_run,
    started,
    stopping,
    stored,
    thawed,
)

from electionlab import events as ev
from electionlab.errors import LabError
from electionlab.history import Generation, History, Span

HEAD = '{"format": "electionlab-history", "version": 1, "start": 0, "about": {}}\n'


def spans(found, history):
    """Spans as (worker, start, end), in seconds since the start, to the tenth."""
    return [
        (span.worker, round(history.at(span.start), 1), round(history.at(span.end), 1))
        for span in found
    ]


# Order


def test_events_are_in_order_of_time():
    events = sound_run()
    random.Random(7).shuffle(events)
    times = [event.time for event in History(events)]
    assert times == sorted(times)
    assert len(set(times)) > 20


def test_events_at_the_same_time_stay_in_the_order_they_were_given():
    names = list("edcabf")
    history = History([ended(9), *(published(5, name) for name in names), ending(1)])
    assert [event.worker for event in history] == ["lab", *names, "lab"]


def test_relative_times_count_from_the_first_event():
    history = History([published(107.5, "A"), started(100, "A")])
    assert (history.start, history.end, history.at(107.5)) == (100, 107.5, 7.5)


def test_an_empty_history_has_nothing():
    history = History([])
    assert (len(history), history.start, history.end, history.workers) == (0, 0, 0, [])
    assert (history.leaderships, history.generations, history.leader) == ([], [], None)
    assert not history.published_by_leader(1)


def test_events_are_picked_by_kind_and_worker():
    history = History(sound_run())
    assert len(history.of(ev.Published)) == 8
    assert [event.time for event in history.of(ev.Published, worker="A")] == [2, 4, 6, 8]
    assert len(history.of(ev.Published, ev.WorkerKilled, worker="A")) == 5


def test_workers_are_neither_the_broker_nor_the_lab():
    history = History([stored(1, "0.1"), started(2, "B"), started(3, "A"), ended(4)])
    assert history.workers == ["A", "B"]


# Leadership


def test_the_first_assignment_that_leads_gains_leadership():
    history = History([joined(1, "A", 4), assigned(2, "A", True, line=9)])
    assert history.of(ev.LeadershipGained) == [
        ev.LeadershipGained(time=2, worker="A", line=9, generation=4)
    ]


def test_an_assignment_that_leads_again_is_no_new_leadership():
    history = History([assigned(2, "A", True), assigned(5, "A", True), ended(9)])
    assert spans(history.leaderships, history) == [("A", 0, 7)]


@pytest.mark.parametrize(
    ("events", "by"),
    [
        ([assigned(5, "A", False)], "assignment"),
        ([stopping(4, "A"), left(5, "A")], "leaving"),
        ([interrupted(4, "A"), left(5, "A")], "leaving"),
        ([exited(5, "A")], "exit"),
        ([killed(5, "A")], "exit"),
        ([ev.WorkerKilled(time=4, worker="A", effective=5)], "exit"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value[0]).__name__,
)
def test_leadership_is_lost_by(events, by):
    history = History([assigned(2, "A", True), *events, ended(9)])
    assert history.of(ev.LeadershipLost) == [ev.LeadershipLost(time=5, worker="A", by=by)]
    assert spans(history.leaderships, history) == [("A", 0, 3)]


@pytest.mark.parametrize(
    "event", [revoked(5, "A"), frozen(5, "A"), exited(5, "B"), left(5, "A"), stopping(5, "A")]
)
def test_leadership_outlives(event):
    history = History([assigned(2, "A", True), event, ended(9)])
    assert history.of(ev.LeadershipLost) == []
    assert history.leader == "A"


def test_who_did_not_lead_loses_nothing():
    history = History([assigned(2, "A", False), ev.GroupLeft(time=3, worker="A"), exited(4, "A")])
    assert history.of(ev.LeadershipLost) == []


def test_leaderships_that_were_given_are_worked_out_anew():
    told = ev.LeadershipGained(time=1, worker="B", generation=1)
    assert History([told, assigned(2, "A", True)]).leader == "A"
    assert History([told]).leader is None


def test_the_leader_of_two_is_the_youngest():
    history = History([assigned(1, "B", True), assigned(2, "A", True), ended(3)])
    assert history.leader == "A"
    assert sorted(history.leaders(2.5)) == ["A", "B"]
    assert history.leaders(1.5) == ["B"]


def test_publishes_count_from_the_present_leaders_beginning():
    history = History([published(1, "A"), assigned(2, "A", True), published(3, "A"), ended(4)])
    assert history.published_by_leader(1)
    assert not history.published_by_leader(2)


# Spans


def test_a_span_that_does_not_end_ends_with_the_history():
    history = History([started(0, "A"), frozen(2, "A"), ended(5)])
    assert history.lives == [Span("A", 0, 5, end_is_known=False)]
    assert history.freezes == [Span("A", 2, 5, end_is_known=False)]


@pytest.mark.parametrize("end", [thawed(4, "A"), exited(4, "A")])
def test_a_freeze_ends_with(end):
    assert History([frozen(2, "A"), end, ended(9)]).freezes == [Span("A", 2, 4)]


def test_a_rebalance_goes_from_the_revocation_to_the_assignment():
    history = History([revoked(2, "A"), assigned(3, "A", False), revoked(5, "A"), exited(6, "A")])
    assert history.rebalances == [Span("A", 2, 3), Span("A", 5, 6)]


def test_a_rebalance_that_begins_anew_began_with_the_first_revocation():
    history = History([revoked(2, "A"), revoked(4, "A"), assigned(7, "A", False)])
    assert history.rebalances == [Span("A", 2, 7)]


def test_spans_are_in_order_of_their_beginning():
    history = History([started(0, "A"), started(1, "B"), exited(2, "B"), exited(5, "A")])
    assert [life.worker for life in history.lives] == ["A", "B"]


def test_a_worker_has_as_many_lives_as_starts():
    history = History([started(0, "A"), exited(2, "A"), started(3, "A"), exited(7, "A")])
    assert history.lives == [Span("A", 0, 2), Span("A", 3, 7)]


def test_overlaps_of_spans_are_where_both_are():
    assert Span("A", 0, 5).overlap(Span("B", 3, 9)) == (3, 5)
    assert Span("A", 0, 9).overlap(Span("B", 3, 5)) == (3, 5)
    assert Span("A", 0, 3).overlap(Span("B", 3, 9)) is None
    assert Span("A", 0, 3).overlap(Span("B", 4, 9)) is None


def test_generations_tell_members_and_both_leaders():
    history = History(
        [
            *(joined(1, "B", 3), joined(1, "A", 3)),
            ev.GroupLeaderElected(time=1, worker="B"),
            *(assigned(2, "A", True), assigned(2, "B", False)),
            *(joined(5, "B", 4), assigned(6, "B", False)),
        ]
    )
    assert history.generations == [
        Generation(3, ("A", "B"), "B", "A"),
        Generation(4, ("B",), None, None),
    ]


# The recorded run


def test_the_recorded_leaderships_are_those_of_the_run():
    history = recorded()
    assert spans(history.leaderships, history) == [
        ("6066", 3.1, 11.2),
        ("6067", 12.1, 21.2),
        ("6068", 27.2, 47.2),
        ("6066", 42.2, 49.4),
    ]
    assert [span.generation for span in history.leaderships] == [1, 4, 6, 8]
    assert all(span.end_is_known for span in history.leaderships)
    assert [lost.by for lost in history.of(ev.LeadershipLost)] == [
        *("leaving", "exit", "assignment", "leaving")
    ]


def test_the_recorded_generations_are_those_of_the_run():
    three = ("6066", "6067", "6068")
    assert recorded().generations == [
        Generation(1, ("6066",), "6066", "6066"),
        Generation(2, ("6066", "6067"), "6066", "6066"),
        Generation(3, three, "6066", "6066"),
        Generation(4, ("6067", "6068"), "6067", "6067"),
        Generation(5, three, "6067", "6067"),
        Generation(6, ("6066", "6068"), "6068", "6068"),
        Generation(7, three, "6068", "6068"),
        Generation(8, ("6066", "6067"), "6067", "6066"),
        Generation(9, three, "6067", "6066"),
    ]


def test_the_recorded_run_froze_one_worker_and_started_two_again():
    history = recorded()
    assert spans(history.freezes, history) == [("6068", 36.2, 47.2)]
    assert spans(history.lives, history) == [
        ("6066", 0.0, 12.5),
        ("6067", 3.1, 21.3),
        ("6068", 6.1, 50.8),
        ("6066", 18.1, 50.8),
        ("6067", 33.2, 50.8),
    ]
    assert [event.status for event in history.of(ev.WorkerExited)] == [0, 137, 0, 0, 0]


def test_each_recorded_greeting_was_published_once():
    history = recorded()
    assert len(history.of(ev.Published)) == len(history.of(ev.GreetingStored)) == 17


# Saving and loading


@pytest.mark.parametrize(
    "events", [sound_run(), [], list(recorded())], ids=["sound", "none", "real"]
)
def test_what_was_saved_is_loaded_again(tmp_path, events):
    saved = History(events, {"kafka": "4.3.0", "system": "é"})
    loaded = History.load(saved.save(tmp_path / "h.jsonl"))
    assert loaded.events == saved.events
    assert loaded.about == saved.about


def test_the_recorded_file_is_what_would_be_saved():
    assert recorded().to_json_lines() == (DATA / "history.jsonl").read_text()


@pytest.mark.parametrize("kind", ev.EVENT_TYPES.values(), ids=lambda kind: kind.__name__)
def test_every_kind_of_event_can_be_saved(tmp_path, kind):
    values = {"int": 1, "str": "a", "int | None": 2, "dict[str, tuple[int, ...]]": {"t": (0, 3)}}
    values |= {"float": 2.5, "bool": True, "str | None": "b", "tuple[str, ...]": ("m", "n")}
    values |= {"float | None": 0.5}
    own = {name: values[told] for name, told in kind.__annotations__.items()}
    history = History([kind(time=1.5, worker="A", line=None, **own)])
    loaded = History.load(history.save(tmp_path / "h.jsonl"))
    assert loaded.events == history.events


def test_a_saved_event_tells_its_time_since_the_start(tmp_path):
    lines = History([started(100, "A"), published(102.5, "A")]).to_json_lines().splitlines()
    assert json.loads(lines[2])["at"] == 2.5
    assert json.loads(lines[2])["time"] == 102.5


def refused(path, text):
    path.write_text(text)
    with pytest.raises(LabError) as caught:
        History.load(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_file_that_was_cut_off_is_refused_with_its_line(tmp_path):
    whole = (DATA / "history.jsonl").read_text()
    told = refused(tmp_path / "h.jsonl", "".join(whole.splitlines(keepends=True)[:40])[:-9])
    assert "line 40," in told
    assert "cut off" in told


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "Nothing", "at": 0, "time": 1, "worker": "A", "line": null}',
        '{"at": 0, "time": 1, "worker": "A", "line": null}',
        '{"event": "WorkerKilled", "at": 0, "time": 1, "worker": "A", "more": 1}',
        '{"event": "WorkerExited", "at": 0, "time": 1, "worker": "A"}',
        '{"event": "WorkerKilled", "at": 0, "time": "one", "worker": "A", "line": null}',
        "",
        "[]",
        "null",
    ],
)
def test_a_line_that_is_no_event_is_refused(tmp_path, line):
    good = '{"event": "WorkerKilled", "at": 0, "time": 1, "worker": "A", "line": null}\n'
    assert "line 3," in refused(tmp_path / "h.jsonl", HEAD + good + line + "\n" + good)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "hello\n",
        "[]\n",
        "{}\n",
        '{"format": "another", "version": 1}\n',
        '{"format": "electionlab-history"}\n',
        '{"format": "electionlab-history", "version": "one"}\n',
    ],
)
def test_a_file_that_is_no_history_is_refused(tmp_path, text):
    assert "is no history" in refused(tmp_path / "h.jsonl", text)


def test_a_newer_version_is_refused_by_its_number(tmp_path):
    told = refused(tmp_path / "h.jsonl", HEAD.replace('"version": 1', '"version": 3'))
    assert "version 3" in told
    assert "up to 2" in told


# JSON leaves three of these as they are, and str.splitlines takes them for ends of lines.
@pytest.mark.parametrize("end", ["\n", "\r\n", "\x0b", "\x85", "\u2028", "\u2029"])
def test_a_text_with_any_end_of_line_is_loaded_again(tmp_path, end):
    event = ev.Logged(time=1, worker="A", level="INFO", text=f"one{end}two")
    path = History([event]).save(tmp_path / "h.jsonl")
    assert History.load(path).events == (event,)


def test_an_exit_seen_after_the_next_start_ends_the_life_before_it():
    history = History([started(0, "A"), started(10, "A"), exited(10.1, "A"), ended(20)])
    assert history.lives == [Span("A", 0, 10), Span("A", 10, 20, end_is_known=False)]
    history = History([*history, exited(15, "A")])
    assert history.lives == [Span("A", 0, 10), Span("A", 10, 15)]


def test_a_stretch_knows_who_was_stopping():
    events = [started(0, "A"), assigned(1, "A", True), stopping(4, "A"), left(6, "A")]
    stretch = History([*events, exited(9, "A"), ended(9)]).between(5, 8)
    assert [(span.start, span.end) for span in stretch.leaderships] == [(5, 6)]
