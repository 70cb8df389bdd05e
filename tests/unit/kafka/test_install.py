"""This workbook's own Kafka: how its broker is run; nothing is started."""

from pathlib import Path

import pytest

from electionlab.kafka import install
from electionlab.kafka.install import KRaftInstallation
from electionlab.kafka.java import Java


@pytest.fixture
def installation(tmp_path):
    jars = (tmp_path / "a.jar", tmp_path / "b.jar")
    for jar in jars:
        jar.touch()
    return KRaftInstallation(Java(Path("/java/bin/java"), "25.0.1", "test"), jars, tmp_path)


def test_a_broker_runs_with_the_class_path_and_its_configuration(installation):
    command = installation.broker_command(Path("server.properties"))
    assert command[0] == "/java/bin/java"
    class_path = ":".join(map(str, installation.jars))
    assert command[-4:] == ["-cp", class_path, "kafka.Kafka", "server.properties"]
    assert set(install.LOGGING) < set(command)
    assert installation.aot_cache is None
    assert not [word for word in command if "AOT" in word]


def test_a_broker_uses_its_aot_cache_if_there_is_one(installation):
    path = installation.folder / "kafka.aot"
    path.parent.mkdir()
    path.touch()
    command = installation.broker_command(Path("server.properties"))
    assert f"-XX:AOTCache={path}" in command[: command.index("-cp")]
