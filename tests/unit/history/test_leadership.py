"""When leadership is gained and lost."""

import pytest
from histories import (
    assigned,
    ended,
    exited,
    frozen,
    interrupted,
    joined,
    killed,
    left,
    revoked,
    stopping,
)

from electionlab.history import events as ev
from electionlab.history.history import History, Span


def test_the_first_assignment_that_leads_gains_leadership():
    history = History([joined(1, "A", 4), assigned(2, "A", True, line=9)])
    assert history.of(ev.LeadershipGained) == [
        ev.LeadershipGained(time=2, worker="A", line=9, generation=4)
    ]


def test_an_assignment_that_leads_again_is_no_new_leadership():
    history = History([assigned(2, "A", True), assigned(5, "A", True), ended(9)])
    assert history.leaderships == [Span("A", 2, 9, end_is_known=False)]


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
    assert history.leaderships == [Span("A", 2, 5)]


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


def test_a_change_of_leadership_comes_right_after_its_cause():
    history = History([assigned(2, "A", True), joined(2, "B", 1), killed(5, "A"), frozen(5, "B")])
    assert [type(event) for event in history] == [
        *(ev.PartitionsAssigned, ev.LeadershipGained, ev.MemberJoined),
        *(ev.WorkerKilled, ev.LeadershipLost, ev.WorkerFrozen),
    ]


def test_leadership_that_is_lost_later_than_its_cause_was_requested_is_lost_in_order_of_time():
    kill = ev.WorkerKilled(time=4, worker="A", effective=5)
    history = History([assigned(2, "A", True), kill, frozen(4, "B"), frozen(5, "C"), ended(9)])
    assert [type(event) for event in history][2:] == [
        *(ev.WorkerKilled, ev.WorkerFrozen, ev.LeadershipLost, ev.WorkerFrozen, ev.HistoryEnded)
    ]
