"""What stands in the way of a server is said in one sentence, before anything is started."""

import os
import pwd
import socket

import pytest

from electionlab.elections import other_user, servers, wheels
from electionlab.elections.model import ELECTIONS
from electionlab.elections.wheels import NotHereError
from electionlab.errors import LabError
from electionlab.host.ports import LOOPBACK, free_port
from electionlab.kafka.zookeeper_home import ZooKeeperInstallation


@pytest.fixture(autouse=True)
def fetched(monkeypatch, tmp_path):
    monkeypatch.setattr(wheels, "ensure", lambda name: tmp_path)


def test_each_server_is_one_of_the_elections_and_has_its_client():
    from electionlab.elections.members import CANDIDATE

    for name, server in servers.SERVERS.items():
        assert ELECTIONS[name] == server.name
        assert (CANDIDATE / f"with_{name}.py").is_file()


def test_a_port_that_is_taken_is_named_with_who_has_it():
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LabError, match=f"Port {port}, needed for Redis, is taken by "):
            servers.Redis(port).start()


def test_all_listen_on_loopback_only(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for kind in servers.Etcd, servers.Redis, servers.PostgreSQL:
        command = " ".join(kind(1234).command(tmp_path))
        assert LOOPBACK in command
        assert "0.0.0.0" not in command
        assert str(tmp_path) in command


def test_a_server_that_cannot_be_asked_does_not_answer():
    port = free_port()
    assert not servers.Redis(port).answers()
    assert not servers.Etcd(port).answers()


@pytest.fixture
def root(monkeypatch):
    """Root, who may become another user."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(other_user, "find", lambda: pwd.getpwnam("nobody"))


def test_root_starts_postgresql_as_nobody(root, tmp_path):
    command = servers.PostgreSQL(1234).command(tmp_path)
    assert f"os.setuid({pwd.getpwnam('nobody').pw_uid})" in command[3]
    assert command[4].endswith("pgserver/pginstall/bin/postgres")


def test_anybody_else_starts_it_as_they_are(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert servers.PostgreSQL(1234).command(tmp_path)[0].endswith("pgserver/pginstall/bin/postgres")


def test_a_kafka_that_cannot_be_fetched_is_why_zookeeper_is_not_here(monkeypatch):
    def unreachable():
        raise LabError("no network")

    monkeypatch.setattr(ZooKeeperInstallation, "fetch", unreachable)
    with pytest.raises(NotHereError, match=r"Kafka 3\.9, which brings it, is not here: no network"):
        servers.ZooKeeper(1234)
