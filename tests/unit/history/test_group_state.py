"""How the group stands after each event, whether one looks back at it or follows it."""

import pytest
from histories import (
    DATA,
    assigned,
    broker_started,
    busy_run,
    ended,
    exited,
    faulty_run,
    frozen,
    group_stored,
    interrupted,
    joined,
    killed,
    left,
    revoked,
    sound_run,
    stale_run,
    started,
    stopping,
    thawed,
)
from made_up import MadeUp

from electionlab.history import events as ev
from electionlab.history.group_state import GroupState
from electionlab.history.history import History, Span
from electionlab.history.leadership import DERIVED
from electionlab.history.states import counts_from
from electionlab.history.window import NEXT_S
from electionlab.host.folders import PROJECT
from electionlab.pictures import tables
from electionlab.storm.recovery import Recovery

RECORDED = sorted([*DATA.glob("*.jsonl"), *(PROJECT / "docs" / "recorded").glob("*.jsonl")])


def after(*events):
    state = GroupState()
    for event in events:
        state.apply(event)
    return state


def views(*events):
    """Who leads after these events: for a storm that follows them, in a history, and in a window
    that begins after them."""
    recovery = Recovery()
    recovery.feed(events)
    history = History([*events, ended(99)])
    return [recovery.leaders, history.leaders(50), history.between(50, 60).leaders(55)]


# Where a process's end and our seeing it are apart


def test_a_worker_that_was_killed_leads_no_longer_though_its_exit_was_not_seen():
    run = [started(0, "A"), joined(1, "A", 1), assigned(1, "A", True), killed(5, "A")]
    assert views(*run) == [[], [], []]
    assert after(*run).of("A").holds is None
    assert after(*run).of("A").joined is None
    assert not after(*run).of("A").is_alive
    assert History([*run, ended(9)]).generation_of("A", 6) is None


def test_a_worker_that_was_started_again_has_lost_what_the_former_process_had():
    run = [started(0, "A"), joined(1, "A", 1), assigned(1, "A", True), started(5, "A")]
    assert views(*run) == [[], [], []]
    history = History([*run, exited(5.2, "A"), ended(9)])
    assert history.leaderships == [Span("A", 1, 5, True, 1)]
    assert history.generation_of("A", 5.1) is None


def test_an_exit_that_is_seen_after_the_next_start_takes_nothing_from_the_new_process():
    run = [started(0, "A"), assigned(1, "A", True), started(5, "A"), joined(6, "A", 2)]
    run += [assigned(7, "A", True), revoked(7.5, "A"), frozen(8, "A"), exited(9, "A")]
    assert views(*run) == [["A"]] * 3
    history = History([*run, thawed(11, "A"), ended(12)])
    assert history.leaderships == [Span("A", 1, 5), Span("A", 7, 12, False, 2)]
    assert history.freezes == [Span("A", 8, 11)]
    assert history.rebalances == [Span("A", 7.5, 12, False)]
    assert history.generation_of("A", 10) == 2
    assert history.between(10, 12).leaders(10) == ["A"]
    assert history.between(10, 12).generation_of("A", 10) == 2


def test_what_the_log_of_a_killed_worker_tells_later_was_written_before():
    late = [joined(4, "A", 2), assigned(4.9, "A", True)]
    assert after(started(0, "A"), killed(5, "A"), *late).leaders == []
    assert after(started(0, "A"), killed(5, "A"), started(6, "A"), *late).leaders == []
    assert after(started(0, "A"), killed(5, "A"), started(6, "A"), *late).of("A").joined is None


def test_a_kill_counts_from_when_the_signal_was_sent():
    kill = ev.WorkerKilled(time=5, worker="A", effective=6)
    history = History([started(0, "A"), assigned(1, "A", True), kill, exited(7, "A"), ended(9)])
    assert history.state_at(5.5).leaders == ["A"]
    assert history.state_at(6).leaders == []
    rows = [tables.assignment(history, time).rows[0][1] for time in (5.5, 6)]
    assert rows == ["has its partitions", "has ended"]


# What begins and ends what


def test_who_gives_its_partitions_back_holds_none_and_leads_on():
    state = after(assigned(1, "A", True), revoked(2, "A"))
    assert (state.leaders, state.of("A").holds) == (["A"], None)
    state.apply(assigned(3, "A", False))
    assert state.leaders == []
    assert state.of("A").holds is not None


@pytest.mark.parametrize(
    ("stop", "leaders"), [([], ["A"]), ([interrupted(2, "A")], []), ([stopping(2, "A")], [])]
)
def test_who_leaves_the_group_holds_nothing_and_leads_on_unless_it_stops(stop, leaders):
    state = after(assigned(1, "A", True), *stop, left(3, "A"))
    assert (state.leaders, state.of("A").holds) == (leaders, None)


def test_partitions_are_those_of_the_generation_they_were_given_in():
    state = after(joined(1, "A", 1), assigned(2, "A", True))
    assert state.of("A").has_partitions_of(1)
    state.apply(joined(3, "A", 2))
    assert not state.of("A").has_partitions_of(1)
    assert not state.of("A").has_partitions_of(2)
    assert state.of("A").assigned_in.generation == 1
    state.apply(assigned(4, "A", True))
    assert state.of("A").has_partitions_of(2)
    state.apply(revoked(5, "A"))
    assert not state.of("A").has_partitions_of(2)


def test_an_empty_kafka_has_stored_nothing_and_counts_anew():
    state = after(group_stored(1, 7, "A", "A"), broker_started(3, fresh=True))
    assert state.stored is None
    state.apply(group_stored(4, 1, "B", "B"))
    assert state.stored.generation == 1
    assert after(group_stored(1, 7, "A", "A"), broker_started(3)).stored.generation == 7


def test_a_state_is_shown_in_words():
    assert repr(GroupState()) == "nobody leads; running: none"
    run = [started(0, "B"), started(0, "A"), assigned(1, "A", True)]
    assert repr(after(*run)) == "A leads; running: A, B"


# Looking back, following, and a window tell the same


@pytest.mark.parametrize("seed", range(15))
def test_who_leads_in_a_made_up_run_is_the_same_in_each_view_after_each_event(seed):
    run = MadeUp(seed)
    history = History([*run.events, ended(999)])
    state, recovery = GroupState(), Recovery()
    for event, led in zip(run.events, run.led, strict=True):
        state.apply(event)
        recovery.feed([event])
        now = event.time + 0.1
        assert sorted(state.leaders) == led
        assert sorted(recovery.leaders) == led
        assert sorted(history.leaders(now)) == led
        assert sorted(history.between(now, now + 0.1).leaders(now)) == led


def described(state, workers):
    """All that a state tells of these workers, in values that can be compared."""
    return {
        name: (
            state.of(name).is_alive,
            state.of(name).is_stopping,
            state.of(name).gained is not None,
            getattr(state.of(name).holds, "partitions", None),
            getattr(state.of(name).joined, "generation", None),
            ev.WorkerFrozen in state.of(name).held,
        )
        for name in workers
    }


def held(history, time):
    """The rows of who holds what, without who has not begun or has ended: where a window begins
    after the end of a worker, nothing is heard of it."""
    rows = tables.assignment(history, time).rows
    return [row[:4] for row in rows if row[1] not in ("not started", "has ended")]


RUNS = {
    **{path.stem: History.load(path) for path in RECORDED},
    **{f"made up {seed}": History([*MadeUp(seed).events, ended(999)]) for seed in range(3)},
    "faulty": History(faulty_run()),
    "stale": History(stale_run()),
    "sound": History(sound_run()),
    "busy": History(busy_run(actions=30)),
}


@pytest.mark.parametrize("history", RUNS.values(), ids=RUNS)
def test_following_looking_back_and_a_window_agree_after_each_event(history):
    followed = GroupState()
    events = [event for event in history if type(event) not in DERIVED]
    events.sort(key=counts_from)
    for number, event in enumerate(events[:-1]):
        followed.apply(event)
        now, following = counts_from(event), counts_from(events[number + 1])
        if now == following or isinstance(event, ev.Logged):
            continue
        middle = (now + following) / 2
        told = described(followed, history.workers)
        assert described(history.state_at(now), history.workers) == told
        assert sorted(history.leaders(middle)) == sorted(followed.leaders)
        window = history.between(middle, history.end)
        acts = [act for act in history.of(ev.Action) if act.time < middle <= (act.effective or 0)]
        if not acts:
            begun = middle + 2 * NEXT_S
            assert described(window.state_at(begun), history.workers) == told
            assert held(window, begun) == held(history, begun)
        for name in history.workers:
            joined_now = followed.of(name).joined
            number_now = joined_now.generation if joined_now else None
            assert history.generation_of(name, middle) == number_now
