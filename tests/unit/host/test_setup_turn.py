"""Two that set up one .venv: the second waits for the first."""

import subprocess
import sys

from electionlab.host import setup_turn
from electionlab.host.waiting import stretched

SCRIPT = [sys.executable, "-IS", setup_turn.__file__]


def start(*command):
    return subprocess.Popen(
        [*SCRIPT, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def finish(process):
    out, errors = process.communicate(timeout=stretched(30))
    assert process.returncode == 0, errors
    return out, errors


def test_the_second_says_who_is_first_and_waits(tmp_path):
    lock, steps = tmp_path / "folder" / "lock", tmp_path / "steps"
    first = start(lock, "sh", "-c", f"echo begun; read go; echo first >> '{steps}'")
    assert first.stdout.readline() == "begun\n"
    second = start(lock, "sh", "-c", f"echo second >> '{steps}'")
    assert f"Waiting for process {first.pid} (since " in second.stderr.readline()
    assert not steps.exists()
    finish(first)  # which ends its input: it goes on
    finish(second)
    assert steps.read_text(encoding="utf-8") == "first\nsecond\n"


def test_a_first_one_that_is_killed_is_not_waited_for(tmp_path):
    lock = tmp_path / "lock"
    first = start(lock, "sh", "-c", "echo begun; exec sleep 1000")
    assert first.stdout.readline() == "begun\n"
    first.kill()
    first.wait()
    assert finish(start(lock, "echo", "done")) == ("done\n", "")


def test_a_lock_that_cannot_be_made_is_said_in_a_line(tmp_path):
    place = tmp_path / "file" / "lock"
    place.parent.write_text("no folder", encoding="utf-8")
    made = start(place, "true")
    _, errors = made.communicate(timeout=stretched(30))
    assert made.returncode == 1
    assert errors == f"{place.parent}: File exists\n"
