"""A lab with three brokers: the group moves with its coordinator, and all may go and come back."""

import psutil
import pytest
from gone import assert_on_loopback

from electionlab import LabError
from electionlab.history import events as ev
from electionlab.host.waiting import wait_until
from electionlab.lab.lab import Lab

pytestmark = [pytest.mark.live, pytest.mark.own_ports]


def test_a_coordinator_is_lost_then_all_brokers_and_the_election_goes_on(capsys):
    with Lab(size=2, brokers=3, room=2) as lab:
        lab.wait_members(2)
        relays = [relay.port for number in range(2) for relay in lab.kafka.way(number)]
        served = [port for broker in lab.kafka.brokers for port in broker.node.ports]
        workers = [int(worker.name) for worker in lab.running()]
        assert_on_loopback(psutil.Process(), [*relays, *served, *workers])
        generation = lab.history().of(ev.GroupStored)[-1].generation
        first = lab.coordinator()
        lab.kill_broker(first)
        wait_until(
            lambda: lab.coordinator() != first, within=90, why=lambda: f"still broker {first}"
        )
        lab.wait_publishes(2)
        lab.wait_greetings(2)
        lab.stop_broker(first)
        assert f"Kafka broker {first} is already down" in capsys.readouterr().out
        with pytest.raises(LabError, match=r"no broker 4, but 1, 2 and 3"):
            lab.start_broker(4)
        lab.start_broker(first)
        assert lab.kafka.witness.brokers(within=10) == [1, 2, 3]

        for number in (1, 2, 3):
            lab.stop_broker(number)
        ends = lab.history().of(ev.BrokerStopped, ev.BrokerKilled)[1:]
        assert [one.broker for one in ends] == [1, 2, 3]
        for number in (3, 1, 2):
            lab.start_broker(number)
        lab.wait_greetings(2, within=120)
        history = lab.wait_members(2, within=120)
        stored = history.of(ev.GroupStored)
        assert stored[-1].generation >= generation
        assert {len(one.holders) for one in stored if one.members} == {1}
        assert len({one.offset for one in stored}) == len(stored)
        assert {one.by for one in history.of(ev.BrokerKilled, ev.BrokerStarted)} == {"lab"}
