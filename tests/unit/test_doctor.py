"""The doctor looks at everything, and says what to do."""

import socket
import subprocess
import sys

from electionlab import doctor
from electionlab.doctor import Finding


def report() -> dict[str, Finding]:
    return {finding.what: finding for finding in doctor.examine()}


def test_each_look_is_one_line_and_nothing_is_left_out():
    found = report()
    looks = {"Python", "packages", "Java", "Kafka", "ZooKeeper", "KAFKA_HOME", "cache", "memory"}
    assert looks | {"lock"} <= set(found)
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
    monkeypatch.setattr(doctor, "NEEDED_DISK", 10**18)
    monkeypatch.setattr(doctor, "NEEDED_MEMORY", 10**18)
    found = report()
    assert "ELECTIONLAB_CACHE" in found["cache"].mend
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
        [sys.executable, "-m", "electionlab", "doctor"], check=False, capture_output=True, text=True
    )
    assert told.returncode == 1
    assert "✗ Java" in told.stdout
    assert "Traceback" not in told.stderr
