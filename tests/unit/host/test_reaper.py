"""What stands between make and a command: it ends last, and leaves nothing."""

import os
import shlex
import shutil
import signal
import subprocess
import sys

import psutil
import pytest
from gone import assert_gone, end_group

from electionlab.host import reaper
from electionlab.host.waiting import stretched, wait_until

REAPER = [sys.executable, "-IS", reaper.__file__]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt")
# What it leaves ends a moment after it, as what a guard watches does.
LEAVES = "(setsid sh -c 'sleep 1; echo left ended') & echo ready; exec sleep 1000"
LEAVES_FOR_EVER = "(setsid sleep 1000) & exec sleep 1000"
MAKEFILE = f"""
all:
\t@exec {shlex.join(REAPER)} sh -c "{LEAVES}"
"""


def start(*command, **more):
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True, **more
    )


def descendants(process, count):
    """Its descendants, as soon as there are so many."""
    found = []

    def enough():
        found[:] = psutil.Process(process.pid).children(recursive=True)
        return len(found) >= count

    wait_until(enough, within=10, why=lambda: f"{found}")
    return found


@pytest.mark.parametrize(("command", "status"), [("exit 7", 7), ("kill -9 $$", 137), ("true", 0)])
def test_a_commands_status_is_passed_on(command, status):
    assert subprocess.run([*REAPER, "sh", "-c", command], check=False).returncode == status


def test_a_command_that_cannot_be_run_is_said():
    told = subprocess.run(
        [*REAPER, "no-such-program"], check=False, capture_output=True, encoding="utf-8"
    )
    assert told.returncode == 1
    assert told.stderr == "no-such-program could not be started: No such file or directory.\n"


@LINUX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_passed_on_and_what_is_left_is_waited_for(number):
    running = start(*REAPER, "sh", "-c", LEAVES)
    try:
        assert running.stdout.readline() == "ready\n"
        below = descendants(running, 2)
        running.send_signal(number)
        assert running.wait(timeout=stretched(20)) == 128 + number
        assert running.stdout.read() == "left ended\n"
        assert_gone(below, [])
    finally:
        end_group(running)
        running.stdout.close()


@LINUX
def test_what_does_not_end_is_killed():
    patched = "import sys, reaper; reaper.LEFT_WITHIN_S = 0.2; sys.exit(reaper.main(sys.argv[1:]))"
    folder = os.path.dirname(reaper.__file__)  # noqa: PTH120, a string for the environment
    running = start(
        *[sys.executable, "-S", "-c", patched, "sh", "-c", LEAVES_FOR_EVER],
        cwd=folder,
    )
    try:
        below = descendants(running, 2)
        running.terminate()
        assert running.wait(timeout=stretched(20)) == 128 + signal.SIGTERM
        assert_gone(below, [])
    finally:
        end_group(running)
        running.stdout.close()


@LINUX
def test_when_it_is_killed_the_command_ends():
    running = start(*REAPER, "sleep", "1000")
    try:
        below = descendants(running, 1)
        running.kill()
        running.wait()
        assert_gone(below, [])
    finally:
        end_group(running)
        running.stdout.close()


@LINUX
def test_what_is_left_and_dies_while_the_command_runs_does_not_stay_as_a_zombie():
    # The shell between them ends at once, so its child becomes the reaper's.
    running = start(*REAPER, "sh", "-c", "(sleep 0.5 & echo $!); exec sleep 1000")
    try:
        orphan = int(running.stdout.readline())
        wait_until(
            lambda: not psutil.pid_exists(orphan), within=20, why=lambda: f"{orphan} is left"
        )
        assert running.poll() is None
    finally:
        end_group(running)
        running.stdout.close()


def test_the_command_is_told_for_whom_it_works():
    told = subprocess.run(
        [*REAPER, "sh", "-c", "echo $ELECTIONLAB_OWNERS $PPID"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    owners, parent = told.stdout.split()
    assert owners == f"{os.getpid()},{parent}"


@LINUX
def test_make_as_the_first_process_ends_after_all_that_it_began(tmp_path):
    """GNU make does not end by SIGTERM there, and loops for ever once it has adopted somebody."""
    (tmp_path / "Makefile").write_text(MAKEFILE, encoding="utf-8")
    first = ["unshare", "--pid", "--fork", "--kill-child"]
    may = shutil.which("unshare") and not subprocess.run([*first, "true"], check=False).returncode
    # Where we may not, make's child alone is told, as make would do there.
    running = start(*(first if may else []), "make", cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        assert running.stdout.readline() == "ready\n"
        below = descendants(running, 4 if may else 3)
        (told,) = psutil.Process(running.pid).children()
        told.terminate()
        running.wait(timeout=stretched(20))
        assert running.stdout.read() == "left ended\n"
        assert_gone(below, [])
    finally:
        end_group(running)
        running.stdout.close()
