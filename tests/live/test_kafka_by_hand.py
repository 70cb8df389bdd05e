"""The playbook's own commands, run by a shell in a KAFKA_HOME that is ours."""

import os
import signal
import subprocess

import psutil
import pytest
from gone import assert_gone, listening
from terminals import (
    KAFKA,
    WITNESS,
    WORKER,
    ZOOKEEPER,
    assert_nothing_left,
    is_kafka_there,
    servers,
    terminal_in,
)

from electionlab import Kafka, Workers
from electionlab.host.waiting import stretched, wait_until
from electionlab.kafka.java import find_java
from electionlab.kafka.zookeeper import answers
from electionlab.kafka.zookeeper_home import make_home

pytestmark = pytest.mark.live


@pytest.fixture
def terminal(tmp_path):
    with terminal_in(tmp_path / "a reader's folder", str(make_home())) as opened:
        yield opened


def test_the_playbooks_commands_run_as_written_and_a_worker_elects_on_them(terminal):
    running = terminal.start_both()
    for process in running:
        listens = [
            told.laddr.ip.removeprefix("::ffff:")
            for told in process.net_connections()
            if told.status == psutil.CONN_LISTEN
        ]
        assert listens == ["127.0.0.1"]
    with Kafka() as kafka, Workers(kafka) as workers:
        assert not kafka.processes
        workers.start(WORKER)
        workers.wait(lambda h: h.published_by_leader(2), within=60)
        (leader,) = [row for row in workers.group().rows if row[2] == "partition 0"]
        told = terminal.run(
            "$KAFKA_HOME/bin/kafka-consumer-groups --bootstrap-server localhost:9092 "
            "--describe --group leader-example"
        )
        assert told.returncode == 0, told.stderr
        (line,) = [line for line in told.stdout.splitlines() if "__assignor-__leader" in line]
        assert leader[1] in line.split()
        told = terminal.run("$KAFKA_HOME/bin/kafka-topics --bootstrap-server localhost:9092 --list")
        assert "leader-example-leader.say" in told.stdout.splitlines()
        assert told.stderr == ""
        assert all(name.startswith(("leader-", "__")) for name in told.stdout.split())
        told = terminal.run(
            "$KAFKA_HOME/bin/kafka-console-consumer --bootstrap-server localhost:9092 "
            "--topic leader-example-leader.say --from-beginning --max-messages 1"
        )
        assert told.returncode == 0
        assert len(told.stdout.splitlines()) == 1
    for name in ("kafka", "zookeeper"):
        told = terminal.run(f"$KAFKA_HOME/bin/{name}-server-stop")
        assert (told.returncode, told.stderr) == (0, "")
    assert_nothing_left(running)
    told = terminal.run("$KAFKA_HOME/bin/kafka-server-stop")
    assert told.returncode == 1
    assert "No kafka of ours runs" in told.stderr


def test_both_start_again_after_kill_9_with_empty_data(terminal):
    running = terminal.start_both()
    told = terminal.run(
        "$KAFKA_HOME/bin/kafka-topics --bootstrap-server localhost:9092 --create --topic old"
    )
    assert told.returncode == 0, told.stderr
    for process in running:
        process.kill()
    assert_gone(running, [])
    terminal.start_both()
    assert "old" not in WITNESS.topics(within=5)


def test_a_killed_kafka_comes_back_with_its_topics_while_zookeeper_runs(terminal):
    terminal.start_both()
    terminal.run(
        "$KAFKA_HOME/bin/kafka-topics --bootstrap-server localhost:9092 --create --topic kept"
    )
    os.kill(listening([9092])[9092], signal.SIGKILL)
    terminal.running[-1].wait(stretched(10))
    terminal.wait_for(is_kafka_there, terminal.start(KAFKA))
    # At once it would be refused: ZooKeeper still knows the one that was killed.
    assert "Waiting for ZooKeeper to forget" in terminal.output()
    wait_until(lambda: "kept" in WITNESS.topics(within=5), within=10, why=terminal.output)


def test_zookeeper_may_be_stopped_before_kafka(terminal):
    running = terminal.start_both()
    for name in ("zookeeper", "kafka"):
        told = terminal.run(f"$KAFKA_HOME/bin/{name}-server-stop")
        assert (told.returncode, told.stderr) == (0, "")
    assert_nothing_left(running)
    terminal.start_both()


def test_kafka_may_be_started_before_zookeeper(terminal):
    kafka = terminal.start(KAFKA)
    wait_until(
        lambda: "Connecting to zookeeper" in terminal.output(), within=30, why=terminal.output
    )
    terminal.start(ZOOKEEPER)
    terminal.wait_for(is_kafka_there, kafka)


def test_a_second_start_names_the_first_and_harms_nothing(terminal):
    running = terminal.start_both()
    for command, port in ((ZOOKEEPER, 2181), (KAFKA, 9092)):
        told = terminal.run(command)
        assert told.returncode == 1
        assert f"is already running (process {listening([port])[port]})" in told.stderr
    assert servers() == running
    assert WITNESS.topics(within=5) is not None


@pytest.mark.parametrize("arguments", ["", "-daemon", "no-such-file", "-daemon no-such-file"])
@pytest.mark.parametrize("name", ["zookeeper", "kafka"])
def test_a_start_without_a_file_to_read_says_so(tmp_path, name, arguments):
    command = [make_home() / "bin" / f"{name}-server-start", *arguments.split()]
    told = subprocess.run(
        command, check=False, capture_output=True, encoding="utf-8", timeout=stretched(60)
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert ("no-such-file" if "no-such" in arguments else "Usage") in told.stderr


def test_in_the_background_until_the_stop_scripts(terminal):
    try:
        for command, answered in ((ZOOKEEPER, answers), (KAFKA, is_kafka_there)):
            told = terminal.run(command.replace("-server-start ", "-server-start -daemon "))
            assert "starts in the background" in told.stdout
            wait_until(answered, within=60, why=lambda told=told: told.stdout)
        running = servers()
    finally:
        for name in ("kafka", "zookeeper"):
            assert terminal.run(f"$KAFKA_HOME/bin/{name}-server-stop").returncode == 0
    assert_nothing_left(running)


def test_the_readers_options_reach_java(terminal):
    terminal.environment |= {"KAFKA_HEAP_OPTS": "-Xmx300m -Xms20m", "KAFKA_OPTS": "-Dmine=1 -Dx=2"}
    for process in terminal.start_both():
        words = process.cmdline()
        assert {"-Xmx300m", "-Xms20m", "-Dmine=1", "-Dx=2"} <= set(words)
        assert "-Xmx256m" not in words


def test_the_readers_java_is_used_and_a_wrong_one_is_named(terminal):
    told = terminal.run("JAVA_HOME=/nowhere $KAFKA_HOME/bin/kafka-topics --list")
    assert told.returncode == 1
    assert "no Java at /nowhere/bin/java" in told.stderr
    linked = terminal.folder / "java"
    linked.symlink_to(find_java().launcher.parent.parent)
    terminal.environment["JAVA_HOME"] = str(linked)
    for process in terminal.start_both():
        words = process.cmdline()
        assert words[0] == str(linked / "bin/java")
        assert not [word for word in words if "AOTCache" in word]


def test_kafka_without_zookeeper_by_the_same_scripts(terminal):
    config = "$KAFKA_HOME/etc/kafka/kraft/server.properties"
    for _ in range(2):  # the second finds what the first has left
        told = terminal.run(
            "$KAFKA_HOME/bin/kafka-storage format "
            f'-t "$($KAFKA_HOME/bin/kafka-storage random-uuid)" -c {config}'
        )
        assert told.returncode == 0, told.stdout + told.stderr
        kafka = terminal.start(f"$KAFKA_HOME/bin/kafka-server-start {config}")
        terminal.wait_for(is_kafka_there, kafka)
        assert terminal.run("$KAFKA_HOME/bin/kafka-server-stop").returncode == 0
