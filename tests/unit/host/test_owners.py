"""For whom this process works, as the environment hands it down."""

import os
import subprocess

import pytest

from electionlab.errors import LabError
from electionlab.host.owners import (
    BUILD_VARIABLE,
    OWNERS_VARIABLE,
    add_owner,
    build_name,
    outer_owners,
)


def test_no_owners_are_named_at_first(monkeypatch):
    monkeypatch.delenv(OWNERS_VARIABLE, raising=False)
    assert outer_owners() == []
    monkeypatch.setenv(OWNERS_VARIABLE, "")
    assert outer_owners() == []


def test_an_owner_is_added_once(monkeypatch):
    monkeypatch.setenv(OWNERS_VARIABLE, str(os.getppid()))
    add_owner(os.getpid())
    add_owner(os.getpid())
    assert outer_owners() == [os.getppid(), os.getpid()]


def test_an_owner_that_has_gone_is_named(monkeypatch):
    gone = subprocess.Popen(["true"])
    gone.wait()
    monkeypatch.setenv(OWNERS_VARIABLE, str(gone.pid))
    with pytest.raises(LabError, match=f"process {gone.pid}, which this one works for"):
        outer_owners()


def test_a_build_has_a_name_and_anything_else_has_none(monkeypatch):
    monkeypatch.setenv(BUILD_VARIABLE, "4711")
    assert build_name() == "4711"
    monkeypatch.delenv(BUILD_VARIABLE)
    assert build_name() == ""
