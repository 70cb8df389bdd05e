"""The KAFKA_HOME that is made here; no server is started."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from electionlab.kafka import aot_cache, zookeeper_home
from electionlab.kafka.jar_lock import read_lock
from electionlab.kafka.java import Java
from electionlab.kafka.zookeeper_home import SOURCES, ZooKeeperInstallation

SCRIPTS = sorted([*SOURCES.glob("bin/*"), *SOURCES.glob("libexec/*")])
JAVA = Java(Path("/java/bin/java"), "25.0.1", "test")


@pytest.fixture
def ours(tmp_path, monkeypatch):
    """An installation without jars, made without its AOT caches."""
    monkeypatch.setattr(aot_cache, "train", lambda trainees: None)
    made = ZooKeeperInstallation(JAVA, (), tmp_path)
    made.make()
    return made


def test_the_lock_pins_the_last_kafka_with_zookeeper_and_one_binding_for_logs():
    found = read_lock(zookeeper_home.LOCK)
    names = [jar.artifact for jar in found]
    assert [
        f"{jar.group}:{jar.artifact}:{jar.version}" for jar in found[:2]
    ] == zookeeper_home.COORDINATES
    assert "zookeeper" in names
    assert [name for name in names if name.startswith("slf4j-") and name != "slf4j-api"] == [
        "slf4j-reload4j"
    ]


def test_a_home_is_whole_only_if_its_programs_can_be_run(ours):
    assert ours.is_whole
    (ours.folder / "bin" / "kafka-topics").chmod(0o644)
    assert not ours.is_whole


def test_each_way_to_start_kafka_has_a_data_folder_of_its_own(ours):
    def read(name):
        text = (ours.folder / "etc" / "kafka" / name).read_text(encoding="utf-8")
        return dict(line.split("=", 1) for line in text.splitlines() if not line.startswith("#"))

    data = [
        read("zookeeper.properties")["dataDir"],
        read("server.properties")["log.dirs"],
        read("kraft/server.properties")["log.dirs"],
    ]
    assert data == [str(ours.data / name) for name in ("zookeeper", "kafka", "kraft")]
    assert ours.data.parent == ours.cache


def test_the_settings_keep_what_a_shell_would_take_apart(tmp_path):
    java = Java(Path("/a b/$x'/java"), "25", "test")
    installation = ZooKeeperInstallation(java, (), tmp_path / "c d")
    (tmp_path / "settings.sh").write_text(installation.settings(), encoding="utf-8")
    script = '. "$0"; printf "%s\\n" "$java" "$data" "$server_logging"'
    told = subprocess.check_output(["sh", "-c", script, tmp_path / "settings.sh"], encoding="utf-8")
    assert told.splitlines() == [
        "/a b/$x'/java",
        f"{tmp_path}/c d/data",
        f"{(tmp_path / 'c d').as_uri()}/{installation.folder.name}/etc/kafka/log4j.properties",
    ]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_posix(script):
    told = subprocess.run(["sh", "-n", script], check=False, capture_output=True, encoding="utf-8")
    assert (told.returncode, told.stderr) == (0, "")
    text = script.read_text(encoding="utf-8")
    assert not re.search(r"\[\[|\blocal\b|\bfunction\b|\bsource\b|<<<|\bpipefail\b", text)
    if script.parent.name == "bin":
        assert text.startswith("#!/bin/sh\n# ")
        assert os.access(script, os.X_OK)
