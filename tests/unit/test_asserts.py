"""Where Python drops asserts, nothing that judges by them may go on."""

import subprocess
import sys

import pytest
from kernels import CellError, kernel

from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched


def test_a_notebook_is_told_at_its_first_import(monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    with kernel() as running:
        running.run("assert False")  # so it is
        with pytest.raises(CellError, match="Unset PYTHONOPTIMIZE"):
            running.run("from electionlab import Kafka")


def test_the_doctor_says_so():
    told = subprocess.run(
        [sys.executable, "-O", "-m", "electionlab", "doctor"],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=stretched(120),
    )
    assert told.returncode == 1
    assert "→ Unset PYTHONOPTIMIZE" in told.stdout
