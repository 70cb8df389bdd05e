"""A real broker: what it does, and what it says when it cannot."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from gone import assert_gone, end_group, wait_for_ports

from electionlab import Kafka, LabError, Workers, events, ports
from electionlab.install import prepare
from electionlab.locks import walkthrough
from electionlab.places import PROJECT, cache_folder
from electionlab.waiting import wait_until

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


def test_starting_and_stopping_twice_is_fine():
    kafka = Kafka(port=0)
    first = kafka.start().process
    assert kafka.start().process is first
    kafka.stop()
    kafka.stop()
    assert "not running" in repr(kafka)
    assert not ports.is_taken(kafka.port)


def test_each_start_begins_with_empty_data_and_ids_of_its_own():
    kafka, seen = Kafka(port=0), []
    for _ in range(2):
        with kafka:
            config = Path(psutil.Process(kafka.process.pid).cmdline()[-1])
            seen.append((config.parent / "data" / "meta.properties").read_text())
            assert kafka.witness.topics(within=5) == []
    first, second = (
        dict(line.split("=", 1) for line in text.splitlines() if "=" in line) for text in seen
    )
    assert first["cluster.id"] != second["cluster.id"]
    assert first["directory.id"] != second["directory.id"]


def test_without_an_aot_cache_it_boots_too(monkeypatch, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / prepare().formatted.parent.name).mkdir()
    for file in prepare().formatted.parent.glob("*.jar"):
        (cache / file.parent.name / file.name).hardlink_to(file) if _same_disk(file, cache) else (
            cache / file.parent.name / file.name
        ).write_bytes(file.read_bytes())
    java_17 = _older_java()
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(cache))
    if java_17:
        monkeypatch.setenv("JAVA_HOME", str(java_17))
    else:
        aot = prepare().aot_cache
        aot.with_suffix(".failed").touch()
        aot.unlink()
    assert prepare().aot_cache is None
    with Kafka(port=0) as kafka:
        assert kafka.witness.topics(within=5) == []


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _older_java() -> Path | None:
    """The home of a Java on this machine that is too old for an AOT cache, new enough for Kafka."""
    for release in Path("/usr/lib/jvm").glob("*/release"):
        if 'JAVA_VERSION="17' in release.read_text() or 'JAVA_VERSION="21' in release.read_text():
            return release.parent
    return None


def test_a_damaged_aot_cache_is_trained_anew(capfd):
    aot = prepare().aot_cache
    if aot is None:
        pytest.skip("this Java has no AOT cache")
    with aot.open("r+b") as opened:
        opened.seek(1000)
        opened.write(b"damaged")
    assert prepare().aot_cache == aot
    assert "Training" in capfd.readouterr().err
    with Kafka(port=0) as kafka:
        assert "Kafka Server started" in kafka.log.read_text()


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


def test_a_workers_port_taken_by_something_else_is_named_with_its_process():
    with Kafka() as kafka, Workers(kafka) as workers:
        with socket.create_server(("127.0.0.1", 6066)), pytest.raises(LabError) as caught:
            workers.start(WORKER)
        assert "Port 6066" in str(caught.value)
        assert str(os.getpid()) in str(caught.value)


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
        assert by_hand.wait(10) == 0
        assert_gone(running)
    finally:
        end_group(by_hand)
        walkthrough.release()


def test_a_second_make_kafka_says_who_has_the_port():
    with Kafka() as kafka:
        told = subprocess.run(
            [sys.executable, "-m", "electionlab", "kafka"],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert told.returncode == 0
        assert str(kafka.process.pid) in told.stdout
        assert "Nothing was started" in told.stdout


def test_a_broker_that_dies_ends_the_waiting_at_once_with_its_last_lines():
    with Kafka() as kafka, Workers(kafka) as workers:
        workers.start(WORKER)
        os.kill(kafka.process.pid, signal.SIGKILL)
        with pytest.raises(LabError, match="Kafka has ended, with status 137") as caught:
            workers.wait(lambda h: False, within=60)
        assert str(kafka.log) in str(caught.value)
        assert "ended with status 137" in repr(kafka)
    assert_gone([])


def test_a_worker_that_dies_at_start_shows_its_last_lines(tmp_path):
    (tmp_path / "leader.py").write_text("raise ValueError('a broken program')\n")
    with Kafka() as kafka, Workers(kafka, folder=tmp_path) as workers:
        with pytest.raises(LabError, match="ended at start") as caught:
            workers.start(WORKER)
        assert "a broken program" in str(caught.value)
    assert_gone([])


def test_a_worker_without_a_kafka_shows_why():
    with Kafka() as kafka:
        kafka.process.stop()
        kafka.process = None  # nobody is left to notice: only the worker's own word counts
        with Workers(kafka) as workers, pytest.raises(LabError, match="ended at start") as caught:
            workers.start(WORKER)
        assert "ConnectionError" in str(caught.value)


def test_faults_on_a_worker_that_has_ended_say_so():
    with Kafka() as kafka, Workers(kafka) as workers:
        worker = workers.start(WORKER)
        workers.kill(worker)
        worker.process.wait(within=10)
        with pytest.raises(LabError, match=r"Worker 6066 .* has ended already, with status 137"):
            workers.interrupt(worker)
        died = workers.history().of(events.WorkerExited)
        assert [(event.worker, event.status) for event in died] == [("6066", 137)]


def test_a_worker_is_not_started_twice():
    with Kafka() as kafka, Workers(kafka) as workers:
        worker = workers.start(WORKER)
        with pytest.raises(LabError, match=f"runs already .process {worker.process.pid}"):
            workers.start(WORKER)


def test_a_worker_that_was_told_to_stop_is_waited_for():
    with Kafka() as kafka, Workers(kafka) as workers:
        worker = workers.start(WORKER)
        workers.interrupt(worker)
        assert workers.start(WORKER).alive
        assert not worker.alive


def test_a_frozen_worker_is_stopped_as_well():
    with Kafka() as kafka, Workers(kafka) as workers:
        worker = workers.start(WORKER)
        process = psutil.Process(worker.process.pid)
        workers.freeze(worker)
    assert not worker.alive
    assert_gone([process])


def test_disk_full_on_the_first_fetch_is_said_in_one_sentence(tmp_path):
    # A limit on the size of files stands in for a full disk: the same error comes up the same way.
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000));"
        "from electionlab.__main__ import main; raise SystemExit(main(['fetch']))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        env={**os.environ, "ELECTIONLAB_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert told.returncode == 1
    assert "cannot be used: File too large" in told.stderr
    assert "Traceback" not in told.stderr
    assert not list(tmp_path.glob("*/fetching-*"))
    assert cache_folder() != tmp_path
