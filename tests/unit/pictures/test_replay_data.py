"""Replay data say of each moment what the history says of it."""

import json
from itertools import pairwise

import pytest
from histories import (
    DATA,
    assigned,
    blocked,
    broker_killed,
    broker_started,
    busy_run,
    cut,
    ended,
    exited,
    faulty_run,
    frozen,
    given,
    group_stored,
    joined,
    printed,
    published,
    run_of,
    sound_run,
    stale_run,
    started,
    stored,
)
from made_up import MadeUp

from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.pictures.replay_data import replay_data

RECORDED = sorted([*DATA.glob("*.jsonl"), *(PROJECT / "docs" / "recorded").glob("*.jsonl")])
RUNS = {path.name: History.load(path) for path in RECORDED}
RUNS |= {run.__name__: History(run()) for run in (faulty_run, stale_run, sound_run, busy_run)}
RUNS |= {f"made up {seed}": History([*MadeUp(seed).events, ended(150)]) for seed in range(5)}
each_run = pytest.mark.parametrize("history", RUNS.values(), ids=RUNS)


def states(data, who, time):
    """The state of a worker, a broker or Kafka at a time, as the player finds it."""
    now = [step["now"] for step in data["steps"] if step["who"] == who and "now" in step]
    times = [step["at"] for step in data["steps"] if step["who"] == who and "now" in step]
    return [{}, *now][sum(at <= time for at in times)]


def words(*events, **how):
    steps = replay_data(run_of(*events, **how))["steps"]
    return [step["words"] for step in steps if "words" in step]


@each_run
def test_at_each_moment_each_worker_is_in_the_state_that_the_history_tells(history):
    data = replay_data(history)
    moments = sorted({step["at"] for step in data["steps"]})
    for at, following in list(pairwise(moments))[:: 1 + len(moments) // 150]:
        if following - at < 0.002:  # times are rounded to milliseconds
            continue
        time = history.start + (at + following) / 2
        state = history.state_at(time)
        leaders = set(history.leaders(time))
        for worker in history.workers:
            shown, own = states(data, worker, (at + following) / 2), state.of(worker)
            assert shown.get("leads", False) == (worker in leaders)
            assert shown.get("generation") == (own.joined.generation if own.joined else None)
            assert bool(shown.get("state") and not shown.get("gone")) == own.is_alive
            assert ("holds" in shown) <= (own.holds is not None)


@each_run
def test_faults_are_shown_for_as_long_as_the_history_says(history):
    data = replay_data(history)
    kinds = {"frozen": history.freezes, "loop blocked": history.blocks}
    for name, spans in kinds.items():
        for span in spans:
            middle = history.at((span.start + span.end) / 2)
            if span.worker in {life.worker for life in history.lives.at(history.start + middle)}:
                shown = states(data, span.worker, middle)
                assert shown.get("gone") or name in shown["faults"]


@each_run
def test_each_greeting_that_was_printed_is_shown_with_its_printers(history):
    data = replay_data(history)
    prints = [tuple(pair) for greeting in data["greetings"] for pair in greeting["printed"]]
    told = [(round(history.at(e.time), 3), e.worker) for e in history.of(ev.GreetingPrinted)]
    assert sorted(prints) == sorted(told)
    assert sum("sent" in greeting for greeting in data["greetings"]) >= len(
        history.of(ev.Published)
    )


@each_run
def test_steps_are_in_order_of_time_and_json_takes_them(history):
    data = replay_data(history)
    times = [step["at"] for step in data["steps"]]
    assert times == sorted(times)
    assert times[-1] <= data["seconds"]
    assert json.loads(json.dumps(data)) == data


def test_a_greeting_tells_who_sent_it_to_which_partition_and_who_printed_it():
    history = run_of(
        published(2, "A"), stored(2.01, "0.5", 0), printed(2.1, "B", "0.5"), printed(9, "A", "0.5")
    )
    assert replay_data(history)["greetings"] == [
        {"text": "0.5", "partition": 0, "from": "A", "sent": 2, "printed": [[2.1, "B"], [9, "A"]]}
    ]


def test_a_greeting_of_which_the_topic_was_not_read_has_two_halves():
    history = run_of(published(2, "A"), printed(2.1, "B", "0.5"))
    assert replay_data(history)["greetings"] == [
        {"from": "A", "sent": 2, "printed": []},
        {"text": "0.5", "printed": [[2.1, "B"]]},
    ]


def test_the_second_leader_is_told_with_the_first_that_still_leads():
    told = words(cut(5, "A"), joined(9, "B", 2), assigned(9, "B", True))
    assert "B becomes leader, and A still leads in its own eyes" in told


def test_what_a_worker_is_given_is_told_in_words():
    assert "A is given partitions 0, 1 and the leader partition" in words()
    assert "B is given partition 3" in words(given(3, "B", 3))
    assert "B is given no partitions" in words(given(3, "B"))


def test_a_long_greeting_is_told_by_its_first_digits():
    assert "B prints greeting 0.581…" in words(printed(3, "B", "0.581027025960791"))


def test_a_block_ends_by_itself_and_a_broker_is_down_until_it_answers():
    data = replay_data(run_of(blocked(5, "A", 2.5), broker_killed(10), broker_started(12, 1, 14)))
    assert states(data, "A", 7.4)["faults"] == ["loop blocked"]
    assert "faults" not in states(data, "A", 7.6)
    assert states(data, "broker 1", 13.9) == {"down": True}
    assert states(data, "broker 1", 14) == {}


def test_a_window_begins_with_a_state_and_tells_nothing_that_happened_before():
    run = run_of(joined(1, "A", 1), frozen(5, "A"))
    data = replay_data(run.between(run.start + 10, run.start + 20))
    assert (data["first"], data["seconds"]) == (10, 20)
    assert states(data, "A", 10)["faults"] == ["frozen"]
    assert not any("words" in step for step in data["steps"])


def test_kafka_shows_what_it_stored_or_else_the_newest_generation_that_was_joined():
    data = replay_data(run_of(joined(1, "A", 1), joined(1, "B", 1), group_stored(1, 1, "AB", "A")))
    assert states(data, "kafka", 2) == {"generation": 1, "members": ["A", "B"], "leader": "A"}
    data = replay_data(run_of(joined(1, "A", 1), joined(6, "A", 2)))
    assert states(data, "kafka", 2) == {"generation": 1}
    assert states(data, "kafka", 6) == {"generation": 2}
    data = replay_data(run_of(joined(1, "A", 1), broker_started(6, fresh=True)))
    assert states(data, "kafka", 6) == {}


def test_elections_and_faults_are_big_and_greetings_are_not():
    data = replay_data(run_of(joined(1, "A", 1), published(2, "A"), frozen(3, "A")))
    big = {step["words"]: "big" in step for step in data["steps"] if "words" in step}
    assert big["A becomes leader"] and big["A is frozen"] and big["A has joined generation 1"]
    assert not big["A publishes a greeting"]


def test_an_empty_history_can_be_played_too():
    assert replay_data(History([]))["steps"] == []
    assert replay_data(History([started(0, "A"), exited(1, "A")]))["partitions"] == 0
