"""Storms on a real Kafka: one passes, a broken election is caught, and nothing is left over."""

import os
import signal
import subprocess
import sys

import psutil
import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from gone import assert_gone, end_group

from electionlab import checks
from electionlab.history import events as ev
from electionlab.history.group import LEADER_TOPIC
from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched, wait_until
from electionlab.lab.lab import Lab
from electionlab.storm import command as report
from electionlab.storm import judge
from electionlab.storm.generator import Round, Step
from electionlab.storm.storm import Storm, left_over

pytestmark = [pytest.mark.live, pytest.mark.own_ports, pytest.mark.long]

ROUNDS, SEED = 30, 2


def checks_of(judgement):
    return {finding.check for finding in judgement.findings}


@pytest.mark.timeout(1800)  # it takes some 200 s; a slow machine only stretches it
def test_an_election_comes_through_a_storm(tmp_path, capsys):
    saved = tmp_path / "storm.jsonl"
    passed = report.run(ROUNDS, SEED, save=saved)
    told = capsys.readouterr().out
    assert passed, told
    assert f"--rounds {ROUNDS} --seed {SEED}" in told
    assert "Processes left over: none." in told
    history = History.load(saved)
    assert [event.number for event in history.of(ev.RoundBegun)] == list(range(1, ROUNDS + 1))
    assert judge.judge(history).passed


@pytest.mark.timeout(600)
def test_an_election_that_does_not_recover_is_a_finding(tmp_path, capsys):
    saved = tmp_path / "storm.jsonl"
    # Nothing recovers in no time: the storm sees the same as if nobody ever led again.
    assert not report.run(3, SEED, recover_within=0.0, save=saved)
    told = capsys.readouterr().out
    assert "s, recovers_after_each_round:\n    Not after 1 of them.; " in told
    assert "round 0: nothing was looked at" in told
    assert "FAILED" in told
    assert (tmp_path / "storm.jsonl.svg").exists()
    assert len(History.load(saved).of(ev.RoundEnded)) == 1
    assert left_over() == []


@pytest.mark.timeout(300)
def test_a_step_that_is_refused_is_a_finding():
    steps = (Step(0.0, "slow", amount=-1.0),)
    history = Storm([Round(1, "slow", (0,), steps)]).run()
    (ended,) = [event for event in history.of(ev.RoundEnded) if event.number]
    assert ended.missing.startswith("slow was refused: A network is made slow by ")
    assert checks_of(judge.judge(history)) == {"recovers_after_each_round"}


@pytest.mark.timeout(600)
def test_a_broken_election_is_caught(capsys):
    assert not report.run(1, SEED, program="broken")
    told = capsys.readouterr().out
    for check in (
        checks.only_the_leader_publishes,
        checks.one_leader_in_each_generation,
        checks.broker_knows_one_leader,
    ):
        assert f"s, {check.__name__}:" in told
    assert "--program broken" in told
    assert left_over() == []


@pytest.mark.timeout(600)
def test_a_leader_topic_with_two_partitions_has_two_holders_and_still_one_leader():
    with Lab(0) as lab:
        admin = AdminClient(lab.kafka.witness.client_settings())
        for made in admin.create_topics(
            [NewTopic(LEADER_TOPIC.format(app=lab.app), 2, 1)]
        ).values():
            made.result(30)
        lab.add(2)
        lab.wait_publishes(5)
        history = lab.finish()
    checks.only_the_leader_publishes(history).expect("held")
    checks.broker_knows_one_leader(history).expect("broken")
    newest = [told for told in history.stored_generations if len(told.members) == 2][-1]
    since = [event.worker for event in history.of(ev.Published) if event.time > newest.start]
    assert set(since) == {newest.leader}
    assert len(newest.holders) == 2


@pytest.fixture
def storm(tmp_path):
    """A storm of its own process, in its second round: (process, the file for its history)."""
    saved, out = tmp_path / "storm.jsonl", tmp_path / "out"
    command = [sys.executable, "-m", "electionlab", "storm", "--rounds", "50"]
    with out.open("w", encoding="utf-8") as told:
        process = subprocess.Popen(
            [*command, "--seed", str(SEED), "--save", str(saved)],
            cwd=PROJECT,
            stdout=told,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "ELECTIONLAB_RUNS": str(tmp_path)},
        )

    def in_second_round():
        assert process.poll() is None, out.read_text(encoding="utf-8")
        return out.read_text(encoding="utf-8").count(" leads\n") >= 1

    try:
        wait_until(in_second_round, within=200, why=out.read_text)
        yield process, saved
    finally:
        end_group(process)


@pytest.mark.timeout(600)
def test_ctrl_c_stops_a_storm_and_saves_what_happened(storm):
    process, saved = storm
    running = psutil.Process(process.pid).children(recursive=True)
    assert running
    process.send_signal(signal.SIGINT)
    assert process.wait(stretched(20)) == 130
    assert_gone(running, [])
    assert len(History.load(saved).of(ev.RoundEnded)) >= 2


@pytest.mark.timeout(600)
def test_a_storm_that_is_killed_leaves_nothing(storm):
    process, _ = storm
    running = psutil.Process(process.pid).children(recursive=True)
    assert running
    process.kill()
    process.wait()
    assert_gone(running, [])
