"""Histories: what is asked of them, and what the recorded one holds."""

from histories import (
    assigned,
    ended,
    exited,
    group_stored,
    joined,
    published,
    recorded,
    revoked,
    started,
)

from electionlab.history import events as ev
from electionlab.history.history import Generation, History


def spans(found, history):
    """Spans as (worker, start, end), in seconds since the start, to the tenth."""
    return [
        (span.worker, round(history.at(span.start), 1), round(history.at(span.end), 1))
        for span in found
    ]


def test_the_leader_of_two_is_the_youngest():
    history = History([assigned(1, "B", True), assigned(2, "A", True), ended(3)])
    assert history.leader == "A"
    assert sorted(history.leaders(2.5)) == ["A", "B"]
    assert history.leaders(1.5) == ["B"]


def test_publishes_count_from_the_present_leaders_beginning():
    history = History([published(1, "A"), assigned(2, "A", True), published(3, "A"), ended(4)])
    assert history.published_by_leader(1)
    assert not history.published_by_leader(2)


def test_what_a_worker_held_is_told_over_time():
    first, second = assigned(2, "A", False), assigned(6, "A", True)
    again = assigned(9, "A", True)
    history = History([first, revoked(4, "A"), second, again, revoked(12, "A"), exited(13, "A")])
    assert list(history.held("A")) == [(2, first), (4, None), (6, second), (9, again), (12, None)]
    assert history.held("A").at(5) is None
    assert list(history.held("B")) == []


def test_a_worker_that_was_killed_holds_nothing_once_the_signal_was_sent():
    given = assigned(2, "A", True)
    kill = ev.WorkerKilled(time=4, worker="A", effective=5)
    assert list(History([given, kill, exited(7, "A")]).held("A")) == [(2, given), (5, None)]


def test_what_a_function_finds_in_a_history_is_looked_for_once():
    looked = []

    def find(history):
        looked.append(history)
        return [len(history)]

    short, long = History([ended(1)]), History([started(0, "A"), ended(1)])
    assert short.cached(find) is short.cached(find)
    assert (short.cached(find), long.cached(find)) == ([1], [2])
    assert looked == [short, long]


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


def test_the_workers_of_the_newest_stored_generation():
    stored_twice = [group_stored(1, 1, "AB", leader="A"), group_stored(5, 2, "BC", leader="B")]
    joins = [joined(1, name, 1) for name in "ABC"]
    assert History([*joins, *stored_twice]).stored_workers() == {"B", "C"}
    assert History(joins).stored_workers() == set()


def test_publishes_of_others_or_before_it_led_are_not_the_leaders():
    run = [published(0.5, "A"), assigned(1, "A", True), published(2, "A"), published(3, "B")]
    history = History(run)
    assert history.published_by_leader(1)
    assert not history.published_by_leader(2)
