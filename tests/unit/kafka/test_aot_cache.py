"""Training AOT caches, with small programs in the place of a JVM."""

import dataclasses
import sys

import pytest

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.host.process import Process
from electionlab.kafka import aot_cache
from electionlab.kafka.aot_cache import Trainee, train

# As a JVM does, it writes the cache that its first argument names when it is asked to end.
SERVER = """
import signal, socket, sys, time
option, name, port, order = sys.argv[1:]
def end(*_):
    with open(order, "a") as file:
        file.write(name + "\\n")
    if name != "forgetful":
        open(option.removeprefix("-XX:AOTCacheOutput="), "w").close()
    sys.exit()
signal.signal(signal.SIGTERM, end)
listening = socket.create_server(("127.0.0.1", int(port)))
signal.pause()
"""


@pytest.fixture
def trainee(tmp_path, monkeypatch):
    """Makes a server to train; the order in which servers end is in the file `order`."""
    monkeypatch.setenv("ELECTIONLAB_RUNS", str(tmp_path / "runs"))
    server, launcher = tmp_path / "server.py", tmp_path / "java"
    server.write_text(SERVER, encoding="utf-8")
    text = f'#!/bin/sh\nexec "{sys.executable}" -IS "{server}" "$@"\n'
    launcher.write_text(text, encoding="utf-8")
    launcher.chmod(0o755)

    def make(name):
        port = ports.free_port()
        command = [str(launcher), name, str(port), str(tmp_path / "order")]
        return Trainee(name, command, port, tmp_path / f"{name}.aot")

    return make


def test_each_server_writes_its_cache_and_the_last_one_ends_first(trainee, tmp_path):
    trainees = [trainee("ZooKeeper"), trainee("Kafka")]
    train(trainees)
    assert all(server.cache.is_file() for server in trainees)
    assert (tmp_path / "order").read_text(encoding="utf-8").split() == ["Kafka", "ZooKeeper"]


def test_each_server_is_asked_something_as_soon_as_it_is_up(trainee):
    zookeeper, kafka = trainee("ZooKeeper"), trainee("Kafka")
    up = []
    asked = [
        dataclasses.replace(
            server,
            rehearse=lambda: up.append([ports.accepts(each.port) for each in (zookeeper, kafka)]),
        )
        for server in (zookeeper, kafka)
    ]
    train(asked)
    assert up == [[True, False], [True, True]]


def test_a_server_that_does_not_do_what_is_asked_trains_nothing(trainee):
    def refuse():
        raise LabError("it did not")

    with pytest.raises(LabError, match="it did not"):
        train([dataclasses.replace(trainee("Kafka"), rehearse=refuse)])


def test_a_server_that_writes_no_cache_is_named(trainee):
    with pytest.raises(LabError, match="the JVM wrote none for forgetful"):
        train([trainee("Kafka"), trainee("forgetful")])


def test_a_server_that_fails_shows_what_it_said(trainee, tmp_path):
    launcher = tmp_path / "java"
    launcher.write_text("#!/bin/sh\necho no memory is left\nexit 1\n", encoding="utf-8")
    ended = r"Kafka in training has ended, with status 1\..*\n    no memory is left"
    with pytest.raises(LabError, match=ended):
        train([trainee("Kafka")])


def test_a_server_that_opens_no_port_is_ended(trainee, tmp_path, monkeypatch):
    monkeypatch.setattr(aot_cache, "READY_WITHIN_S", 0.0)
    monkeypatch.setattr(ports, "accepts", lambda _: False)
    started = []

    def start(*arguments, **options):
        started.append(Process(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(aot_cache, "Process", start)
    with pytest.raises(LabError, match="Kafka in training does not answer"):
        train([trainee("Kafka")])
    (server,) = started
    assert not server.alive
