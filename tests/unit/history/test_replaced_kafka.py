"""Kafka is replaced by an empty one: what a leader believes is then worth nothing."""

import dataclasses

import pytest
from histories import (
    DATA,
    assigned,
    broker_killed,
    broker_started,
    broker_stopped,
    joined,
    published,
    run_of,
    started,
)

from electionlab import checks
from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.lab.lab import Lab

GONE = 6.0
RECORDED = History.load(DATA / "replaced-kafka.jsonl")


def stored(time, generation, leader, *members):
    return ev.GroupStored(
        time=time,
        worker="kafka",
        generation=generation,
        members=members or (leader,),
        group_leader=leader,
        leader=leader,
        holders=(leader,) if leader else (),
        workers=members or (leader,),
    )


def greeting(time, words, partition=0, offset=0):
    return ev.GreetingStored(
        time=time, worker="kafka", greeting=words, partition=partition, offset=offset
    )


def printed(time, worker, words):
    return ev.GreetingPrinted(time=time, worker=worker, greeting=words)


def committed(time, offset, partition=0):
    return ev.OffsetCommitted(
        time=time, worker="kafka", topic="say", partition=partition, committed=offset
    )


def replaced(*more):
    """A leads in generation 5; from GONE on its Kafka is another; A publishes on."""
    return run_of(
        *(started(0, "A"), started(0, "B"), joined(1, "A", 5), assigned(2, "A", True)),
        *(joined(1, "B", 5), assigned(2, "B", False), stored(1, 5, "A", "A", "B")),
        *(published(time, "A") for time in (3, 5, 7, 9, 11, 21)),
        *(broker_killed(GONE), broker_started(GONE + 1, fresh=True)),
        *more,
    )


def outcomes(history):
    return {check.__name__: check(history).outcome for check in checks.ALL}


def test_what_the_checks_find_in_a_real_run():
    assert outcomes(RECORDED) == {
        "only_the_leader_publishes": "broken",
        "publishes_at_interval": "held",
        "at_most_one_leader": "held",
        "new_leader_after_each_loss": "unknown",
        "no_greeting_is_lost": "unknown",
        "each_greeting_printed_once": "unknown",
        "greetings_spread": "unknown",
        "always_a_leader": "broken",
        "leader_moved_only_for_a_reason": "unknown",
        "one_leader_in_each_generation": "held",
        "broker_knows_one_leader": "held",
        "views_agree": "broken",
        "one_effective_publisher": "broken",
        "no_stale_publishes": "broken",
        "printed_in_order": "held",
        "each_worker_has_partitions": "held",
    }
    assert len(RECORDED.replacements) == 1
    (orphan,) = RECORDED.orphaned
    assert orphan.start == RECORDED.replacements[0]
    assert orphan.end == RECORDED.end


def test_the_same_is_found_in_a_stretch_that_begins_after_it():
    later = RECORDED.replacements[0] + 5
    part = RECORDED.between(later, RECORDED.end)
    assert part.replacements == [later]
    assert [span.start for span in part.orphaned] == [later]
    found = outcomes(part)
    for check in "only_the_leader_publishes", "always_a_leader", "views_agree":
        assert found[check] == "broken", check


def test_with_its_data_kafka_may_come_back():
    history = run_of(
        *(started(0, "A"), joined(1, "A", 5), assigned(2, "A", True), stored(1, 5, "A")),
        *(published(time, "A") for time in (3, 5, 7, 9)),
        *(broker_killed(GONE), broker_started(GONE + 1)),
    )
    assert history.replacements == []
    for check in (checks.only_the_leader_publishes, checks.always_a_leader, checks.views_agree):
        check(history).expect("held")


def test_who_published_for_a_kafka_that_is_gone_is_told():
    verdict = checks.only_the_leader_publishes(replaced()).expect("broken")
    assert verdict.figures == {"publishes": 6, "by_others": 4}
    assert verdict.finding == (
        "4 of 6 came from a worker whose Kafka was gone, and with it the group that it led."
    )


def test_nobody_leads_until_the_new_kafka_has_made_somebody_leader():
    new = joined(12, "B", 1), assigned(13, "B", True), stored(12, 1, "B"), published(15, "B")
    history = replaced(*new)
    verdict = checks.always_a_leader(history, patience_s=6)
    assert verdict.outcome == "broken"
    assert verdict.figures["longest_s"] == pytest.approx(13 - GONE)
    assert checks.always_a_leader(history, patience_s=8).outcome == "held"
    assert checks.at_most_one_leader(history).outcome == "broken"
    assert checks.one_leader_in_each_generation(history).outcome == "held"
    assert checks.leader_moved_only_for_a_reason(history).outcome == "held"
    (move,) = checks.moves(history)
    assert "the Kafka that had made A leader" in move.reason or "outage" in move.reason


def test_a_worker_that_the_new_kafka_made_leader_again_is_no_orphan():
    history = replaced(joined(8, "A", 1), assigned(8.5, "A", True), stored(8, 1, "A"))
    assert [(span.start, span.end) for span in history.orphaned] == [(GONE, 8.5)]
    stale = checks.no_stale_publishes(history).expect("broken")
    assert stale.figures["stale"] == 1
    part = history.between(10, history.end)
    assert part.orphaned == []
    assert checks.no_stale_publishes(part).outcome == "held"
    assert part.broker_leaderships[-1].worker == "A"


def test_numbers_of_generations_begin_anew():
    history = replaced(joined(12, "B", 5), assigned(13, "B", True), stored(12, 5, "B"))
    verdict = checks.one_leader_in_each_generation(history).expect("held")
    assert verdict.evidence == ("generation 5: A", "generation 5 of Kafka 2: B")
    assert [told.leader for told in history.generations] == ["A", "B"]
    assert [(span.worker, span.end) for span in history.broker_leaderships] == [
        ("A", GONE),
        ("B", history.end),
    ]


@pytest.mark.parametrize(
    ("greetings", "outcome"),
    [
        ([greeting(3, "a"), printed(4, "A", "a")], "held"),
        ([greeting(3, "a")], "broken"),  # its Kafka took it along
        ([greeting(3, "a"), printed(4, "A", "a"), greeting(9, "b")], "unknown"),  # it waits
        ([greeting(9, "b"), printed(9, "B", "b")], "held"),
        ([greeting(9, "b"), committed(10, 1)], "broken"),
        # What the old Kafka was told of that place says nothing of the new one's.
        ([greeting(3, "a"), printed(4, "A", "a"), committed(5, 9), greeting(9, "b")], "unknown"),
    ],
)
def test_a_greeting_is_lost_with_its_kafka_and_waits_in_the_new_one(greetings, outcome):
    history = replaced(*greetings)
    assert checks.no_greeting_is_lost(history).outcome == outcome


def test_the_order_in_two_kafkas_is_not_compared():
    history = replaced(
        *(greeting(3, "a", offset=7), printed(4, "A", "a")),
        *(greeting(9, "b", offset=0), printed(10, "B", "b")),
    )
    assert checks.printed_in_order(history).outcome == "held"


def test_one_of_three_brokers_is_not_replaced():
    lab = Lab(0, room=1, brokers=3)
    try:
        with pytest.raises(LabError, match="Only a Kafka of one broker can be replaced"):
            lab.kafka.start_broker(1, fresh=True)
    finally:
        lab.stop()


def test_what_the_old_kafka_stored_while_it_was_stopping_was_stored_by_it():
    stopped = dataclasses.replace(broker_stopped(4), effective=5)
    history = History([started(0, "A"), stopped, broker_started(6, fresh=True)])
    assert history.replacements == [5]
    assert [history.kafka_at(time) for time in (4.5, 5.5)] == [0, 1]
