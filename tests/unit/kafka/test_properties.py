"""The settings of Kafka's servers, as Java reads them."""

from pathlib import Path

import pytest

from electionlab.errors import LabError
from electionlab.kafka.properties import (
    escaped,
    kraft_properties,
    zookeeper_broker_properties,
    zookeeper_properties,
)


def read(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_a_broker_listens_on_loopback_alone_at_the_ports_given():
    settings = read(kraft_properties(Path("/tmp/data"), 1234, 5678))
    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:1234,CONTROLLER://127.0.0.1:5678"
    assert settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:1234"
    assert settings["controller.quorum.voters"] == "1@127.0.0.1:5678"
    assert settings["log.dirs"] == "/tmp/data"


def test_the_first_worker_need_not_wait_for_others():
    assert read(kraft_properties(Path("data"), 1, 2))["group.initial.rebalance.delay.ms"] == "0"


def test_more_settings_replace_those_of_a_lone_broker():
    settings = read(
        kraft_properties(Path("data"), 1, 2, {"node.id": "3", "min.insync.replicas": "2"})
    )
    assert (settings["node.id"], settings["min.insync.replicas"]) == ("3", "2")


def test_zookeeper_and_its_broker_listen_on_loopback_alone(tmp_path):
    settings = read(zookeeper_properties(tmp_path, 2181))
    assert (settings["clientPortAddress"], settings["clientPort"]) == ("127.0.0.1", "2181")
    assert settings["admin.enableServer"] == "false"
    settings = read(zookeeper_broker_properties(tmp_path, 9092, 2181))
    assert settings["listeners"] == settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:9092"
    assert settings["zookeeper.connect"] == "127.0.0.1:2181"


def test_what_matters_to_the_election_is_the_same_with_and_without_zookeeper(tmp_path):
    kraft = read(kraft_properties(tmp_path, 9092, 9093))
    with_zookeeper = read(zookeeper_broker_properties(tmp_path, 9092, 2181))
    names = [name for name in kraft if name.startswith(("group.", "offsets.", "transaction."))]
    assert len(names) == 6
    assert {name: with_zookeeper.get(name) for name in names} == {n: kraft[n] for n in names}
    assert not {"process.roles", "node.id", "controller.quorum.voters"} & set(with_zookeeper)


def test_each_server_has_a_data_folder_of_its_own(tmp_path):
    data = [
        read(zookeeper_properties(tmp_path, 1))["dataDir"],
        read(zookeeper_broker_properties(tmp_path, 2, 1))["log.dirs"],
    ]
    assert data == [str(tmp_path / "zookeeper"), str(tmp_path / "kafka")]


def test_a_backslash_in_a_path_is_escaped():
    settings = read(kraft_properties(Path("/tmp/a\\b"), 1, 2))
    assert settings["log.dirs"] == "/tmp/a\\\\b"


def test_a_path_is_escaped_as_java_reads_it():
    path = read(zookeeper_properties(Path("/a b/Jörg\\😀"), 2181))["dataDir"]
    assert path == "/a b/J\\u00f6rg\\\\\\ud83d\\ude00/zookeeper"


def test_a_path_that_the_encoding_cannot_spell_is_refused_in_a_sentence():
    path = "/home/é".encode().decode("ascii", "surrogateescape")
    with pytest.raises(LabError, match=r"the path '/home/.udcc3.udca9'.*Unset PYTHONUTF8"):
        escaped(path)
