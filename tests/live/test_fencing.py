"""Former leaders on a real Kafka: what comes too late without a remedy, and does not with one."""

from __future__ import annotations

import asyncio
import importlib
import sys

import faust
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerFenced

from electionlab import Kafka, checks
from electionlab.fencing import measure, model
from electionlab.history import events as ev
from electionlab.host.folders import PROJECT
from electionlab.kafka.faulty_cluster import BreakableKafka
from electionlab.lab import environment
from electionlab.lab.lab import Lab

pytestmark = [pytest.mark.live, pytest.mark.own_ports, pytest.mark.timeout(600)]


def test_what_comes_too_late_without_a_remedy_does_not_with_a_fenced_publisher():
    programs = "stamped_leader", "fenced_leader"
    benches = [
        measure.bench(name, measure.Repeated(measure.name_of(name, "cut"), "cut", 1))
        for name in programs
    ]
    with measure.Trials(benches) as trials:
        plain, fenced = (trials.of(name, "cut") for name in programs)
    (without,) = model.rounds(plain, "stamped_leader", "cut")
    assert without.stale  # it waited in the producer's memory for the network
    (fenced_round,) = model.rounds(fenced, "fenced_leader", "cut")
    assert fenced_round.stale == 0
    checks.no_stale_greeting_is_read(fenced).expect("held")


def test_a_static_member_that_comes_back_in_time_has_the_same_token():
    """The generation does not rise, so what it published before it died is not refused."""
    patient = {"BROKER_SESSION_TIMEOUT": "60"}
    with Lab(size=0, program="stamped_leader", settings=patient) as lab:
        for number in 1, 2:
            lab.add(settings={"CONSUMER_GROUP_INSTANCE_ID": f"worker-{number}"})
        lab.wait_members(2)
        lab.wait_publishes(1)
        old = lab.leader()
        before = lab.history()
        lab.kill(old)
        lab.start(old)
        lab.wait_publishes(2)
        history = lab.finish()
    joined = [event for event in history.of(ev.MemberJoined) if event.worker == old.name]
    assert joined[-1].generation == before.generation_of(old.name, before.end)
    assert joined[-1].member_id != joined[-2].member_id


# The publisher itself: an application in this process leads.


@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as running:
        yield running


@pytest.fixture(scope="module")
def program(runner, tmp_path_factory):
    """The module fenced_leader, whose application leads. Its timer publishes, too."""
    with Kafka(port=0) as kafka, pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PROJECT / "examples"))
        with environment.without_settings():
            patch.setenv("KAFKA_BROKERS", kafka.bootstrap)
            module = importlib.import_module("fenced_leader")
            module.app.conf.datadir = str(tmp_path_factory.mktemp("data"))
            module.app.conf.web_enabled = False
        module.kafka = kafka
        try:
            runner.run(lead(module.app))
            yield module
        finally:
            runner.run(module.app.stop())
            for name in "fenced_leader", "fencing":
                sys.modules.pop(name, None)


async def lead(app):
    await app.start()
    async with asyncio.timeout(120):
        while not app.is_leader():
            await asyncio.sleep(0.1)


async def publish(program):
    """The offset and partition of one more greeting."""
    topic = program.say.channel.get_topic_name()
    return await program.publisher.publish(topic, lambda: b"0.5 of generation 1")


async def opened(program):
    """Another producer that has opened the leader's transactional id, later than the leader."""
    rival = AIOKafkaProducer(
        bootstrap_servers=program.kafka.bootstrap, transactional_id="leader-fenced"
    )
    await rival.start()
    return rival


def test_a_leader_that_was_shut_out_gets_through_and_shuts_the_other_out(program, runner):
    async def scenario():
        await publish(program)
        rival = await opened(program)
        await publish(program)
        with pytest.raises(ProducerFenced):
            async with rival.transaction():
                await rival.send_and_wait("elsewhere", b"too late")
        await rival.stop()

    runner.run(scenario())


def test_what_was_decided_before_it_was_shut_out_is_decided_anew(program, runner):
    """A leader that was away, and leads again, publishes nothing that it had decided before."""
    decided = []

    def decide():
        decided.append(len(decided) + 1)
        return f"decision {decided[-1]}".encode()

    async def scenario():
        await publish(program)
        rival = await opened(program)
        place = await program.publisher.publish("decisions", decide)
        await rival.stop()
        return place

    place = runner.run(scenario())
    assert decided == [1, 2]
    (record,) = program.kafka.witness.records("decisions")
    assert (record.value, record.offset) == ("decision 2", place.offset)


def test_who_does_not_lead_publishes_nothing_and_leaves_the_leader_in_peace(program, runner):
    async def scenario():
        await publish(program)
        before = program.publisher._producer
        with environment.without_settings():
            other = faust.App("leader-fenced", broker=f"kafka://{program.kafka.bootstrap}")
        publisher = program.FencedPublisher(other, "leader-fenced")
        with pytest.raises(program.NotPublishedError, match="group Stable, led by "):
            await publisher.publish("elsewhere", lambda: b"not mine to say")
        await publish(program)
        assert program.publisher._producer is before

    runner.run(scenario())


def test_two_programs_with_one_id_are_told_so_and_do_not_spin(program, runner, monkeypatch):
    asked, rivals = [], []
    coordinator = program.publisher._coordinator

    async def scenario():
        ask = coordinator.require_leader

        async def ask_and_be_shut_out():
            await ask()
            asked.append(1)
            rivals.append(await opened(program))

        await program.publisher._close()
        monkeypatch.setattr(coordinator, "require_leader", ask_and_be_shut_out)
        with pytest.raises(program.NotPublishedError, match="another program opens"):
            await publish(program)
        monkeypatch.undo()
        for rival in rivals:
            await rival.stop()
        await publish(program)

    runner.run(scenario())
    assert len(asked) == 4, "twice for each of two tries"


def test_what_was_begun_and_not_committed_is_not_read(program, runner):
    """A reader of Faust's that asks for committed messages only."""
    topic = program.say.channel.get_topic_name()
    printed = []

    async def scenario():
        program.print = printed.append
        rival = await opened(program)
        await rival.begin_transaction()
        await rival.send_and_wait(topic, b"begun", partition=0)
        place = await program.publisher.publish(topic, lambda: b"after it")
        async with asyncio.timeout(60):
            while b"after it" not in printed:
                await asyncio.sleep(0.1)
        await rival.stop()
        return place

    assert runner.run(scenario()).topic == topic
    assert b"begun" not in printed


def test_a_kafka_that_wants_more_brokers_for_transactions_is_not_waited_for_forever(
    program, runner, monkeypatch
):
    wants_three = {"transaction.state.log.replication.factor": "3"}
    with BreakableKafka(brokers=1, ways=1, settings=wants_three) as kafka:
        with environment.without_settings():
            app = faust.App("leader-alone", broker=f"kafka://{kafka.bootstrap}")
        publisher = program.FencedPublisher(app, "leader-alone", within=3)

        async def leads():
            pass

        monkeypatch.setattr(publisher._coordinator, "require_leader", leads)
        with pytest.raises(
            TimeoutError,
            match=r"leader-alone was not opened within 3 s\. Did it stand still\? Or wants",
        ):
            runner.run(publisher.publish("elsewhere", lambda: b"hello"))
        assert publisher._producer is None
