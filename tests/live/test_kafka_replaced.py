"""Kafka is stopped and started with fresh data while a worker goes on, as `make kafka` does."""

import time

import pytest

from electionlab import Kafka, LabError, Workers, checks
from electionlab.history import events as ev
from electionlab.host.folders import PROJECT
from electionlab.lab import page_experiments
from electionlab.lab.conditions import has_since
from electionlab.lab.lab import Lab
from electionlab.lab.walkthrough import COMMAND

pytestmark = pytest.mark.live
EXPERIMENTS = page_experiments.load(PROJECT / "notebooks/04-break-kafka.ipynb")


@pytest.mark.own_ports
def test_a_lab_whose_kafka_is_replaced():
    with Lab(by="tests") as lab:
        history = lab.watch(EXPERIMENTS["replace_kafka"], settle=1)
    (begun,) = history.of(ev.BrokerStarted)
    assert (begun.fresh, begun.by) == (True, "tests")
    checks.only_the_leader_publishes(history).expect("broken")
    # Seldom the old leader is quick to join the new Kafka's group. Given nothing, it publishes on,
    # in a generation that is not over.
    old_leader = history.leaderships[0].worker
    joined = {event.worker for event in history.of(ev.MemberJoined) if event.time > begun.time}
    seldom = ("held",) if old_leader in joined else ()
    checks.no_stale_publishes(history).expect("broken", *seldom)
    # Where all that reached a topic was printed, none was lost, and what is not printed may wait.
    lost = checks.no_greeting_is_lost(history)
    assert lost.outcome != "held" or lost.figures["waiting"] == 0


def test_what_waits_in_vain_says_that_kafka_was_replaced():
    with Kafka(lock=False) as kafka, Workers(kafka, lock=False) as workers:
        workers.start(COMMAND.format(port=6066))
        workers.wait_leader()
        kafka.stop()
        kafka.start()
        with pytest.raises(LabError, match="Kafka was started again with fresh data"):
            workers.wait(has_since(ev.GreetingPrinted, 50, time.time()), within=6)
        history = workers.history()
    (begun,) = history.of(ev.BrokerStarted)
    assert begun.fresh
    assert checks.only_the_leader_publishes(history).outcome == "broken"
