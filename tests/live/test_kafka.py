"""A real broker: what it does, and what it says when it cannot."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from gone import assert_gone, end_group, wait_for_ports

from electionlab import Kafka, LabError, Workers
from electionlab.history import events
from electionlab.host import ports
from electionlab.host.folders import PROJECT
from electionlab.host.locks import walkthrough
from electionlab.host.waiting import stretched, wait_until
from electionlab.kafka import aot_cache
from electionlab.kafka.install import LOCK, prepare

pytestmark = pytest.mark.live
WORKER = "faust -A leader worker -l info --web-port 6066"


def test_a_broker_answers_listens_on_loopback_only_and_leaves_nothing():
    with Kafka() as kafka:
        assert kafka.processes
        assert kafka.witness.topics(within=5) is not None
        process = psutil.Process(kafka.process.pid)
        listens = [c for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
        data = Path(process.cmdline()[-1]).parent
        assert data.is_dir()
        assert sorted(c.laddr.port for c in listens) == [9092, 9093]
        # Java writes an IPv4 address on an IPv6 socket like this.
        assert {c.laddr.ip.removeprefix("::ffff:") for c in listens} == {"127.0.0.1"}
    assert_gone([process])
    assert not data.exists()


@pytest.mark.own_ports
def test_starting_and_stopping_twice_is_fine():
    kafka = Kafka(port=0)
    first = kafka.start().process
    assert kafka.start().process is first
    kafka.stop()
    kafka.stop()
    assert "not running" in repr(kafka)
    assert not ports.is_taken(kafka.port)


@pytest.mark.own_ports
def test_each_start_begins_with_empty_data_and_ids_of_its_own():
    kafka, seen = Kafka(port=0), []
    for _ in range(2):
        with kafka:
            config = Path(psutil.Process(kafka.process.pid).cmdline()[-1])
            seen.append((config.parent / "data" / "meta.properties").read_text(encoding="utf-8"))
            assert kafka.witness.topics(within=5) == []
    first, second = (
        dict(line.split("=", 1) for line in text.splitlines() if "=" in line) for text in seen
    )
    assert first["cluster.id"] != second["cluster.id"]
    assert first["directory.id"] != second["directory.id"]


@pytest.mark.own_ports
def test_without_an_aot_cache_it_boots_too(monkeypatch, tmp_path):
    cache = tmp_path / "cache"
    folder = cache / LOCK
    folder.mkdir(parents=True)
    for jar in prepare().jars:
        if _same_disk(jar, cache):
            (folder / jar.name).hardlink_to(jar)
        else:
            (folder / jar.name).write_bytes(jar.read_bytes())
    java_17 = _older_java()
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(cache))
    if java_17:
        monkeypatch.setenv("JAVA_HOME", str(java_17))
    else:
        monkeypatch.setattr(aot_cache, "train", untrained)
    assert prepare().aot_cache is None
    with Kafka(port=0) as kafka:
        assert kafka.witness.topics(within=5) == []


def untrained(_):
    raise LabError("this test wants no AOT cache")


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _older_java() -> Path | None:
    """The home of a Java on this machine that is too old for an AOT cache, new enough for Kafka."""
    for release in Path("/usr/lib/jvm").glob("*/release"):
        if 'JAVA_VERSION="17' in release.read_text(
            encoding="utf-8"
        ) or 'JAVA_VERSION="21' in release.read_text(encoding="utf-8"):
            return release.parent
    return None


@pytest.mark.own_ports
def test_a_damaged_aot_cache_is_trained_anew(own_cache, capfd):
    aot = prepare().aot_cache
    if aot is None:
        pytest.skip("this Java has no AOT cache")
    with aot.open("r+b") as file:
        file.seek(1000)
        file.write(b"damaged")
    capfd.readouterr()
    assert prepare().aot_cache == aot
    assert "Training" in capfd.readouterr().err
    with Kafka(port=0) as kafka:
        assert "Kafka Server started" in kafka.log.read_text(encoding="utf-8")


@pytest.mark.own_ports
def test_once_fetched_no_network_is_needed(monkeypatch):
    prepare()
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with Kafka(port=0) as kafka:
        assert kafka.processes


@pytest.mark.parametrize("port", [9092, 9093])
def test_a_port_taken_by_something_else_is_named_with_its_process(port):
    with socket.create_server(("127.0.0.1", port)), pytest.raises(LabError) as caught:
        Kafka().start()
    assert f"Port {port}" in str(caught.value)
    assert str(os.getpid()) in str(caught.value)
    assert_gone([])


def test_a_kafka_that_is_there_already_is_used_and_never_stopped():
    command = [sys.executable, "-m", "electionlab", "kafka"]
    walkthrough.acquire()  # a broker by hand takes no lock, so this test holds it meanwhile
    by_hand = subprocess.Popen(command, start_new_session=True, cwd=PROJECT)
    try:
        running = wait_for_ports([9092], within=60, owner=by_hand)
        wait_until(lambda: Kafka().witness.topics(within=1) is not None, within=30, why=str)
        with Kafka() as kafka, Workers(kafka) as workers:
            assert not kafka.processes
            assert "already listening" in repr(kafka)
            workers.start(WORKER)
            workers.wait(lambda h: h.published_by_leader(1), within=60)
        assert kafka.witness.topics(within=5)
        by_hand.send_signal(signal.SIGINT)
        assert by_hand.wait(stretched(10)) == 0
        assert_gone(running)
    finally:
        end_group(by_hand)
        walkthrough.release()


def test_a_broker_that_dies_ends_the_waiting_at_once_with_its_last_lines():
    with Kafka() as kafka, Workers(kafka) as workers:
        workers.start(WORKER)
        os.kill(kafka.process.pid, signal.SIGKILL)
        with pytest.raises(LabError, match="Kafka has ended, with status 137") as caught:
            workers.wait(lambda h: False, within=60)
        assert str(kafka.log) in str(caught.value)
        assert "ended with status 137" in repr(kafka)
    assert_gone([])


def test_a_worker_without_a_kafka_shows_why():
    with Kafka() as kafka:
        kafka.process.stop()
        kafka.brokers[0].process = None  # nobody is left to notice but the worker itself
        with Workers(kafka) as workers, pytest.raises(LabError, match="ended at start") as caught:
            workers.start(WORKER)
        assert 'Unable connect to "localhost:9092"' in str(caught.value)


# Several on one Kafka


@pytest.fixture(scope="module")
def running() -> Iterator[Kafka]:
    """For the tests that follow; those above need the port for themselves."""
    with Kafka() as kafka:
        yield kafka


@pytest.fixture
def workers(running: Kafka) -> Iterator[Workers]:
    with Workers(running) as workers:
        yield workers


def test_a_workers_port_taken_by_something_else_is_named_with_its_process(workers):
    with socket.create_server(("127.0.0.1", 6066)), pytest.raises(LabError) as caught:
        workers.start(WORKER)
    assert "Port 6066" in str(caught.value)
    assert str(os.getpid()) in str(caught.value)


def test_a_second_make_kafka_says_who_has_the_port(running):
    told = subprocess.run(
        [sys.executable, "-m", "electionlab", "kafka"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=stretched(60),
    )
    assert told.returncode == 0
    assert str(running.process.pid) in told.stdout
    assert "Nothing was started" in told.stdout


def test_a_worker_that_dies_at_start_shows_its_last_lines(running, tmp_path):
    (tmp_path / "leader.py").write_text("raise ValueError('a broken program')\n", encoding="utf-8")
    with Workers(running, folder=tmp_path) as workers:
        with pytest.raises(LabError, match="ended at start") as caught:
            workers.start(WORKER)
        assert "a broken program" in str(caught.value)


def test_a_worker_is_not_started_twice(workers, capsys):
    worker = workers.start(WORKER)
    assert workers.start(WORKER) is worker
    assert f"is already running (process {worker.process.pid}" in capsys.readouterr().out


def test_a_worker_that_was_told_to_stop_is_waited_for(workers):
    worker = workers.start(WORKER)
    workers.interrupt(worker)
    assert workers.start(WORKER).alive
    assert not worker.alive


def test_a_frozen_worker_is_stopped_as_well(workers):
    worker = workers.start(WORKER)
    process = psutil.Process(worker.process.pid)
    workers.freeze(worker)
    workers.stop()
    assert not worker.alive
    assert_gone([process], [6066])


# The last one: Kafka misses a killed member only when its session ends.
def test_faults_on_a_worker_that_has_ended_say_so(workers, capsys):
    worker = workers.start(WORKER)
    workers.kill(worker)
    worker.process.wait(within=10)
    workers.interrupt(worker)
    assert "Worker 6066 has already ended, with status 137" in capsys.readouterr().out
    with pytest.raises(LabError, match=r"Worker 6066 .* has already ended, with status 137"):
        workers.freeze(worker)
    died = workers.history().of(events.WorkerExited)
    assert [(event.worker, event.status) for event in died] == [("6066", 137)]
