"""Failovers measured on a real Kafka, and a worker that its broker refuses."""

from __future__ import annotations

import pytest
from gone import assert_gone

from electionlab import events as ev
from electionlab import sweep
from electionlab.checks import failovers
from electionlab.experiments import Bench
from electionlab.failover import FAULTS, Settings
from electionlab.lab import Lab

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
QUICK = Settings(3, 0.5, 1)


def test_each_fault_is_a_round_whose_steps_follow_the_settings():
    with sweep.Failovers([sweep.bench(QUICK, sweep.Repeated("quick", QUICK, 1, 3))]) as labs:
        history = labs.history("quick")
        rounds = labs.rounds("quick")
    expired = history.of(ev.SessionExpired)
    killed = {event.worker for event in history.of(ev.WorkerKilled)}
    assert killed
    assert killed <= {history.member_names.get(event.member_id) for event in expired}
    assert [one.fault for one in rounds] == list(FAULTS)
    for fault in FAULTS:  # a machine that was too slow proves nothing
        failovers.follows_the_settings(rounds, fault).expect("held", "unknown")
    assert_gone([])


def test_a_worker_below_the_floor_is_alive_and_never_a_member():
    kafka = {"group.min.session.timeout.ms": sweep.FLOOR_MS}
    bench = Bench(lambda: Lab(size=0, kafka_settings=kafka), (sweep.below_the_floor,))
    with sweep.Failovers([bench]) as labs:
        history = labs.history("below_the_floor")
    assert len(sweep.refusals(history)) == 1
    assert not history.of(ev.MemberJoined, ev.WorkerReady, ev.Published)
    assert history.of(ev.WorkerView)[-1].leader is None


def test_measuring_twice_starts_nothing_twice(monkeypatch):
    monkeypatch.setattr(sweep, "short", list)
    labs = sweep.start()
    assert sweep.start() is labs
    labs.stop()
    again = sweep.start()
    assert again is not labs
    again.stop()
