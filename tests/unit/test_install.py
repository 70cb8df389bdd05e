"""What is written and chosen when Kafka is set up; nothing is started."""

import base64
import os
from pathlib import Path

import pytest

from electionlab import install
from electionlab.install import Installation, copy_formatted, new_id, properties
from electionlab.java import Java

JAVA = Java(Path("/java/bin/java"), "25.0.1", "test")


def read(text):
    return dict(line.split("=", 1) for line in text.splitlines())


def test_a_broker_listens_on_loopback_alone_at_the_ports_given():
    settings = read(properties(Path("/tmp/data"), 1234, 5678))
    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:1234,CONTROLLER://127.0.0.1:5678"
    assert settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:1234"
    assert settings["controller.quorum.voters"] == "1@127.0.0.1:5678"
    assert settings["log.dirs"] == "/tmp/data"


def test_the_first_worker_need_not_wait_for_others():
    assert read(properties(Path("data"), 1, 2))["group.initial.rebalance.delay.ms"] == "0"


def test_a_backslash_in_a_path_is_escaped():
    assert read(properties(Path("/tmp/a\\b"), 1, 2))["log.dirs"] == "/tmp/a\\\\b"


def test_an_id_is_sixteen_bytes_in_base64_without_padding():
    told = new_id()
    assert len(told) == 22
    assert len(base64.urlsafe_b64decode(told + "==")) == 16
    assert len({new_id() for _ in range(100)}) == 100


# StorageTool takes `-t -abc…` for two options and refuses.
def test_no_id_begins_with_a_dash():
    assert not [told for told in (new_id() for _ in range(2000)) if told.startswith("-")]


def test_the_command_has_the_class_path_and_the_arguments_at_its_end():
    plain = Installation(JAVA, "a.jar:b.jar", Path("formatted"), None)
    command = plain.command("kafka.Kafka", "server.properties")
    assert command[0] == "/java/bin/java"
    assert command[-4:] == ["-cp", "a.jar:b.jar", "kafka.Kafka", "server.properties"]
    assert not [word for word in command if "AOT" in word]


def test_the_command_uses_an_aot_cache_where_there_is_one():
    trained = Installation(JAVA, "a.jar", Path("formatted"), Path("/cache/kafka.aot"))
    command = trained.command("kafka.Kafka")
    assert "-XX:AOTCache=/cache/kafka.aot" in command[: command.index("-cp")]


def test_a_copy_of_a_formatted_folder_has_ids_of_its_own(tmp_path):
    formatted = tmp_path / "formatted"
    formatted.mkdir()
    text = "#\nversion=1\ncluster.id=old-one\ndirectory.id=old-two\nnode.id=1\n"
    (formatted / "meta.properties").write_text(text)
    (formatted / "bootstrap.checkpoint").write_bytes(b"\0\1")
    installation = Installation(JAVA, "", formatted, None)
    copies = []
    for name in ("first", "second"):
        copy_formatted(installation, tmp_path / name)
        copies.append((tmp_path / name / "meta.properties").read_text().splitlines())
        assert (tmp_path / name / "bootstrap.checkpoint").read_bytes() == b"\0\1"
    first, second = copies
    assert first[:2] == second[:2] == ["#", "version=1"]
    assert first[4] == second[4] == "node.id=1"
    told = [line.partition("=") for line in (*first[2:4], *second[2:4])]
    assert [name for name, _, _ in told] == ["cluster.id", "directory.id"] * 2
    assert len({value for _, _, value in told}) == 4
    assert (formatted / "meta.properties").read_text() == text


def test_an_aot_cache_fits_one_java_and_one_class_path(tmp_path):
    other = Java(JAVA.launcher, "25.0.2", "test")
    elsewhere = Java(Path("/another/java"), JAVA.version, "test")
    paths = [
        install._aot_path(java, class_path, tmp_path)
        for java in (JAVA, other, elsewhere)
        for class_path in ("a.jar", os.pathsep.join(["a.jar", "b.jar"]))
    ]
    assert len(set(paths)) == 6
    assert install._aot_path(JAVA, "a.jar", tmp_path) == paths[0]
    assert paths[0].parent == tmp_path


def test_an_aot_cache_fits_one_set_of_flags(monkeypatch, tmp_path):
    before = install._aot_path(JAVA, "a.jar", tmp_path)
    monkeypatch.setattr(install, "JVM_FLAGS", ["-Xmx1g"])
    assert install._aot_path(JAVA, "a.jar", tmp_path) != before


@pytest.mark.parametrize(
    ("content", "whole"), [(b"trained", True), (b"trainee", False), (b"", False)]
)
def test_an_aot_cache_is_whole_only_with_its_sum(tmp_path, content, whole):
    path = tmp_path / "kafka-1.aot"
    path.write_bytes(b"trained")
    install._sum_file(path).write_text(install._sum(path))
    path.write_bytes(content)
    assert install._is_whole(path) is whole


def test_an_aot_cache_without_its_sum_is_not_whole(tmp_path):
    path = tmp_path / "kafka-1.aot"
    assert not install._is_whole(path)
    path.write_bytes(b"trained")
    assert not install._is_whole(path)
