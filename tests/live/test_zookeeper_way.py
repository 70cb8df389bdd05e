"""Kafka as the playbook starts it, with ZooKeeper, from Python."""

import os
import shutil
import signal
import socket

import psutil
import pytest
from scripts import script
from terminals import WITNESS, WORKER, assert_nothing_left, locked

from electionlab import LabError, Workers, ZooKeeperWay
from electionlab.kafka import zookeeper_home
from electionlab.kafka.kafka_home import find_home
from electionlab.kafka.zookeeper_home import make_home

pytestmark = pytest.mark.live


def servers(kafka):
    return [psutil.Process(server.pid) for server in (kafka.process, kafka.zookeeper)]


def test_a_readers_own_kafka_in_apaches_layout_is_started_by_its_own_scripts(tmp_path):
    """Its scripts only note that they were called; the servers are ours."""
    made = make_home()
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "kafka_2.13-3.9.1.jar").touch()
    (tmp_path / "bin").mkdir()
    shutil.copytree(made / "etc" / "kafka", tmp_path / "config")
    for name in ("zookeeper-server-start", "kafka-server-start"):
        path = tmp_path / "bin" / f"{name}.sh"
        noted = 'echo "$0" called with "$1"; echo $KAFKA_OPTS'
        path.write_text(f'#!/bin/sh\n{noted}\nexec "{made}/bin/{name}" "$@"\n', encoding="utf-8")
        path.chmod(0o755)
    with locked(), ZooKeeperWay(find_home({"KAFKA_HOME": str(tmp_path)})) as kafka:
        for name, log in (("zookeeper", kafka.zookeeper_log), ("kafka", kafka.log)):
            path = f"{tmp_path}/bin/{name}-server-start.sh"
            assert f"{path} called with {tmp_path}/config/" in log.read_text(encoding="utf-8")
            assert "-Duser.language=en" in log.read_text(encoding="utf-8").splitlines()[1].split()
        running = servers(kafka)
    assert_nothing_left(running)


def test_workers_run_on_the_zookeeper_way_and_it_leaves_nothing():
    with ZooKeeperWay() as kafka, Workers(kafka) as workers:
        assert kafka.processes
        assert kafka.version == zookeeper_home.VERSION
        assert kafka.ready_after_s > 0
        worker = workers.start(WORKER)
        workers.wait(lambda h: h.published_by_leader(1), within=60)
        running = [*servers(kafka), psutil.Process(worker.process.pid)]
    assert_nothing_left(running)
    assert "not running" in repr(kafka)


def test_starting_and_stopping_twice_is_fine():
    kafka = ZooKeeperWay()
    first = kafka.start().process
    assert kafka.start().process is first
    kafka.stop()
    kafka.stop()
    kafka.start()
    assert kafka.process is not first
    kafka.stop()
    assert_nothing_left([])


@pytest.mark.parametrize("port", [2181, 9092])
def test_a_taken_port_is_named_with_who_has_it(port):
    with locked():
        with socket.create_server(("127.0.0.1", port)), pytest.raises(LabError) as caught:
            ZooKeeperWay().start()
        assert f"Port {port}" in str(caught.value)
        assert str(os.getpid()) in str(caught.value)
        assert_nothing_left([])


def test_zookeeper_killed_under_kafkas_feet_is_said_at_once():
    with ZooKeeperWay() as kafka, Workers(kafka) as workers:
        workers.start(WORKER)
        running = servers(kafka)
        os.kill(kafka.zookeeper.pid, signal.SIGKILL)
        with pytest.raises(LabError, match="ZooKeeper has ended, with status") as caught:
            workers.wait(lambda h: False, within=60)
        assert "137" in str(caught.value)
        assert str(kafka.zookeeper_log) in str(caught.value)
    assert_nothing_left(running)
    with ZooKeeperWay() as kafka:
        assert WITNESS.topics(within=5) == []


def test_a_killed_owner_leaves_nothing():
    text = """
        import time
        from electionlab import ZooKeeperWay
        kafka = ZooKeeperWay().start()
        print(kafka.process.pid, kafka.zookeeper.pid, flush=True)
        time.sleep(1000)
    """
    with script(text) as (owner, told):
        running = [psutil.Process(int(pid)) for pid in told.split()]
        assert len(running) == 2
        owner.kill()
        assert_nothing_left(running)


def test_a_kafka_without_zookeeper_is_refused_with_its_name(tmp_path, monkeypatch, capsys):
    for name in (
        "bin/kafka-server-start.sh",
        "config/server.properties",
        "libs/kafka_2.13-4.3.0.jar",
    ):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch(mode=0o755)
    with pytest.raises(LabError, match="runs without ZooKeeper"):
        ZooKeeperWay(find_home({"KAFKA_HOME": str(tmp_path)})).start()
