"""A KAFKA_HOME as it is found, and the text of the one that is made; no server is started."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from electionlab import LabError, home, layout
from electionlab.home import SOURCES, Plan, kraft_properties, server_properties
from electionlab.home import zookeeper_properties as zookeeper
from electionlab.install import properties
from electionlab.jars import read_lock
from electionlab.java import Java
from electionlab.layout import Home, find_home, quoted

SCRIPTS = sorted([*SOURCES.glob("bin/*"), *SOURCES.glob("libexec/*")])
CONFLUENT_JAR = "share/java/kafka/kafka_2.13-7.9.0-ccs.jar"
JAVA = Java(Path("/java/bin/java"), "25.0.1", "test")


def read(text):
    return dict(line.split("=", 1) for line in text.splitlines() if not line.startswith("#"))


# What is made


def test_the_lock_pins_the_last_kafka_with_zookeeper_and_one_binding_for_logs():
    found = read_lock(home.LOCK)
    names = [jar.artifact for jar in found]
    assert [f"{jar.group}:{jar.artifact}:{jar.version}" for jar in found[:2]] == home.COORDINATES
    assert "zookeeper" in names
    assert [name for name in names if name.startswith("slf4j-") and name != "slf4j-api"] == [
        "slf4j-reload4j"
    ]


def test_both_servers_listen_on_loopback_alone(tmp_path):
    told = read(zookeeper(tmp_path))
    assert (told["clientPortAddress"], told["clientPort"]) == ("127.0.0.1", "2181")
    assert told["admin.enableServer"] == "false"
    told = read(server_properties(tmp_path))
    assert told["listeners"] == told["advertised.listeners"] == "PLAINTEXT://127.0.0.1:9092"
    assert told["zookeeper.connect"] == "127.0.0.1:2181"


def test_what_matters_to_the_election_is_as_in_our_own_broker(tmp_path):
    own, here = read(properties(tmp_path, 9092, 9093)), read(server_properties(tmp_path))
    names = [name for name in own if name.startswith(("group.", "offsets.", "transaction."))]
    assert len(names) == 6
    assert {name: here.get(name) for name in names} == {name: own[name] for name in names}
    assert not {"process.roles", "node.id", "controller.quorum.voters"} & set(here)


def test_each_way_has_a_data_folder_of_its_own(tmp_path):
    told = [
        read(zookeeper(tmp_path))["dataDir"],
        read(server_properties(tmp_path))["log.dirs"],
        read(kraft_properties(tmp_path))["log.dirs"],
    ]
    assert told == [str(tmp_path / name) for name in ("zookeeper", "kafka", "kraft")]


def test_a_path_is_escaped_as_java_reads_it():
    told = read(zookeeper(Path("/a b/Jörg\\😀")))["dataDir"]
    assert told == "/a b/J\\u00f6rg\\\\\\ud83d\\ude00/zookeeper"


def test_a_home_fits_one_java_and_one_state_of_the_jars(tmp_path):
    jar = tmp_path / "a.jar"
    jar.touch()
    first = Plan(JAVA, (jar,), tmp_path).home
    assert first == Plan(JAVA, (jar,), tmp_path).home
    assert first != Plan(Java(JAVA.launcher, "25.0.2", "test"), (jar,), tmp_path).home
    os.utime(jar, (1, 1))
    assert first != Plan(JAVA, (jar,), tmp_path).home


def test_a_home_is_whole_only_with_each_file_unchanged(tmp_path, monkeypatch):
    monkeypatch.setattr(home, "_train", lambda plan, scratch: None)
    plan = Plan(JAVA, (), tmp_path)
    for damage in (
        lambda script: script.unlink(),
        lambda script: script.write_text("exit"),
        lambda script: script.chmod(0o644),
        lambda script: (plan.home / home.SUMS).write_text("{"),
    ):
        home._build(plan)
        assert home._is_whole(plan.home)
        damage(plan.home / "bin" / "kafka-topics")
        assert not home._is_whole(plan.home)


def test_the_settings_keep_what_a_shell_would_take_apart(tmp_path):
    plan = Plan(Java(Path("/a b/$x'/java"), "25", "test"), (), tmp_path / "c d")
    (tmp_path / "settings.sh").write_text(plan.settings(tmp_path / "e f"))
    script = '. "$0"; printf "%s\\n" "$java" "$data" "$server_logging"'
    told = subprocess.check_output(["sh", "-c", script, tmp_path / "settings.sh"], text=True)
    assert told.splitlines() == [
        "/a b/$x'/java",
        f"{tmp_path}/c d/data",
        f"file://{tmp_path}/e%20f/etc/kafka/log4j.properties",
    ]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_posix(script):
    told = subprocess.run(["sh", "-n", script], check=False, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")
    text = script.read_text()
    assert not re.search(r"\[\[|\blocal\b|\bfunction\b|\bsource\b|<<<|\bpipefail\b", text)
    if script.parent.name == "bin":
        assert text.startswith("#!/bin/sh\n# ")
        assert os.access(script, os.X_OK)


# What is found


@pytest.fixture
def tree(tmp_path):
    """Makes a folder with these files; the programs can be run."""

    def make(*names, without=()):
        for name in names:
            if name not in without:
                path = tmp_path / "a kafka" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o755)
        return tmp_path / "a kafka"

    return make


CONFLUENT = [
    "bin/kafka-server-start",
    "bin/zookeeper-server-start",
    "etc/kafka/server.properties",
    "etc/kafka/zookeeper.properties",
    CONFLUENT_JAR,
]
APACHE = [
    "bin/kafka-server-start.sh",
    "bin/zookeeper-server-start.sh",
    "config/server.properties",
    "config/zookeeper.properties",
    "libs/kafka_2.13-3.9.1.jar",
]


def found(path):
    return find_home({"KAFKA_HOME": str(path)})


def test_confluents_layout_is_recognised(tree):
    told = found(tree(*CONFLUENT))
    assert (told.layout, told.version, told.has_zookeeper) == ("confluent", "3.9.0", True)
    assert told.script("kafka-topics") == told.path / "bin/kafka-topics"
    assert told.config("server.properties") == told.path / "etc/kafka/server.properties"


def test_apaches_archive_is_recognised(tree):
    told = found(tree(*APACHE))
    assert (told.layout, told.version, told.has_zookeeper) == ("apache", "3.9.1", True)
    assert told.script("kafka-topics") == told.path / "bin/kafka-topics.sh"
    assert told.config("server.properties") == told.path / "config/server.properties"


def test_ours_is_recognised(tmp_path, monkeypatch):
    monkeypatch.setattr(home, "_train", lambda plan, scratch: None)
    plan = Plan(JAVA, (), tmp_path)
    home._build(plan)
    assert found(plan.home) == Home(plan.home, "ours", "3.9.1")


def test_without_kafka_home_ours_is_made(monkeypatch, tmp_path):
    monkeypatch.setattr(home, "make_home", lambda: tmp_path)
    assert find_home({}) == find_home({"KAFKA_HOME": ""}) == Home(tmp_path, "ours", "3.9.1")


@pytest.mark.parametrize(
    ("jar", "version"),
    [
        ("kafka_2.11-2.1.0-cp1.jar", "2.1.0"),
        ("kafka_2.12-5.5.2-ccs.jar", "2.5.2"),
        ("kafka_2.13-6.2.1-ccs.jar", "2.8.1"),
        ("kafka_2.13-7.0.1-ce.jar", "3.0.1"),
        ("kafka_2.13-8.0.0-ccs.jar", "4.0.0"),
    ],
)
def test_confluents_numbers_are_told_as_kafkas(tree, jar, version):
    assert found(tree(*CONFLUENT[:4], f"share/java/kafka/{jar}")).version == version


@pytest.mark.parametrize("missing", [*CONFLUENT[:4], *APACHE[:4]])
def test_a_home_with_something_missing_is_refused_by_its_name(tree, missing):
    names = CONFLUENT if missing in CONFLUENT else APACHE
    with pytest.raises(LabError, match=re.escape(missing)) as caught:
        found(tree(*names, without=[missing]))
    assert "electionlab env" in str(caught.value)


def test_a_folder_with_nothing_of_kafka_is_refused(tmp_path):
    with pytest.raises(LabError, match="missing: bin/kafka-server-start"):
        found(tmp_path)
    with pytest.raises(LabError, match="no such folder"):
        found(tmp_path / "nothing")


def test_a_home_without_its_jar_is_refused(tree):
    with pytest.raises(LabError, match="version cannot be told"):
        found(tree(*APACHE[:4]))


def test_a_program_that_cannot_be_run_is_refused(tree):
    path = tree(*APACHE)
    (path / "bin/kafka-server-start.sh").chmod(0o644)
    with pytest.raises(LabError, match=r"cannot be run: .*kafka-server-start\.sh"):
        found(path)


def test_a_kafka_that_is_too_old_is_refused(tree):
    with pytest.raises(LabError, match=r"Kafka 2\.0\.1.*needs Kafka 2\.1"):
        found(tree(*APACHE[:4], "libs/kafka_2.12-2.0.1.jar"))


def test_a_kafka_newer_than_was_tried_is_used_with_a_warning(tree, capsys):
    told = found(tree(*APACHE[:4:2], "libs/kafka_2.13-99.1.0.jar"))
    assert not told.has_zookeeper
    assert "tried with" in capsys.readouterr().err


def test_a_kafka_that_was_tried_is_used_without_a_word(tree, capsys):
    found(tree(*APACHE))
    assert capsys.readouterr().err == ""


# The line for the shell


@pytest.mark.parametrize("path", ["/plain", "/a b", "/it's", '/"$HOME"`x`', "/a\\b\n"])
def test_a_shell_reads_back_what_was_quoted(path):
    line = f"export KAFKA_HOME={quoted(path)}; printf '%s|' \"$KAFKA_HOME\""
    assert subprocess.check_output(["sh", "-c", line], text=True) == f"{path}|"
    assert quoted("/plain") == "'/plain'"


def test_a_path_that_a_shell_takes_apart_gets_a_link_that_it_does_not(tmp_path, monkeypatch):
    short = tmp_path / "t"
    short.mkdir()
    monkeypatch.setattr(layout.tempfile, "gettempdir", lambda: str(short))
    spaced = tmp_path / "a b" / "home-1"
    spaced.mkdir(parents=True)
    for _ in range(2):
        told = layout.plain_path(spaced)
        assert told.resolve() == spaced.resolve()
        assert " " not in str(told)
        assert told.parent.stat().st_mode & 0o77 == 0
    assert layout.plain_path(short) == short
    told.parent.chmod(0o777)
    with pytest.raises(LabError, match="open to others"):
        layout.plain_path(spaced)


def test_the_line_is_one_and_says_what_it_replaces(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(home, "make_home", lambda: tmp_path)
    assert layout.export({}) == f"export KAFKA_HOME='{tmp_path}'"
    assert capsys.readouterr().err == ""
    assert layout.export({"KAFKA_HOME": "/opt/kafka"}) == f"export KAFKA_HOME='{tmp_path}'"
    assert "/opt/kafka" in capsys.readouterr().err
