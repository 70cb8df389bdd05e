"""What is made once of a Kafka's jars: the same rules for both Kafkas. No server is started."""

import json
import os
from pathlib import Path

import pytest

from electionlab.errors import LabError
from electionlab.kafka import aot_cache, install, installation
from electionlab.kafka.install import KRaftInstallation
from electionlab.kafka.installation import FAILURE, KEPT, SCRATCH, SUMS
from electionlab.kafka.java import Java
from electionlab.kafka.zookeeper_home import ZooKeeperInstallation

JAVA = Java(Path("/java/bin/java"), "25.0.1", "test")


@pytest.fixture
def trainings(monkeypatch):
    """Stands in for JVMs: a training writes a file for each cache. Returns the servers trained."""
    trained = []

    def train(trainees):
        trained.extend(trainee.name for trainee in trainees)
        for trainee in trainees:
            trainee.cache.write_bytes(b"trained")

    def format_storage(_, data):
        data.mkdir()
        (data / "meta.properties").write_text("cluster.id=a\n", encoding="utf-8")

    monkeypatch.setattr(aot_cache, "train", train)
    monkeypatch.setattr(install, "format_storage", format_storage)
    return trained


@pytest.fixture(params=[KRaftInstallation, ZooKeeperInstallation])
def kafka(request, tmp_path):
    """An installation of either Kafka, with one jar."""
    jar = tmp_path / "a.jar"
    jar.touch()
    return request.param(JAVA, (jar,), tmp_path)


def left_in(cache):
    """What was made in a cache, without its jars and locks."""
    return {path.name for path in cache.iterdir() if path.suffix not in (".jar", ".lock")}


def test_it_is_made_once_and_whole(kafka, trainings, capsys):
    assert not kafka.is_whole
    kafka.make()
    assert kafka.is_whole
    assert "Training" in capsys.readouterr().err
    assert left_in(kafka.cache) == {kafka.folder.name}
    once = list(trainings)
    kafka.make()
    kafka.make(again=True)
    assert trainings == once
    assert capsys.readouterr().err == ""


def test_it_fits_one_java_one_class_path_and_one_set_of_flags(kafka, monkeypatch):
    kind, (jar,), cache = type(kafka), kafka.jars, kafka.cache
    other_jar = jar.with_name("b.jar")
    other_jar.touch()
    folders = {
        kafka.folder,
        kind(Java(JAVA.launcher, "25.0.2", "test"), (jar,), cache).folder,
        kind(Java(Path("/another/java"), JAVA.version, "test"), (jar,), cache).folder,
        kind(JAVA, (jar, other_jar), cache).folder,
    }
    assert kind(JAVA, (jar,), cache).folder == kafka.folder
    monkeypatch.setattr(installation, "JVM_FLAGS", ["-Xmx1g"])
    folders.add(kafka.folder)
    assert len(folders) == 5


def test_jars_that_were_fetched_again_get_a_new_one(kafka, trainings):
    """A JVM refuses an AOT cache if a jar has another time of change: Kafka would boot slowly, and
    nobody would be told."""
    kafka.make()
    former = kafka.folder
    os.utime(kafka.jars[0], (1, 1))
    assert kafka.folder != former
    assert not kafka.is_whole


def test_what_earlier_versions_left_beside_it_goes_when_it_is_made(kafka, trainings):
    (kafka.cache / "kafka-0a1.aot").touch()
    kafka.make()
    assert left_in(kafka.cache) == {kafka.folder.name}


def damage_cache(folder):
    (cache,) = [*folder.glob("**/kafka.aot")]
    cache.write_bytes(b"trainee")


def remove_cache(folder):
    (cache,) = [*folder.glob("**/kafka.aot")]
    cache.unlink()


def damage_sums(folder):
    (folder / SUMS).write_text("{", encoding="utf-8")


def remove_sums(folder):
    (folder / SUMS).unlink()


def add_file(folder):
    (folder / "more").touch()


DAMAGES = [damage_cache, remove_cache, damage_sums, remove_sums, add_file]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_made_anew(kafka, trainings, capsys, damage):
    kafka.make()
    damage(kafka.folder)
    assert not kafka.is_whole
    kafka.make()
    assert kafka.is_whole
    assert f"{kafka.folder} was changed or damaged" in capsys.readouterr().err


def test_a_training_that_fails_is_said_and_not_tried_at_each_start(
    kafka, trainings, monkeypatch, capsys
):
    trained, train = [], aot_cache.train

    def fail(trainees):
        trained.append(1)
        trainees[0].cache.write_bytes(b"half a cache")
        raise LabError("no port was opened")

    monkeypatch.setattr(aot_cache, "train", fail)
    kafka.make()
    said = capsys.readouterr().err
    assert "Kafka will boot without an AOT cache, taking 2-3 times as long: no port" in said
    assert (kafka.folder / FAILURE).read_text(encoding="utf-8") == "no port was opened"
    assert not list(kafka.folder.glob("**/*.aot"))
    kafka.make()
    assert len(trained) == 1
    monkeypatch.setattr(aot_cache, "train", train)
    kafka.make(again=True)
    assert not (kafka.folder / FAILURE).exists()
    assert list(kafka.folder.glob("**/*.aot"))
    assert "damaged" not in capsys.readouterr().err


def test_a_java_that_has_no_aot_caches_trains_none(kafka, trainings):
    older = type(kafka)(Java(JAVA.launcher, "17.0.1", "test"), kafka.jars, kafka.cache)
    older.make(again=True)
    assert older.is_whole
    assert trainings == []


def test_who_interrupts_leaves_nothing_half_done(kafka, trainings, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(aot_cache, "train", interrupt)
    with pytest.raises(KeyboardInterrupt):
        kafka.make()
    assert left_in(kafka.cache) == set()


def test_what_killed_makers_have_left_is_removed(kafka, trainings):
    (kafka.cache / f"{SCRATCH}abc").mkdir()
    (kafka.cache / f"{SCRATCH}abc" / "kafka.aot").touch()
    kafka.make()
    assert left_in(kafka.cache) == {kafka.folder.name}


def test_those_used_last_are_kept(kafka, trainings):
    folders = []
    for number in range(KEPT):
        java = Java(JAVA.launcher, f"25.0.{number}", "test")
        other = type(kafka)(java, kafka.jars, kafka.cache)
        other.make()
        folders.append(other.folder)
        os.utime(other.folder, (number, number))
    first = type(kafka)(Java(JAVA.launcher, "25.0.0", "test"), kafka.jars, kafka.cache)
    first.make()  # used once more
    type(kafka)(Java(JAVA.launcher, "25.0.9", "test"), kafka.jars, kafka.cache).make()
    assert [folder.exists() for folder in folders] == [True, False, True]


def test_the_sums_name_each_file(kafka, trainings):
    kafka.make()
    sums = json.loads((kafka.folder / SUMS).read_text(encoding="utf-8"))
    files = {str(path.relative_to(kafka.folder)) for path in kafka.folder.glob("**/*.*")}
    assert {name for name in files if (kafka.folder / name).is_file()} - {SUMS} <= set(sums)
    assert any(name.endswith("kafka.aot") for name in sums)
