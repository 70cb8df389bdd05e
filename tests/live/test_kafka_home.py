"""The playbook's own commands, run by a shell in a KAFKA_HOME that is ours."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from gone import assert_gone, end_group, is_running, listening

from electionlab import Kafka, LabError, Workers, ZooKeeperWay, home, ports
from electionlab.home import make_home
from electionlab.java import find_java
from electionlab.layout import find_home
from electionlab.locks import walkthrough
from electionlab.places import PROJECT, cache_folder
from electionlab.waiting import wait_until
from electionlab.witness import Witness
from electionlab.zookeeper import answers

pytestmark = pytest.mark.live
WORKER = "faust -A leader worker -l info --web-port 6066"
CONSOLE = Path(__file__).parent.parent / "data" / "playbook" / "console.txt"
ZOOKEEPER, KAFKA = (line.removeprefix("$ ") for line in CONSOLE.read_text().splitlines()[:2])
WITNESS = Witness("127.0.0.1:9092")


@pytest.fixture
def locked():
    """The playbook's ports are ours; 2181 has no other user that heeds the lock."""
    walkthrough.acquire()
    try:
        yield
    finally:
        walkthrough.release()


class Terminal:
    """Runs command lines as a reader does, in a folder whose name has spaces."""

    def __init__(self, folder: Path, kafka_home: str, **environment: str) -> None:
        self.folder = folder
        self.environment = {**os.environ, "KAFKA_HOME": kafka_home, **environment}
        self.running: list[subprocess.Popen] = []

    def start(self, command: str) -> subprocess.Popen:
        with (self.folder / f"{len(self.running)}.log").open("wb") as log:
            started = subprocess.Popen(
                ["sh", "-c", command],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(started)
        return started

    def run(self, command: str, timeout: float = 60) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["sh", "-c", command],
            check=False,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def output(self) -> str:
        """What each command has printed so far."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def wait_for(self, answered, started: subprocess.Popen) -> None:
        def look():
            assert started.poll() is None, self.output()
            return answered()

        wait_until(look, within=60, why=self.output)

    def start_both(self) -> set[int]:
        self.wait_for(answers, self.start(ZOOKEEPER))
        self.wait_for(is_kafka_there, self.start(KAFKA))
        return set(listening([2181, 9092]).values())


def is_kafka_there() -> bool:
    return ports.accepts(9092) and WITNESS.can_make_topics(within=5)


@contextlib.contextmanager
def terminal_in(folder: Path, kafka_home: str, **environment: str):
    folder.mkdir()
    opened = Terminal(folder, kafka_home, **environment)
    try:
        yield opened
    finally:
        for started in reversed(opened.running):
            end_group(started)
        wait_until(nothing_listens, within=5, why=lambda: str(listening([2181, 9092])))


@pytest.fixture
def terminal(locked, tmp_path):
    with terminal_in(tmp_path / "a reader's folder", str(make_home())) as opened:
        yield opened


def nothing_listens() -> bool:
    return not ports.is_taken(2181) and not ports.is_taken(9092)


def assert_nothing_left(pids) -> None:
    assert_gone(pids)
    assert not ports.is_taken(2181)


def kill_both() -> None:
    """Kill -9 both servers, which this test has started."""
    pids = set(listening([2181, 9092]).values())
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(map(is_running, pids)), within=5, why=lambda: str(pids))


def test_the_playbooks_commands_run_as_written_and_a_worker_elects_on_them(terminal):
    pids = terminal.start_both()
    for pid in pids:
        listens = [
            told.laddr.ip.removeprefix("::ffff:")
            for told in psutil.Process(pid).net_connections()
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
    assert_nothing_left(pids)
    told = terminal.run("$KAFKA_HOME/bin/kafka-server-stop")
    assert told.returncode == 1
    assert "No kafka of ours runs" in told.stderr


def test_both_start_again_after_kill_9_with_empty_data(terminal):
    terminal.start_both()
    told = terminal.run(
        "$KAFKA_HOME/bin/kafka-topics --bootstrap-server localhost:9092 --create --topic old"
    )
    assert told.returncode == 0, told.stderr
    kill_both()
    terminal.start_both()
    assert "old" not in WITNESS.topics(within=5)


def test_a_killed_kafka_comes_back_with_its_topics_while_zookeeper_runs(terminal):
    terminal.start_both()
    terminal.run(
        "$KAFKA_HOME/bin/kafka-topics --bootstrap-server localhost:9092 --create --topic kept"
    )
    os.kill(listening([9092])[9092], signal.SIGKILL)
    terminal.running[-1].wait(10)
    terminal.wait_for(is_kafka_there, terminal.start(KAFKA))
    # At once it would be refused: ZooKeeper still knows the one that was killed.
    assert "Waiting for ZooKeeper to forget" in terminal.output()
    wait_until(lambda: "kept" in WITNESS.topics(within=5), within=10, why=terminal.output)


def test_zookeeper_may_be_stopped_before_kafka(terminal):
    pids = terminal.start_both()
    for name in ("zookeeper", "kafka"):
        told = terminal.run(f"$KAFKA_HOME/bin/{name}-server-stop")
        assert (told.returncode, told.stderr) == (0, "")
    assert_nothing_left(pids)
    terminal.start_both()


def test_kafka_may_be_started_before_zookeeper(terminal):
    kafka = terminal.start(KAFKA)
    wait_until(
        lambda: "Connecting to zookeeper" in terminal.output(), within=30, why=terminal.output
    )
    terminal.start(ZOOKEEPER)
    terminal.wait_for(is_kafka_there, kafka)


def test_a_second_start_names_the_first_and_harms_nothing(terminal):
    pids = terminal.start_both()
    for command, port in ((ZOOKEEPER, 2181), (KAFKA, 9092)):
        told = terminal.run(command)
        assert told.returncode == 1
        assert f"runs already (process {listening([port])[port]})" in told.stderr
    assert set(listening([2181, 9092]).values()) == pids
    assert WITNESS.topics(within=5) is not None


@pytest.mark.parametrize("arguments", ["", "-daemon", "no-such-file", "-daemon no-such-file"])
@pytest.mark.parametrize("name", ["zookeeper", "kafka"])
def test_a_start_without_a_file_to_read_says_so(tmp_path, name, arguments):
    command = [make_home() / "bin" / f"{name}-server-start", *arguments.split()]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stdout) == (1, "")
    assert ("no-such-file" if "no-such" in arguments else "Usage") in told.stderr


def test_in_the_background_until_the_stop_scripts(terminal):
    try:
        for command, answered in ((ZOOKEEPER, answers), (KAFKA, is_kafka_there)):
            told = terminal.run(command.replace("-server-start ", "-server-start -daemon "))
            assert "starts in the background" in told.stdout
            wait_until(answered, within=60, why=lambda told=told: told.stdout)
        pids = set(listening([2181, 9092]).values())
    finally:
        for name in ("kafka", "zookeeper"):
            assert terminal.run(f"$KAFKA_HOME/bin/{name}-server-stop").returncode == 0
    assert_nothing_left(pids)


def test_the_readers_options_reach_java(terminal):
    terminal.environment |= {"KAFKA_HEAP_OPTS": "-Xmx300m -Xms20m", "KAFKA_OPTS": "-Dmine=1 -Dx=2"}
    for pid in terminal.start_both():
        words = psutil.Process(pid).cmdline()
        assert {"-Xmx300m", "-Xms20m", "-Dmine=1", "-Dx=2"} <= set(words)
        assert "-Xmx256m" not in words


def test_the_readers_java_is_used_and_a_wrong_one_is_named(terminal):
    told = terminal.run("JAVA_HOME=/nowhere $KAFKA_HOME/bin/kafka-topics --list")
    assert told.returncode == 1
    assert "no Java at /nowhere/bin/java" in told.stderr
    linked = terminal.folder / "java"
    linked.symlink_to(find_java().launcher.parent.parent)
    terminal.environment["JAVA_HOME"] = str(linked)
    for pid in terminal.start_both():
        words = psutil.Process(pid).cmdline()
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


def test_a_readers_own_kafka_in_apaches_layout_is_started_by_its_own_scripts(locked, tmp_path):
    """Its scripts only note that they were called; the servers are ours."""
    made = make_home()
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "kafka_2.13-3.9.1.jar").touch()
    (tmp_path / "bin").mkdir()
    shutil.copytree(made / "etc" / "kafka", tmp_path / "config")
    for name in ("zookeeper-server-start", "kafka-server-start"):
        script = tmp_path / "bin" / f"{name}.sh"
        script.write_text(f'#!/bin/sh\necho "$0" called with "$1"\nexec "{made}/bin/{name}" "$@"\n')
        script.chmod(0o755)
    with ZooKeeperWay(find_home({"KAFKA_HOME": str(tmp_path)})) as kafka:
        for name, log in (("zookeeper", kafka.zookeeper_log), ("kafka", kafka.log)):
            script = f"{tmp_path}/bin/{name}-server-start.sh"
            assert f"{script} called with {tmp_path}/config/" in log.read_text()
        pids = [kafka.process.pid, kafka.zookeeper.pid]
    assert_nothing_left(pids)


def a_cache_with_jars_alone(cache: Path) -> Path:
    make_home()
    (cache / home.LOCK).mkdir(parents=True)
    for jar in (cache_folder() / home.LOCK).glob("*.jar"):
        shutil.copy2(jar, cache / home.LOCK)
    return cache


def test_of_two_that_make_it_at_once_one_waits_and_goes_on_if_the_other_is_killed(tmp_path):
    cache = a_cache_with_jars_alone(tmp_path / "cache")
    environment = {**os.environ, "ELECTIONLAB_CACHE": str(cache)}
    told = [tmp_path / "0.err", tmp_path / "1.err"]
    makers = []
    try:
        for path in told:
            with path.open("w") as log:
                makers.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "electionlab", "env"],
                        cwd=PROJECT,
                        env=environment,
                        stdout=subprocess.PIPE,
                        stderr=log,
                        text=True,
                    )
                )
        training = wait_until(
            lambda: [number for number in (0, 1) if "Training" in told[number].read_text()],
            within=60,
            why=lambda: str([path.read_text() for path in told]),
        )
        (first,) = training
        assert makers[1 - first].poll() is None
        makers[first].kill()
        line, _ = makers[1 - first].communicate(timeout=120)
    finally:
        for maker in makers:
            maker.kill()
            maker.communicate()
    assert makers[1 - first].returncode == 0
    (made,) = (cache / home.LOCK).glob("home-*")
    assert line == f"export KAFKA_HOME='{made}'\n"
    assert home._is_whole(made)
    assert sorted(path.name for path in made.glob("libexec/*.aot")) == [
        "kafka.aot",
        "zookeeper.aot",
    ]


def test_a_cache_with_spaces_in_its_path_and_the_line_that_a_shell_evaluates(
    locked, tmp_path, monkeypatch
):
    cache = a_cache_with_jars_alone(tmp_path / "my cache")
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(cache))
    monkeypatch.delenv("KAFKA_HOME", raising=False)
    told = subprocess.run(
        [sys.executable, "-m", "electionlab", "env"],
        check=True,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert told.stdout.count("\n") == 1
    assert told.stdout.startswith("export KAFKA_HOME='")
    assert "Training" in told.stderr
    read_back = f'{told.stdout}printf %s "$KAFKA_HOME"'
    kafka_home = subprocess.check_output(["sh", "-c", read_back], text=True)
    assert Path(kafka_home).resolve().parent == (cache / home.LOCK).resolve()
    with terminal_in(tmp_path / "a reader's folder", kafka_home) as opened:
        opened.start_both()
    Path(kafka_home).unlink()


# The same from Python


def test_workers_run_on_the_zookeeper_way_and_it_leaves_nothing():
    with ZooKeeperWay() as kafka, Workers(kafka) as workers:
        assert kafka.processes
        assert kafka.version == home.VERSION
        assert 0 < kafka.zookeeper_after_s < kafka.ready_after_s
        worker = workers.start(WORKER)
        workers.wait(lambda h: h.published_by_leader(1), within=60)
        pids = [kafka.process.pid, kafka.zookeeper.pid, worker.process.pid]
    assert_nothing_left(pids)
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
def test_a_taken_port_is_named_with_who_has_it(locked, port):
    with socket.create_server(("127.0.0.1", port)), pytest.raises(LabError) as caught:
        ZooKeeperWay().start()
    assert f"Port {port}" in str(caught.value)
    assert str(os.getpid()) in str(caught.value)
    assert_nothing_left([])


def test_zookeeper_killed_under_kafkas_feet_is_said_at_once():
    with ZooKeeperWay() as kafka, Workers(kafka) as workers:
        workers.start(WORKER)
        pids = [kafka.process.pid, kafka.zookeeper.pid]
        os.kill(kafka.zookeeper.pid, signal.SIGKILL)
        with pytest.raises(LabError, match="ZooKeeper has ended under Kafka's feet") as caught:
            workers.wait(lambda h: False, within=60)
        assert "137" in str(caught.value)
        assert str(kafka.zookeeper_log) in str(caught.value)
    assert_nothing_left(pids)
    with ZooKeeperWay() as kafka:
        assert WITNESS.topics(within=5) == []


def test_a_killed_owner_leaves_nothing():
    text = (
        "import time; from electionlab import ZooKeeperWay; kafka = ZooKeeperWay().start();"
        "print(kafka.process.pid, kafka.zookeeper.pid, flush=True); time.sleep(1000)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", text], cwd=PROJECT, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        assert len(pids) == 2
        owner.kill()
        assert_nothing_left(pids)
    finally:
        end_group(owner)


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


def test_make_prints_one_line_for_a_shell():
    told = subprocess.run(
        ["make", "-s", "kafka-home"], check=True, cwd=PROJECT, capture_output=True, text=True
    )
    assert told.stdout == f"export KAFKA_HOME='{make_home()}'\n"


def test_a_damaged_home_is_made_anew(capfd):
    made = make_home()
    (made / "bin" / "kafka-topics").write_text("exit 1\n")
    assert make_home() == made
    assert "made anew" in capfd.readouterr().err
    assert "TopicCommand" in (made / "bin" / "kafka-topics").read_text()
    assert make_home() == made
    assert capfd.readouterr().err == ""
