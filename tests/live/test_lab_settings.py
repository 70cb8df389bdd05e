"""What Faust's own settings make of an election, given through a lab; and what a lab observes."""

import os
import signal
import time

import pytest
from journals import read
from outages import go_through_an_outage

from electionlab.history import consumer_offsets
from electionlab.history import events as ev
from electionlab.lab import conditions
from electionlab.lab.lab import Lab

pytestmark = [pytest.mark.live, pytest.mark.own_ports]


@pytest.fixture(scope="module")
def lab():
    """Three workers, each a static member; two partitions; no standbys."""
    settings = {"TABLE_STANDBY_REPLICAS": "0", "TOPIC_PARTITIONS": "2"}
    with Lab(size=0, room=3, settings=settings) as lab:
        for number in range(3):
            lab.add(1, settings={"CONSUMER_GROUP_INSTANCE_ID": f"static-{number}"})
        yield lab


def all_stored(lab):
    """What the journal says of the lab's group, read anew and at once: (offset, record) each."""
    told = [(at, consumer_offsets.parse(key, value)) for at, key, value in read(lab.kafka.witness)]
    return [(at, record) for at, record in told if record and record.group == lab.app]


def test_more_workers_than_partitions_and_one_leads(lab):
    history = lab.wait_members(3)
    stored = history.of(ev.GroupStored)[-1]
    assert len(stored.holders) == 1
    newest = [one for _, one in all_stored(lab) if isinstance(one, consumer_offsets.StoredGroup)][
        -1
    ]
    held = [one.partitions.get(lab.topic, ()) for one in newest.members]
    assert sorted(number for numbers in held for number in numbers) == [0, 1]
    assert not all(held)
    lab.wait_leader()
    lab.wait_greetings(2)


def test_members_are_static_and_a_restart_keeps_its_place(lab):
    members = lab.wait_members(3).of(ev.GroupStored)[-1].members
    assert sorted(one.rsplit("-", 5)[0] for one in members) == [f"static-{n}" for n in range(3)]
    follower = next(one for one in lab.running() if one is not lab.leader())
    lab.kill(follower)
    lab.start(follower)
    lab.wait(lambda h: h.of(ev.GroupStored)[-1].members != members, within=60)
    after = lab.wait_members(3).of(ev.GroupStored)[-1].members
    assert sorted(one.rsplit("-", 5)[0] for one in after) == [f"static-{n}" for n in range(3)]
    assert len(set(members) & set(after)) == 2
    starts = lab.history().of(ev.WorkerStarted, worker=follower.name)
    assert starts[0].settings == starts[1].settings != ""


def test_an_observer_that_is_killed_goes_on_without_a_gap_and_without_a_repetition(lab):
    for _ in range(3):
        before = len(lab.history().of(ev.WitnessFailed))
        os.kill(lab.observer._process.pid, signal.SIGKILL)
        lab.wait_publishes(2)
        failures = lab.history().of(ev.WitnessFailed)[before:]
        assert "observer" in {one.asked for one in failures}
        assert "status 137" in next(one.why for one in failures if one.asked == "observer")
    for kind in ev.GroupSeen, ev.WorkerView:
        lab.wait(conditions.has_since(kind, 1, time.time()), within=60)
    lab.wait(lambda h: h.of(ev.OffsetCommitted), within=60)
    stored = all_stored(lab)
    end = lab.kafka.witness.end_of(consumer_offsets.TOPIC, within=10)
    lab.wait(lambda h: lab.observer._journal_end >= end, within=60)
    history = lab.history()
    generations = [(at, one) for at, one in stored if isinstance(one, consumer_offsets.StoredGroup)]
    noted = [one for one in history.of(ev.GroupStored) if one.offset < end]
    assert [(one.offset, one.generation) for one in noted] == [
        (at, one.generation) for at, one in generations
    ]
    commits = [one for _, one in stored if isinstance(one, consumer_offsets.StoredCommit)]
    told = [(one.topic, one.partition, one.committed) for one in history.of(ev.OffsetCommitted)]
    assert commits
    assert told[: len(commits)] == [(one.topic, one.partition, one.offset) for one in commits]


def test_while_kafka_is_down_samples_say_so_and_afterwards_they_come_again(lab):
    def ends():
        return [one for one in lab.history().of(ev.WitnessFailed) if one.asked == "observer"]

    before = ends()
    go_through_an_outage(lab, "stop")
    assert ends() == before  # it was the same process all the time
