"""The doctor looks at everything, and says what to do."""

import dataclasses
import os
import pwd
import resource
import socket
import subprocess
import sys

import pytest

from electionlab.book import doctor
from electionlab.book.doctor import Finding
from electionlab.host import disks
from electionlab.host.folders import PROJECT
from electionlab.kafka import installation
from electionlab.kafka.install import KRaftInstallation
from electionlab.kafka.jar_lock import read_lock
from electionlab.kafka.java import find_java
from electionlab.kafka.zookeeper_home import ZooKeeperInstallation

DISKS = {
    "cache": "ELECTIONLAB_CACHE",
    "_build": "move the workbook",
    "logs": "ELECTIONLAB_RUNS",
    "temporary": "TMPDIR",
    "Jupyter": "HOME",
}


def report() -> dict[str, Finding]:
    return {finding.what: finding for finding in doctor.examine()}


def test_each_look_is_one_line_and_nothing_is_left_out():
    found = report()
    looks = {"Python", "packages", "Java", "Kafka", "ZooKeeper", "KAFKA_HOME", "cache", "memory"}
    looks |= {"lock", "workbook", "user", "open files", "localhost", "AOT cache", *DISKS}
    assert looks <= set(found)
    assert {f"port {port}" for port in (2181, 9092, 9093, 6066, 6067, 6068)} <= set(found)
    assert all("\n" not in finding.seen for finding in found.values())


def test_a_java_home_that_points_nowhere_has_a_mend_and_the_look_goes_on(monkeypatch):
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    found = report()
    assert "JAVA_HOME is /nowhere" in found["Java"].mend
    assert found["Kafka"].seen


def test_a_kafka_home_without_scripts_has_a_mend(monkeypatch, tmp_path):
    monkeypatch.setenv("KAFKA_HOME", str(tmp_path))
    assert str(tmp_path) in report()["KAFKA_HOME"].mend


def test_missing_jars_are_counted(monkeypatch, tmp_path):
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(tmp_path / "not there yet"))
    found = report()
    assert " 0 of 46 jars" in found["Kafka"].seen
    assert found["Kafka"].mend
    assert not found["cache"].mend


def test_too_little_room_has_a_mend(monkeypatch):
    monkeypatch.setattr(doctor, "NEEDED_MEMORY", 10**18)
    for name in ("cache", "pages", "logs", "temporary", "jupyter"):
        disk = getattr(disks, name)()
        large = lambda disk=disk: dataclasses.replace(disk, needed=10**18)  # noqa: E731
        monkeypatch.setattr(disks, name, large)
    found = report()
    for what, way in DISKS.items():
        assert "cannot be used: a build takes up to" in found[what].mend
        assert way in found[what].mend
    assert found["memory"].mend


def test_a_port_that_is_taken_is_named(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(doctor, "PORTS", (port,))
        finding = report()[f"port {port}"]
    assert "taken by" in finding.seen
    assert finding.mend == "Stop that process."


def test_the_command_fails_when_something_is_missing(monkeypatch):
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    told = subprocess.run(
        [sys.executable, "-m", "electionlab", "doctor"],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert told.returncode == 1
    assert "✗ Java" in told.stdout
    assert "Traceback" not in told.stderr


def test_settings_of_fausts_are_listed_and_are_no_fault(monkeypatch):
    monkeypatch.setenv("BROKER_URL", "kafka://elsewhere:1")
    finding = report()["settings"]
    assert "BROKER_URL" in finding.seen
    assert not finding.mend


@pytest.mark.parametrize("name", ["cache", "logs", "temporary", "jupyter"])
def test_a_folder_that_cannot_be_written_is_found(monkeypatch, tmp_path, name):
    # A file in the place of a folder: root, too, can write nothing under it.
    (tmp_path / "file").touch()
    disk = dataclasses.replace(getattr(disks, name)(), folder=tmp_path / "file" / "folder")
    monkeypatch.setattr(disks, name, lambda: disk)
    what = "Jupyter" if name == "jupyter" else name
    assert "cannot be used: Not a directory" in report()[what].mend


def test_a_folder_that_another_user_left_in_build_is_found(monkeypatch, tmp_path):
    (tmp_path / "html").mkdir()
    monkeypatch.setattr(doctor, "BUILT", tmp_path)
    assert not report()["_build"].mend
    refusal = disks.Disk.refusal
    locked = lambda disk: "Permission denied" if disk.folder.name == "html" else refusal(disk)  # noqa: E731
    monkeypatch.setattr(disks.Disk, "refusal", locked)
    found = report()["_build"]
    assert f"{tmp_path / 'html'}, cannot be used: Permission denied" in found.mend


@pytest.mark.parametrize("addresses", [["::1"], []])
def test_a_localhost_that_is_not_where_kafka_listens_is_found(monkeypatch, addresses):
    def resolve(*_, **__):
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (one, 0, 0, 0)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    found = report()["localhost"]
    assert f"`localhost` is {addresses[0] if addresses else 'unknown'}, and Kafka" in found.mend
    assert "`127.0.0.1 localhost` to /etc/hosts" in found.mend


def test_too_few_open_files_are_found():
    limit = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))\n"
    look = limit + "from electionlab.book import doctor; print(doctor._open_files())"
    told = subprocess.run(
        [sys.executable, "-c", look], check=True, capture_output=True, encoding="utf-8", cwd=PROJECT
    ).stdout
    assert told.startswith("✗ open files 256 for each process")
    assert f"ulimit -n {doctor.NEEDED_FILES}" in told
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] != 256


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch):
    def unknown(user):
        raise KeyError(f"getpwuid(): uid not found: {user}")

    for name in ("HOME", "ELECTIONLAB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    found = report()
    assert found["user"].mend.startswith("Set HOME")
    assert f"User {os.getuid()} has no home folder" in found["cache"].mend


@pytest.mark.parametrize("kind", [KRaftInstallation, ZooKeeperInstallation])
def test_a_training_that_failed_says_why_and_how_to_try_again(monkeypatch, tmp_path, kind):
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(tmp_path))
    assert not report()["AOT cache"].mend
    cache = tmp_path / kind.lock
    cache.mkdir()
    jars = tuple(cache / jar.file_name for jar in read_lock(kind.lock))
    for jar in jars:
        jar.touch()
    folder = kind(find_java(), jars, cache).folder
    folder.mkdir()
    why = "Waited 60 s in vain: no port was opened.\nMore."
    (folder / installation.FAILURE).write_text(why, encoding="utf-8")
    found = report()["AOT cache"]
    seen = f"training for Kafka {kind.version} failed: Waited 60 s in vain: no port was opened."
    assert found.seen == seen
    assert found.mend == "`python -m electionlab fetch` tries again."
