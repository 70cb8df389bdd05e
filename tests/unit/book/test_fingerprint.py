"""What the pages depend on: none of it can change, move or vanish without a build noticing."""

import runpy
import subprocess

import pytest

from electionlab.book.fingerprint import files, fingerprint
from electionlab.errors import LabError
from electionlab.host.folders import PROJECT

PATTERNS = runpy.run_path(str(PROJECT / "conf.py"))["pages_depend_on"]
PAGES_READ = ["docs/claims.toml", "docs/recorded/storms.json", "examples/broken.py", "leader.py"]


@pytest.fixture
def folder(tmp_path):
    for name in ("package/room/module.py", "package/room/data.lock", "claims.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    requirements = "-e .\na-package==1 ; python_version > '3'\n"
    (tmp_path / "requirements.txt").write_text(requirements, encoding="utf-8")
    return tmp_path


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Puts a package, with a version, where Python finds those that are installed."""
    packages = tmp_path / "site-packages"
    monkeypatch.syspath_prepend(packages)

    def install_there(name, version):
        metadata = packages / f"{name}-{version}.dist-info" / "METADATA"
        metadata.parent.mkdir(parents=True)
        metadata.write_text(f"Name: {name}\nVersion: {version}\n", encoding="utf-8")

    return install_there


DEPENDS_ON = ["package/**/*", "claims.toml"]


def test_a_pattern_that_matches_nothing_is_an_error(folder):
    (folder / "claims.toml").rename(folder / "ledger.toml")
    with pytest.raises(LabError, match=r"'claims\.toml'.* no file in .*pages_depend_on"):
        fingerprint(folder, DEPENDS_ON)


def test_a_folder_in_which_only_compiled_python_is_left_is_an_error(folder):
    (folder / "package" / "room").rename(folder / "room")
    compiled = folder / "package" / "room" / "__pycache__"
    compiled.mkdir(parents=True)
    (compiled / "module.pyc").write_bytes(b"")
    with pytest.raises(LabError, match=r"package/\*\*/\*"):
        fingerprint(folder, DEPENDS_ON)


@pytest.mark.parametrize("name", ["package/room/module.py", "package/room/data.lock"])
def test_a_file_that_is_changed_or_moved_changes_the_fingerprint(folder, name):
    first = fingerprint(folder, DEPENDS_ON)
    assert fingerprint(folder, DEPENDS_ON) == first
    (folder / name).write_text("something else", encoding="utf-8")
    changed = fingerprint(folder, DEPENDS_ON)
    (folder / name).rename(folder / "package" / (folder / name).name)
    assert len({first, changed, fingerprint(folder, DEPENDS_ON)}) == 3


def test_compiled_python_changes_nothing(folder):
    first = fingerprint(folder, DEPENDS_ON)
    (folder / "package" / "__pycache__").mkdir()
    (folder / "package" / "__pycache__" / "module.pyc").write_bytes(b"compiled")
    assert fingerprint(folder, DEPENDS_ON) == first


@pytest.mark.parametrize("name", ["JAVA_HOME", "KAFKA_HOME"])
def test_another_java_or_kafka_changes_the_fingerprint(folder, monkeypatch, name):
    monkeypatch.setenv(name, "/here")
    first = fingerprint(folder, DEPENDS_ON)
    monkeypatch.setenv(name, "/there")
    assert fingerprint(folder, DEPENDS_ON) != first


def test_a_package_that_the_pages_need_changes_the_fingerprint(folder, install):
    first = fingerprint(folder, DEPENDS_ON)
    install("A_package", "1")
    assert fingerprint(folder, DEPENDS_ON) != first


def test_a_tool_that_is_installed_beside_them_changes_nothing(folder, install):
    first = fingerprint(folder, DEPENDS_ON)
    install("a-tool", "1")
    assert fingerprint(folder, DEPENDS_ON) == first


def test_the_pages_depend_on_the_pins_of_readers_and_not_on_those_of_tools():
    names = {str(path.relative_to(PROJECT)) for path in files(PROJECT, PATTERNS)}
    assert "requirements.txt" in names
    assert "requirements-dev.txt" not in names


def test_the_pages_depend_on_every_file_of_the_package_and_on_what_they_read():
    listed = subprocess.run(
        ["git", "ls-files", "electionlab"],
        cwd=PROJECT,
        check=False,  # a copy without git has the files all the same
        capture_output=True,
        encoding="utf-8",
    )
    of_package = [name for name in listed.stdout.split() if (PROJECT / name).exists()]
    names = {str(path.relative_to(PROJECT)) for path in files(PROJECT, PATTERNS)}
    assert {*of_package, *PAGES_READ, "electionlab/kafka/home_files/bin/kafka-topics"} <= names
