"""Failovers measured on a real Kafka, and a worker that its broker refuses."""

from __future__ import annotations

import pytest

from electionlab.failover import measure, verdicts
from electionlab.failover.model import FAULTS, Settings
from electionlab.history import events as ev
from electionlab.lab.benches import Bench
from electionlab.lab.lab import Lab
from electionlab.storm.storm import left_over

pytestmark = [pytest.mark.live, pytest.mark.own_ports, pytest.mark.timeout(300)]
QUICK = Settings(3, 0.5, 1)


def test_each_fault_is_a_round_whose_steps_follow_the_settings():
    with measure.Failovers([measure.bench(QUICK, measure.Repeated("quick", QUICK, 1, 3))]) as labs:
        history = labs.history("quick")
        rounds = labs.rounds("quick")
    expired = history.of(ev.SessionExpired)
    killed = {event.worker for event in history.of(ev.WorkerKilled)}
    assert killed
    assert killed <= {history.member_names.get(event.member_id) for event in expired}
    assert [one.fault for one in rounds] == list(FAULTS)
    for fault in FAULTS:  # a machine that was too slow proves nothing
        verdicts.follows_the_settings(rounds, fault).expect("held", "unknown")
    assert left_over() == []


def test_a_worker_below_the_floor_is_alive_and_never_a_member():
    kafka = {"group.min.session.timeout.ms": measure.FLOOR_MS}
    bench = Bench(lambda: Lab(size=0, kafka_settings=kafka), (measure.below_the_floor,))
    with measure.Failovers([bench]) as labs:
        history = labs.history("below_the_floor")
    assert len(measure.refusals(history)) == 1
    assert not history.of(ev.MemberJoined, ev.WorkerReady, ev.Published)
    assert history.of(ev.WorkerView)[-1].leader is None


def test_measuring_twice_starts_nothing_twice(monkeypatch):
    monkeypatch.setattr(measure, "short", list)
    labs = measure.start()
    assert measure.start() is labs
    labs.stop()
    again = measure.start()
    assert again is not labs
    again.stop()
