"""Three brokers: a quorum that one of them may leave, and what is said when it cannot go on."""

import os
import socket
import threading
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType
from gone import assert_gone, with_guards
from scripts import script

from electionlab import Kafka, LabError
from electionlab.host import ports
from electionlab.host.waiting import wait_until
from electionlab.kafka.faulty_cluster import BreakableKafka
from electionlab.kafka.witness import Witness

pytestmark = [pytest.mark.live, pytest.mark.own_ports]


def processes(kafka):
    return [psutil.Process(broker.process.pid) for broker in kafka.brokers]


def used_ports(kafka):
    return [port for broker in kafka.brokers for port in broker.node.ports]


def create(kafka, topic):
    # No replication factor is named: the brokers' own default counts.
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    admin.create_topics([NewTopic(topic, 3)])[topic].result(30)
    witnesses = [Witness(f"127.0.0.1:{broker.node.port}") for broker in kafka.brokers]
    wait_until(  # each broker learns of it by itself
        lambda: all(topic in (one.topics(within=5) or []) for one in witnesses),
        within=30,
        why=lambda: f"the brokers show {[one.topics(within=5) for one in witnesses]}",
    )


def write(kafka, topic, values):
    """Write with acks=all and return what the brokers acknowledged."""
    stored, failed = [], []
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "acks": "all"})
    for number, value in enumerate(values):
        producer.produce(
            topic,
            value,
            partition=number % 3,
            on_delivery=lambda error, message: (
                failed.append(error) if error else stored.append(message.value().decode())
            ),
        )
    assert producer.flush(60) == 0
    assert not failed
    return sorted(stored)


def test_three_brokers_know_each_other_listen_on_loopback_only_and_leave_nothing():
    with Kafka(brokers=3) as kafka:
        assert len(set(used_ports(kafka))) == 6
        for broker in kafka.brokers:
            alone = Witness(f"127.0.0.1:{broker.node.port}")
            assert alone.brokers(within=5) == [1, 2, 3]
        running = processes(kafka)
        folders = [Path(process.cmdline()[-1]).parent for process in running]
        listens = [
            connection.laddr
            for process in running
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        ]
        assert sorted(address.port for address in listens) == sorted(used_ports(kafka))
        assert {address.ip.removeprefix("::ffff:") for address in listens} == {"127.0.0.1"}
        ids = [
            (folder / "data" / "meta.properties").read_text(encoding="utf-8") for folder in folders
        ]
        told = [
            dict(line.split("=", 1) for line in text.splitlines() if "=" in line) for text in ids
        ]
        assert len({one["cluster.id"] for one in told}) == 1
        assert len({one["directory.id"] for one in told}) == 3
        assert [one["node.id"] for one in told] == ["1", "2", "3"]
        assert all(str(process.pid) in repr(kafka) for process in running)
    assert_gone(running, used_ports(kafka))
    assert not any(folder.exists() for folder in folders)
    assert "not running" in repr(kafka)


def test_messages_have_three_copies_and_two_are_enough():
    with Kafka(brokers=3) as kafka:
        with pytest.raises(LabError, match="has no topic copied"):
            kafka.witness.replicas("copied")
        create(kafka, "copied")
        assert set(map(tuple, kafka.witness.replicas("copied").values())) == {(1, 2, 3)}
        resource = ConfigResource(ResourceType.TOPIC, "copied")
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
        told = admin.describe_configs([resource])[resource].result(10)
        assert told["min.insync.replicas"].value == "2"


@pytest.mark.parametrize("victim", [0, 2])
def test_a_cluster_survives_the_loss_of_one_broker_and_not_of_two(victim, capsys):
    with Kafka(brokers=3) as kafka:
        create(kafka, "copied")
        before = write(kafka, "copied", ["a", "b", "c"])
        kafka.brokers[victim].kill()
        assert f"Kafka broker {victim + 1} ended with status 137" in repr(kafka)
        kafka.require_alive()
        assert kafka.witness.topics(within=10) is not None
        assert write(kafka, "copied", ["d", "e", "f"]) == ["d", "e", "f"]
        found = sorted(record.value for record in kafka.witness.records("copied", within=60))
        assert found == [*before, "d", "e", "f"]
        left = [broker.node.id for broker in kafka.brokers if broker.alive]
        wait_until(
            lambda: kafka.witness.brokers(within=5) == left,
            within=60,
            why=lambda: f"brokers {kafka.witness.brokers(within=5)} are named, {left} live",
        )
        kafka.brokers[victim].kill()
        assert "has already ended, with status 137" in capsys.readouterr().out
        kafka.brokers[1].kill()
        with pytest.raises(LabError, match=r"Kafka broker . has ended, with status 137") as caught:
            kafka.require_alive()
        assert "2 of the three brokers have ended" in str(caught.value)
    assert_gone([], used_ports(kafka))


@pytest.mark.parametrize("victim", [0, 1, 2])
def test_a_broker_that_is_killed_at_start_is_named_with_its_last_lines(victim):
    kafka = Kafka(brokers=3)
    seen = []

    def kill():
        wait_until(lambda: kafka.brokers[2].process, within=60, why=lambda: "nothing was started")
        seen.extend(processes(kafka))
        seen[victim].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(
        LabError, match=f"Kafka broker {victim + 1} has ended, with status 137"
    ) as e:
        kafka.start()
    killer.join()
    assert str(kafka.brokers[victim].log) in str(e.value)
    assert "not running" in repr(kafka)
    assert len(seen) == 3
    assert_gone(seen, used_ports(kafka))


def test_after_a_start_that_failed_it_can_be_started_again():
    kafka = Kafka(brokers=3)
    with pytest.raises(LabError, match=r"Kafka broker \d does not answer on port"):
        kafka.start(within=0)
    with kafka:
        assert kafka.witness.brokers(within=5) == [1, 2, 3]


# With these no candidate for the controllers' lead ever waits until it is elected.
NEVER = {
    "controller.quorum.election.timeout.ms": "1",
    "controller.quorum.fetch.timeout.ms": "1",
    "controller.quorum.election.backoff.max.ms": "1",
    "controller.quorum.request.timeout.ms": "1",
}


@pytest.fixture
def swift(monkeypatch):
    """Time-outs that lead nowhere, on a machine that does not look busy."""
    monkeypatch.setattr("electionlab.kafka.brokers.SWIFT", NEVER)
    monkeypatch.setattr("electionlab.kafka.brokers.ELECTED_WITHIN_S", 8)
    monkeypatch.setattr("electionlab.host.load.per_core", lambda: 1.0)


def test_brokers_that_elect_nobody_are_started_again_with_longer_time_outs(swift):
    with Kafka(brokers=3) as kafka:
        assert kafka.witness.brokers(within=5) == [1, 2, 3]
        assert "with longer time-outs between its controllers" in repr(kafka)
        running = processes(kafka)
        # what was started first has gone
        mine = psutil.Process().children(recursive=True)
        assert {one for one in mine if one.name() == "java"} == set(running)


def test_so_are_brokers_that_elect_nobody_after_they_have_all_died(swift, monkeypatch):
    monkeypatch.setattr("electionlab.host.load.per_core", lambda: 100.0)
    kafka = BreakableKafka(brokers=3, ways=1)
    with kafka:
        assert "longer time-outs" in kafka.patience  # a busy machine begins with them
        monkeypatch.setattr("electionlab.host.load.per_core", lambda: 1.0)
        for number in 1, 2, 3:
            kafka.kill_broker(number)
        kafka._brokers.quorum = NEVER
        for broker in kafka.brokers:
            broker.amend(NEVER)
        for number in 1, 2, 3:
            kafka.start_broker(number)
        # each is back by its own controller; another's list may name it a moment later
        wait_until(
            lambda: kafka.witness.brokers(within=10) == [1, 2, 3],
            within=30,
            why=lambda: f"alive: {kafka.witness.brokers(within=10)}",
        )
        assert "longer time-outs" in kafka.patience


def test_the_first_port_may_be_chosen_and_is_refused_if_it_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        kafka = Kafka(port=port, brokers=3)
        with pytest.raises(LabError, match=f"Port {port}, needed for Kafka broker 1") as caught:
            kafka.start()
        assert str(os.getpid()) in str(caught.value)
    with kafka:
        assert kafka.bootstrap.startswith(f"127.0.0.1:{port},")
        assert ports.accepts(port)


def test_three_brokers_do_not_outlive_an_owner_that_is_killed():
    text = """
        import time
        from electionlab import Kafka
        kafka = Kafka(brokers=3).start()
        print(*(broker.process.pid for broker in kafka.brokers), flush=True)
        time.sleep(600)
    """
    with script(text) as (owner, told):
        running = with_guards(map(int, told.split()))
        assert len(running) == 6
        owner.kill()
        assert_gone(running, [])
