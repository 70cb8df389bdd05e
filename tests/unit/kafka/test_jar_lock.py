"""The locks of Kafka's class paths, and what they say of a jar."""

import hashlib
from types import SimpleNamespace

import pytest

from electionlab.kafka import jar_lock
from electionlab.kafka.install import COORDINATES, LOCK
from electionlab.kafka.jar_lock import Jar, read_lock, write_lock

CONTENT = b"not a real jar\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
TINY = Jar("org.example.electionlab", "tiny", "1.0", len(CONTENT), SHA256)


def test_kafkas_lock_pins_each_jar_by_size_and_sum():
    jars = read_lock(LOCK)
    assert [f"{jar.group}:{jar.artifact}:{jar.version}" for jar in jars[:2]] == COORDINATES
    assert len({jar.file_name for jar in jars}) == len(jars) > 20
    assert all(jar.size > 0 and len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)


def test_a_lock_is_read_line_by_line_without_its_comments(tmp_path, monkeypatch):
    line = f"org.example.electionlab:tiny:1.0 {len(CONTENT)} {TINY.sha256}"
    (tmp_path / "tiny.lock").write_text(f"# for a test\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(jar_lock, "LOCKS", tmp_path)
    assert read_lock("tiny") == [TINY]
    assert TINY.file_name == "tiny-1.0.jar"


def test_what_was_resolved_is_written_under_the_name_that_was_asked_for(tmp_path, monkeypatch):
    (tmp_path / TINY.file_name).write_bytes(CONTENT)
    artifact = SimpleNamespace(resolve=lambda: tmp_path / TINY.file_name)
    resolved = SimpleNamespace(
        groupId=TINY.group, artifactId=TINY.artifact, version=TINY.version, artifact=artifact
    )
    component = SimpleNamespace(
        at_version=lambda version: SimpleNamespace(artifact=lambda: artifact)
    )
    context = SimpleNamespace(
        project=lambda *coordinates: component,
        resolver=SimpleNamespace(resolve=lambda dependencies: ([resolved], [resolved])),
    )
    monkeypatch.setattr("jgo.maven.MavenContext", lambda repo_cache: context)
    monkeypatch.setattr("jgo.maven.Dependency", lambda artifact: artifact)
    monkeypatch.setattr(jar_lock, "LOCKS", tmp_path)
    assert write_lock("tiny", ["org.example.electionlab:tiny:1.0"]) == tmp_path / "tiny.lock"
    assert read_lock("tiny") == [TINY, TINY]


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (CONTENT, True),
        (CONTENT[:-1], False),
        (CONTENT + b"x", False),
        (CONTENT.upper(), False),
        (b"", False),
    ],
    ids=["right", "truncated", "too long", "corrupt", "empty"],
)
def test_a_jar_is_whole_only_with_its_size_and_its_sum(tmp_path, content, whole):
    path = tmp_path / TINY.file_name
    path.write_bytes(content)
    assert TINY.is_whole(path) is whole


def test_a_jar_that_is_missing_or_a_folder_is_not_whole(tmp_path):
    assert not TINY.is_whole(tmp_path / "missing")
    assert not TINY.is_whole(tmp_path)


def test_a_jar_that_is_damaged_after_it_was_read_is_not_whole(tmp_path):
    path = tmp_path / TINY.file_name
    path.write_bytes(CONTENT)
    assert TINY.is_whole(path)
    read = path.stat().st_ctime_ns
    while path.stat().st_ctime_ns == read:  # a file system counts in ticks of the kernel's clock
        path.write_bytes(CONTENT.upper())
    assert not TINY.is_whole(path)


def test_a_file_that_has_not_changed_is_read_once(tmp_path, monkeypatch):
    path = tmp_path / TINY.file_name
    path.write_bytes(CONTENT)
    assert jar_lock.sha256(path) == SHA256
    monkeypatch.setattr(hashlib, "file_digest", None)
    assert jar_lock.sha256(path) == SHA256
