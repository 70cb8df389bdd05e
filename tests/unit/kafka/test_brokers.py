"""When brokers are given longer time-outs; no broker is started."""

import pytest

from electionlab.errors import LabError
from electionlab.kafka.brokers import ELECTED_WITHIN_S, Brokers
from electionlab.kafka.node import Node
from electionlab.kafka.quorum import PATIENT, SWIFT

THREE = [Node(number, number * 10, number * 10 + 1) for number in (1, 2, 3)]


class Ended:
    """Stands in for a process that has ended."""

    alive = False
    status = 1


class Silent:
    """Stands in for a process that runs and does not answer."""

    alive = True
    require_alive = last_words = staticmethod(str)


def silent(attempts):
    """An attempt to which nobody answers."""

    def attempt(within):
        attempts.append(within)
        raise LabError("it does not answer")

    return attempt


def test_brokers_that_answer_keep_their_swift_time_outs():
    cluster, attempts = Brokers(THREE), []
    cluster.elect(attempts.append, pytest.fail, 60)
    assert attempts == [ELECTED_WITHIN_S]
    assert (cluster.quorum, cluster.patience) == (SWIFT, "")


def test_brokers_that_do_not_answer_start_over_with_longer_time_outs():
    cluster, attempts, started_over = Brokers(THREE), [], []
    with pytest.raises(LabError, match="it does not answer"):
        cluster.elect(silent(attempts), lambda: started_over.append(cluster.quorum), 60)
    assert attempts == [ELECTED_WITHIN_S, 60]
    assert started_over == [PATIENT]
    assert "with longer time-outs" in cluster.patience


def test_a_broker_that_has_ended_needs_no_longer_time_outs():
    cluster, attempts = Brokers(THREE), []
    cluster.all[1].process = Ended()
    with pytest.raises(LabError):
        cluster.elect(silent(attempts), pytest.fail, 60)
    assert attempts == [ELECTED_WITHIN_S]
    assert cluster.quorum is SWIFT


def test_one_that_was_ended_on_purpose_is_no_failure():
    cluster, attempts, started_over = Brokers(THREE), [], []
    cluster.all[1].process = Ended()
    cluster.ended_on_purpose.add(2)
    assert (cluster.dead, cluster.failed, cluster.have_quorum) == ([cluster.all[1]], [], True)
    with pytest.raises(LabError):
        cluster.elect(silent(attempts), lambda: started_over.append(True), 60)
    assert started_over == [True]


def test_a_lone_broker_elects_nobody():
    cluster, attempts = Brokers(THREE[:1]), []
    with pytest.raises(LabError):
        cluster.elect(silent(attempts), pytest.fail, 60)
    assert attempts == [60]
    assert (cluster.quorum_settings, cluster.patience) == ({}, "")


def test_a_busy_machine_begins_with_longer_time_outs(monkeypatch):
    monkeypatch.setattr("electionlab.host.load.per_core", lambda: 100.0)
    monkeypatch.setattr("electionlab.host.ports.is_taken", lambda _: False)
    cluster = Brokers(THREE)
    started = []
    monkeypatch.setattr(cluster, "start_process", lambda *_: started.append(cluster.quorum))
    with pytest.raises(LabError, match="Kafka broker 1 does not answer on port 10"):
        for broker in cluster.all:
            broker.process = Silent()
        cluster.start(None, within=0)
    assert started == [PATIENT] * 3
