"""What we did to workers and brokers, and while it was at work."""

from histories import (
    blocked,
    broker_killed,
    broker_started,
    cut,
    ended,
    exited,
    frozen,
    healed,
    interrupted,
    killed,
    started,
    thawed,
)

from electionlab.history import events as ev
from electionlab.history.history import Fault, History, Span


def test_a_cut_ends_with_healing_or_exit():
    history = History([cut(1, "A"), cut(2, "B"), healed(4, "A"), exited(5, "B"), cut(6, "A")])
    assert history.cuts == [
        *(Span("A", 1, 4), Span("B", 2, 5), Span("A", 6, 6, end_is_known=False))
    ]


def test_a_block_ends_by_itself_or_with_the_worker():
    history = History(
        [
            *(started(0, "A"), started(0, "B"), blocked(2, "A", 3), blocked(2, "B", 3)),
            *(exited(4, "B"), blocked(8, "A", 5), ended(9)),
        ]
    )
    assert history.blocks == [
        *(Span("A", 2, 5), Span("B", 2, 4), Span("A", 8, 9, end_is_known=False))
    ]


def test_an_outage_goes_on_until_that_broker_answers():
    history = History(
        [
            *(broker_killed(1, 1), broker_killed(2, 2), broker_started(4, 1, effective=5.5)),
            *(broker_started(6, 2), broker_killed(7, 2), ended(9)),
        ]
    )
    assert history.broker_outages == [
        Span("broker 1", 1, 5.5),
        Span("broker 2", 2, 6),
        Span("broker 2", 7, 9, end_is_known=False),
    ]


def test_a_span_lasts_until_its_end_has_taken_effect():
    thaw = ev.WorkerThawed(time=3, worker="A", effective=3.5)
    freeze = ev.WorkerFrozen(time=1, worker="A", effective=1.2)
    assert History([freeze, thaw, ended(9)]).freezes == [Span("A", 1, 3.5)]


def test_faults_are_told_in_words():
    history = History(
        [
            *(started(0, "A"), frozen(1, "A"), thawed(2, "A"), interrupted(3, "A")),
            *(killed(3.5, "A"), exited(4, "A"), broker_killed(5), ended(9)),
        ]
    )
    assert [(fault.what, fault.worker, fault.start, fault.end) for fault in history.faults] == [
        ("freeze", "A", 1, 2),
        ("Ctrl+C", "A", 3, 4),
        ("kill -9", "A", 3.5, 4),
        ("outage", "broker 1", 5, 9),
    ]
    assert isinstance(history.faults[0], Fault)
