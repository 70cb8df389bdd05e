"""a window of a history tells of each moment in it what the whole history tells."""

from dataclasses import replace

import pytest
from histories import (
    assigned,
    blocked,
    broker_killed,
    broker_started,
    broker_stopped,
    busy_run,
    cut,
    ended,
    ending,
    exited,
    faulty_run,
    frozen,
    group_stored,
    healed,
    interrupted,
    joined,
    killed,
    left,
    published,
    recorded,
    revoked,
    slowed,
    sound_run,
    stale_run,
    started,
    stopping,
    thawed,
    view,
)

from electionlab import checks
from electionlab.history import events as ev
from electionlab.history import window
from electionlab.history.history import History
from electionlab.pictures import tables


def leaving_run():
    """A leads, is asked to stop at 5 s, leaves at 6 s and ends at 8 s; B leaves at 13 s and ends
    at 15 s, never the leader. The broker stores what is left 2 s later. C leads from 8 s."""
    events = [started(0, name) for name in "ABC"] + [joined(1, name, 1) for name in "ABC"]
    events += [assigned(1, "A", True), assigned(1, "B", False), assigned(1, "C", False)]
    events += [group_stored(1, 1, "ABC", "A"), interrupted(5, "A")]
    events += [ev.GroupLeft(time=6, worker="A"), exited(8, "A"), revoked(7, "B"), revoked(7, "C")]
    events += [joined(7.5, "B", 2), joined(7.5, "C", 2), group_stored(8, 2, "BC", "C")]
    events += [assigned(8, "B", False), assigned(8, "C", True)]
    events += [ev.WorkerStopping(time=12, worker="B", signal=2), ev.GroupLeft(time=13, worker="B")]
    events += [exited(15, "B"), joined(15, "C", 3), group_stored(15, 3, "C", "C")]
    return [*events, assigned(15.1, "C", True), started(16, "A"), ended(20)]


RUNS = {
    "faulty": History(faulty_run()),
    "stale": History(stale_run()),
    "sound": History(sound_run()),
    "leaving": History(leaving_run()),
    "recorded": recorded(),
    "busy": History(busy_run()),
}
SPANS = (
    *("leaderships", "lives", "freezes", "cuts", "slowdowns", "blocks", "rebalances"),
    *("broker_outages", "broker_leaderships", "faults"),
)
PARTS = [(0.1, 1), (0.3, 0.4), (0.35, 0.9), (0.41, 0.6), (0.5, 0.5), (0.7, 1), (0.72, 0.8)]


def clipped(spans, start, end):
    """What spans say of the time from start to end: who, from when to when, and what."""
    return sorted(
        (span.worker, max(span.start, start), min(span.end, end), getattr(span, "what", ""))
        for span in spans
        if span.start <= end and span.end >= start
    )


@pytest.mark.parametrize("history", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("part", PARTS, ids=str)
def test_a_window_and_the_whole_agree_at_each_moment(history, part):
    start, end = (history.start + share * (history.end - history.start) for share in part)
    window = history.between(start, end)
    for name in SPANS:
        whole = clipped(getattr(history, name), start, end)
        assert clipped(getattr(window, name), start, end) == whole, name
    within = [event.time for event in history if start <= event.time <= end]
    for time in (start, *within[:100], end):
        told, found = history.group_generation(time), window.group_generation(time)
        assert (told is None) == (found is None)
        assert told is None or replace(found, start=0, end=0) == replace(told, start=0, end=0)
        for worker in history.workers:
            assert window.generation_of(worker, time) == history.generation_of(worker, time)
    assert window.over == min(max(history.over, start), end)


def test_a_window_knows_what_was_so_when_it_began():
    events = [started(0, "A"), started(0, "B"), assigned(1, "A", True), assigned(1, "B", False)]
    events += [frozen(5, "A"), assigned(9, "B", True), thawed(12, "A"), published(13, "B")]
    window = History([*events, exited(20, "A")]).between(8, 13)
    assert [(span.worker, span.start, span.end) for span in window.leaderships] == [
        ("A", 8, 13),
        ("B", 9, 13),
    ]
    assert [(span.start, span.end) for span in window.freezes] == [(8, 12)]
    assert window.end == 13
    assert {event.by for event in window.of(ev.WorkerStarted)} == {"before"}


@pytest.mark.parametrize("down", [broker_killed, broker_stopped])
def test_an_outage_from_before_goes_on_in_a_window(down):
    history = History([down(5), down(6, 2), broker_started(8, 2), broker_started(21), ended(30)])
    told = [(span.worker, span.start, span.end) for span in history.between(10, 30).broker_outages]
    assert told == [("broker 1", 10, 21)]
    (outage,) = history.between(10, 15).broker_outages
    assert (outage.start, outage.end, outage.end_is_known) == (10, 15, False)
    assert history.between(22, 30).broker_outages == []


def test_a_fault_lasts_until_its_end_has_taken_effect():
    events = [started(0, "A"), cut(2, "A"), healed(9, "A", effective=12), broker_killed(3)]
    history = History([*events, broker_started(9, effective=11), ended(20)])
    window = history.between(10, 20)
    assert [(span.start, span.end) for span in window.cuts] == [(10, 12)]
    assert [(span.start, span.end) for span in window.broker_outages] == [(10, 11)]
    assert history.between(13, 20).faults == []


def test_a_block_from_before_lasts_for_what_is_left_of_it():
    events = [started(0, "A"), blocked(5, "A", 20), blocked(6, "A", 1), ended(30)]
    told = [(span.start, span.end) for span in History(events).between(10, 30).blocks]
    assert told == [(10, 25)]


def test_who_had_left_leads_no_longer_in_a_window():
    window = History(leaving_run()).between(7, 7.9)
    assert window.leaders(7) == []
    assert window.leader is None


def test_who_had_left_holds_nothing_in_a_window():
    rows = tables.assignment(History(leaving_run()).between(14, 14.5)).rows
    assert rows[0] == ["B", "has left the group", "", "", "not asked"]


def test_the_new_leader_of_a_window_is_the_leader_and_the_stale_one_hands_nothing_over():
    history = History(stale_run())
    window = history.between(15, 30)
    assert window.leader == "B"
    assert sorted(window.leaders(16)) == ["A", "B"]
    assert checks.moves(window) == []


def test_a_leader_that_joins_the_next_generation_still_leads_in_the_one_before():
    events = [joined(1, "A", 1), assigned(1, "A", True), joined(5, "A", 2), assigned(9, "A", True)]
    window = History([*events, ended(10)]).between(7, 10)
    assert [span.generation for span in window.leaderships] == [1]
    assert [told.leader for told in window.generations] == ["A", "A"]


def test_a_fault_before_a_window_does_not_change_the_generation_that_is_led_in():
    events = [joined(1, "A", 1), assigned(1, "A", True), joined(5, "A", 2), frozen(6, "A")]
    window = History([*events, ended(10)]).between(7, 10)
    assert [span.generation for span in window.leaderships] == [1]


def test_who_leads_without_a_known_generation_leads_in_a_window_too():
    history = History([started(0, "A"), assigned(1, "A", True), ended(10)])
    assert history.between(5, 10).leaders(6) == ["A"]


def test_a_leader_that_was_assigned_again_leads_in_the_newer_generation():
    events = [joined(1, "A", 1), assigned(1, "A", True), joined(5, "A", 2), assigned(6, "A", True)]
    window = History([*events, ended(10)]).between(7, 10)
    assert [(told.number, told.leader) for told in window.generations] == [(2, "A")]


def test_who_left_without_a_stop_leads_on_in_a_window():
    events = [started(0, "A"), assigned(1, "A", True), left(5, "A")]
    assert History([*events, ended(10)]).between(7, 10).leaders(8) == ["A"]


def test_nobody_but_workers_is_a_worker_of_a_window():
    events = [started(0, "A"), group_stored(1, 1, "A", leader="A"), ending(8), ended(10)]
    assert History(events).between(5, 10).workers == ["A"]


@pytest.mark.parametrize(
    ("begin", "end", "spans"),
    [
        (frozen(2, "A"), ev.WorkerThawed(time=9, worker="A", effective=12), "freezes"),
        (cut(2, "A"), healed(9, "A", effective=12), "cuts"),
        (slowed(2, "A"), healed(9, "A", effective=12), "slowdowns"),
        (broker_stopped(2), broker_started(9, effective=12), "broker_outages"),
        (broker_killed(2), broker_started(9, effective=12), "broker_outages"),
    ],
)
def test_what_ends_in_a_window_ends_when_that_takes_effect(begin, end, spans):
    history = History([started(0, "A"), begin, end, ended(20)])
    for start, told in ((10, [(10, 12)]), (12, [(12, 12)]), (13, [])):
        window = history.between(start, 20)
        assert [(span.start, span.end) for span in getattr(window, spans)] == told


def test_a_block_that_ends_as_a_window_begins_is_told_with_no_time_left():
    history = History([started(0, "A"), blocked(5, "A", 5), ended(20)])
    assert [(span.start, span.end) for span in history.between(10, 20).blocks] == [(10, 10)]
    assert history.between(10.1, 20).blocks == []


def test_what_was_done_before_a_window_has_had_its_effect():
    block = ev.LoopBlocked(time=5, worker="A", effective=6, seconds=20, by="page")
    cutting = ev.WorkerCut(time=5, worker="A", effective=6, by="page")
    window = History([started(0, "A"), block, cutting, ended(30)]).between(10, 30)
    told = [(act.time, act.effective, act.by) for act in window.of(ev.LoopBlocked, ev.WorkerCut)]
    assert told == [(10, None, "before"), (10, None, "before")]
    assert window.of(ev.LoopBlocked)[0].seconds == 16
    assert History([cutting, ended(9)]).between(6, 9).of(ev.WorkerCut)[0].effective is None


def test_an_exit_seen_in_a_window_ends_the_older_of_two_processes():
    history = History([started(0, "A"), started(5, "A"), exited(6.5, "A"), ended(10)])
    lives = history.between(6, 10).lives
    assert [(life.start, life.end, life.end_is_known) for life in lives] == [
        (6, 6, True),
        (6, 10, False),
    ]


def test_a_member_that_nobody_told_a_worker_of_has_no_name_in_a_window():
    history = History([joined(1, "A", 1), group_stored(1, 1, "AB"), ended(10)])
    assert history.between(5, 10).of(ev.GroupStored)[0].workers == ("A", "")


def test_a_member_that_has_ended_before_a_window_has_its_name_in_it():
    history = History(sound_run())
    assert history.between(10, 11).group_generation(10).leader == "A"
    lost = ev.SessionExpired(time=11, worker="kafka", member_id="faust-A")
    window = History([*sound_run(), lost]).between(10, 11)
    assert window.name_of(lost.member_id) == "A"


def test_an_exit_that_was_seen_after_the_next_start_ends_the_older_process():
    events = [started(0, "A"), started(5, "A"), exited(5.1, "A"), joined(7, "A", 2)]
    history = History([*events, exited(11, "A"), ended(12)])
    assert [(life.start, life.end) for life in history.between(6, 10).lives] == [(6, 10)]
    assert history.between(11.5, 12).lives == []


def test_a_window_after_the_end_of_the_run_expects_nothing():
    history = History([started(0, "A"), ending(5), view(6, "A", False), exited(7, "A"), ended(9)])
    assert history.between(6, 9).over == 6


def test_a_worker_that_was_killed_has_not_ended_by_itself_in_a_window():
    history = History([started(0, "A"), killed(4, "A"), exited(5, "A", 137), ended(9)])
    assert [fault.what for fault in history.between(4.5, 9).faults] == ["kill -9"]


def test_a_stretch_knows_who_was_stopping():
    events = [started(0, "A"), assigned(1, "A", True), stopping(4, "A"), left(6, "A")]
    stretch = History([*events, exited(9, "A"), ended(9)]).between(5, 8)
    assert [(span.start, span.end) for span in stretch.leaderships] == [(5, 6)]


def test_a_stretch_tells_what_it_is_about():
    about = {"kafka": "4.3.0"}
    assert History([started(0, "A"), ended(9)], about).between(2, 5).about == about


def test_a_window_for_what_is_done_next_begins_just_before_it_and_after_any_exit():
    run = [started(0, "A"), started(0, "B"), interrupted(1, "B"), exited(9.98, "B")]
    begin = window.just_before(run, 10)
    assert 9.98 < begin < 10
    assert History([*run, interrupted(10, "A"), ended(12)]).between(begin, 12).workers == ["A"]
    assert window.just_before(run[:3], 10) == 10 - window.LEAD_S


def test_what_was_assigned_right_before_a_window_is_the_state_at_its_start():
    """Else a leader would lead in the window by an older assignment, which the new one repeats."""
    run = [
        *(started(0, "A"), joined(1, "A", 1), assigned(2, "A", True)),
        *(joined(9.97, "A", 2), assigned(9.98, "A", True)),
    ]
    begin = window.just_before(run, 10)
    assert 9.98 < begin < 10
    (led,) = History([*run, ended(12)]).between(begin, 12).leaderships
    assert led.generation == 2
