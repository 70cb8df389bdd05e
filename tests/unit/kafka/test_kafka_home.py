"""A KAFKA_HOME as it is found, and the line that names it to a shell; no server is started."""

import re
import tempfile
from pathlib import Path

import pytest

from electionlab import LabError
from electionlab.kafka import aot_cache, kafka_home, zookeeper_home
from electionlab.kafka.java import Java
from electionlab.kafka.kafka_home import Home, find_home
from electionlab.kafka.zookeeper_home import ZooKeeperInstallation

CONFLUENT_JAR = "share/java/kafka/kafka_2.13-7.9.0-ccs.jar"


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
    monkeypatch.setattr(aot_cache, "train", lambda trainees: None)
    ours = ZooKeeperInstallation(Java(Path("/java/bin/java"), "25.0.1", "test"), (), tmp_path)
    ours.make()
    assert found(ours.folder) == Home(ours.folder, "ours", "3.9.1")


def test_without_kafka_home_ours_is_made(monkeypatch, tmp_path):
    monkeypatch.setattr(zookeeper_home, "make_home", lambda: tmp_path)
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
    with pytest.raises(LabError, match="version is unknown"):
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
    assert "has been tried with" in capsys.readouterr().err


def test_a_kafka_that_was_tried_is_used_without_a_word(tree, capsys):
    found(tree(*APACHE))
    assert capsys.readouterr().err == ""


# The line for the shell


@pytest.fixture
def plain():
    """A new folder whose path no shell splits, wherever TMPDIR leads."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def test_a_path_that_a_shell_takes_apart_gets_a_link_that_it_does_not(plain, tmp_path, monkeypatch):
    short = plain / "t"
    short.mkdir()
    monkeypatch.setattr(kafka_home.tempfile, "gettempdir", lambda: str(short))
    spaced = tmp_path / "a b" / "home-1"
    spaced.mkdir(parents=True)
    for _ in range(2):
        told = kafka_home.plain_path(spaced)
        assert told.resolve() == spaced.resolve()
        assert " " not in str(told)
        assert told.parent.stat().st_mode & 0o77 == 0
    assert kafka_home.plain_path(short) == short
    told.parent.chmod(0o777)
    with pytest.raises(LabError, match="open to others"):
        kafka_home.plain_path(spaced)


def test_where_temporary_files_have_a_space_in_their_path_the_link_lies_elsewhere(
    tmp_path, monkeypatch
):
    spaced = tmp_path / "a b"
    home = spaced / f"{tmp_path.name}-home"  # a name of its own: the folder of links is shared
    home.mkdir(parents=True)
    monkeypatch.setattr(kafka_home.tempfile, "gettempdir", lambda: str(spaced))
    link = kafka_home.plain_path(home)
    try:
        assert link.resolve() == home.resolve()
        assert " " not in str(link)
    finally:
        link.unlink()


def test_the_line_is_one_and_says_what_it_replaces(monkeypatch, plain, capsys):
    monkeypatch.setattr(zookeeper_home, "make_home", lambda: plain)
    assert kafka_home.export({}) == f"export KAFKA_HOME={plain}"
    assert capsys.readouterr().err == ""
    assert kafka_home.export({"KAFKA_HOME": "/opt/kafka"}) == f"export KAFKA_HOME={plain}"
    assert "/opt/kafka" in capsys.readouterr().err
