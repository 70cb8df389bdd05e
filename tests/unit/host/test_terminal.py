"""Our commands on terminals and machines with other encodings than UTF-8."""

import os
import subprocess
import sys

import pytest

from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched

PLACES = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "euc-jp"},
    {"PYTHONIOENCODING": "utf-8"},
    {"LC_ALL": "C", "PYTHONUTF8": "0"},
]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_the_doctor_speaks_on_any_terminal(place):
    told = subprocess.run(
        [sys.executable, "-m", "electionlab", "doctor"],
        cwd=PROJECT,
        env={**os.environ, **place},
        check=False,
        capture_output=True,
        timeout=stretched(120),
    )
    assert b"Traceback" not in told.stderr
    sign = "✓" if place == {"PYTHONIOENCODING": "utf-8"} else "+"
    lines = told.stdout.decode(place.get("PYTHONIOENCODING", "ascii")).splitlines()
    assert [line for line in lines if line.startswith(f"{sign} Python ")]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_process_is_run_whatever_the_encoding_and_its_folder(place, tmp_path):
    folder = tmp_path / "ein schöner 日 Ort"
    folder.mkdir()
    program = (
        "import sys; from pathlib import Path; from electionlab.host.process import Process\n"
        "here = Path.cwd(); process = Process(['pwd'], name='it', log=here / 'log', folder=here)\n"
        "process.wait(within=20)"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, **place, "PYTHONPATH": str(PROJECT)},
        check=True,
        timeout=stretched(60),
    )
    assert (folder / "log").read_text(encoding="utf-8").strip() == str(folder)
