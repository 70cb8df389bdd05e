"""A reader's environment that tells Faust something else than the workbook, on a real Kafka."""

import os
import signal
import subprocess
import sys

import pytest

from electionlab import Kafka, LabError, Workers
from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched
from electionlab.lab.in_kernel import InsideWorker
from electionlab.lab.lab import Lab

pytestmark = pytest.mark.live
WORKER = "faust -A leader worker -l info --web-port 6066"
TOLD = {
    "TOPIC_REPLICATION_FACTOR": "3",
    "TOPIC_DISABLE_LEADER": "1",
    "TOPIC_ALLOW_DECLARE": "0",
    "CONSUMER_GROUP_INSTANCE_ID": "one",
    "BROKER_CREDENTIALS": "ssl://",
    "PROCESSING_GUARANTEE": "exactly_once",
    "KAFKA_USER": "reader",
    "KAFKA_PASSWORD": "open sesame",
    "PYTHONIOENCODING": "ascii",  # and the first thing that Faust prints is its banner: ƒaµS†
    "PYTHONUTF8": "0",
    "LC_ALL": "C",
}


@pytest.fixture(scope="module")
def elsewhere():
    """The Kafka that the reader's environment names. Nobody may leave anything there."""
    with Kafka(port=0) as kafka:
        yield kafka


@pytest.fixture
def told(elsewhere, monkeypatch, tmp_path):
    url = f"kafka://{elsewhere.bootstrap}"
    (tmp_path / "leader.py").write_text("raise SystemExit('another leader.py')\n", encoding="utf-8")
    named = {"BROKER_URL": url, "KAFKA_BROKERS": elsewhere.bootstrap, "PYTHONPATH": str(tmp_path)}
    for name, value in {**TOLD, **named}.items():
        monkeypatch.setenv(name, value)
    yield
    assert elsewhere.witness.topics(within=5) == []


def test_workers_and_the_one_in_the_kernel_are_in_the_kafka_that_was_meant(told):
    with Kafka() as kafka, Workers(kafka) as workers:
        worker = workers.start(WORKER)
        workers.wait_leader(greetings=2)
        assert "ƒaµS†" in worker.output()
        with InsideWorker(kafka) as inside:
            assert inside.assignment
        members = kafka.witness.group("leader-example").members
        assert worker.member_id in {member.member_id for member in members}


def test_a_lab_is_on_its_own_kafka(told):
    with Lab(1) as lab:
        lab.wait_leader(greetings=2)


@pytest.mark.parametrize("where", ["worker", "kernel"])
def test_one_that_joined_another_kafka_is_refused_at_once(elsewhere, tmp_path, where):
    program = (
        (PROJECT / "leader.py")
        .read_text(encoding="utf-8")
        .replace("localhost:9092", elsewhere.bootstrap)
    )
    (tmp_path / "leader.py").write_text(program, encoding="utf-8")
    with Kafka() as kafka:
        with pytest.raises(LabError) as caught:
            if where == "worker":
                with Workers(kafka, folder=tmp_path) as workers:
                    workers.start(WORKER)
            else:
                InsideWorker(kafka, folder=tmp_path).start()
        assert "joined another Kafka" in str(caught.value)
        assert str(elsewhere.port) in str(caught.value)
        assert kafka.bootstrap in str(caught.value)


def test_whoever_runs_workers_by_hand_is_warned():
    make = subprocess.Popen(
        [sys.executable, "-m", "electionlab", "kafka"],
        env={**os.environ, "BROKER_URL": "kafka://elsewhere:1"},
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        encoding="utf-8",
    )
    try:
        lines = []
        for line in make.stdout:
            lines.append(line)
            if "Ctrl+C stops it" in line:
                break
        assert "    unset BROKER_URL\n" in lines
    finally:
        make.send_signal(signal.SIGINT)
        make.wait(timeout=stretched(30))
        make.stdout.close()
