"""Root becomes another user, or there is one sentence on why not."""

import pwd
import subprocess

import pytest

from electionlab.elections import other_user
from electionlab.elections.wheels import NotHereError


@pytest.fixture
def probe(monkeypatch):
    """What trying to become another user comes to."""
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(other_user.subprocess, "run", lambda *_, **__: done)
    return done


def test_it_is_nobody_if_root_may_become_that(probe):
    assert other_user.find().pw_name == "nobody"


def test_a_root_that_may_not_become_another_user_is_told_so(probe):
    probe.returncode = 1
    with pytest.raises(NotHereError, match="who may not become another user here"):
        other_user.find()


def test_a_machine_without_that_user_is_told_so(monkeypatch):
    def unknown(name):
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", unknown)
    with pytest.raises(NotHereError, match="refuses to run as root, and there is no user `nobody`"):
        other_user.find()


def test_it_gives_up_its_groups_before_it_becomes_the_other():
    nobody = pwd.getpwnam("nobody")
    *_, program, command, argument = other_user.become(nobody, ["/bin/echo", "hello"])
    assert (command, argument) == ("/bin/echo", "hello")
    order = [program.index(step) for step in ("setgroups([])", "setgid(", "setuid(", "execv(")]
    assert order == sorted(order)


def test_a_folder_that_the_other_user_cannot_enter_is_named(tmp_path):
    tmp_path.chmod(0o700)
    (tmp_path / "data").mkdir()
    with pytest.raises(NotHereError, match=f"others may not enter {tmp_path}"):
        other_user.require_passable(tmp_path / "data")
