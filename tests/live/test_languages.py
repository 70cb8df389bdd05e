"""Kafka on a machine that speaks another language, from the first run on."""

import os
import shutil
import subprocess

import pytest

from electionlab import Kafka, ZooKeeperWay
from electionlab.host.folders import cache_folder
from electionlab.host.waiting import stretched
from electionlab.kafka import install, zookeeper_home
from electionlab.kafka.kafka_home import Home
from electionlab.kafka.zookeeper_home import make_home

pytestmark = pytest.mark.live


@pytest.fixture
def without_a_language(tmp_path, monkeypatch):
    """As in many containers, with a home whose name is not ASCII."""
    fetched_alone(tmp_path / "Jörg 日本", monkeypatch)
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def turkish(tmp_path, monkeypatch):
    """Java takes its language from the system, if that has it; this variable comes to the same
    everywhere."""
    fetched_alone(tmp_path, monkeypatch)
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Duser.language=tr -Duser.country=TR")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")


def fetched_alone(cache, monkeypatch):
    """A machine where nothing was done yet but to fetch the jars."""
    install.prepare()
    make_home()
    for lock in (install.LOCK, zookeeper_home.LOCK):
        (cache / lock).mkdir(parents=True)
        for jar in (cache_folder() / lock).glob("*.jar"):
            shutil.copy2(jar, cache / lock)
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(cache))


@pytest.mark.own_ports
def test_in_turkish_kafka_is_formatted_trained_and_started(turkish):
    with Kafka(port=0) as kafka:
        assert kafka.witness.topics(within=5) == []
    assert install.prepare().aot_cache


def test_in_turkish_the_playbooks_two_commands_work(turkish):
    made = make_home()
    assert len(list(made.glob("libexec/*.aot"))) == 2
    with ZooKeeperWay(Home(made, "ours", zookeeper_home.VERSION)):
        told = subprocess.run(
            [made / "bin/kafka-topics", "--bootstrap-server", "localhost:9092", "--list"],
            env={**os.environ, "KAFKA_JVM_PERFORMANCE_OPTS": "-XX:+UseSerialGC"},
            check=True,
            capture_output=True,
            encoding="utf-8",
            timeout=stretched(60),
        )
    assert told.stdout.strip() == ""


def test_without_a_language_paths_need_not_be_ascii(without_a_language):
    with Kafka(port=0) as kafka:
        assert kafka.witness.topics(within=5) == []
    with ZooKeeperWay(Home(make_home(), "ours", zookeeper_home.VERSION)) as kafka:
        assert kafka.witness.topics(within=5) == []
