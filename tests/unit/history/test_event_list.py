"""Events in order of time, by kind and by worker."""

import random

from histories import (
    ended,
    ending,
    published,
    sound_run,
    started,
    stored,
)

from electionlab.history import events as ev
from electionlab.history.history import History


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
