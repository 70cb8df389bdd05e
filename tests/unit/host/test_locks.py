"""One walkthrough at a time: the lock names its holder, counts, and ends with its last heir."""

import json
import os
import re
import subprocess
import sys
import threading

import psutil
import pytest
from scripts import kill, script, wait_until_stopped

from electionlab.errors import LabError
from electionlab.host import locks
from electionlab.host.folders import PROJECT
from electionlab.host.lock import Lock
from electionlab.host.locks import WalkthroughLock
from electionlab.host.owners import BUILD_VARIABLE, OWNERS_VARIABLE
from electionlab.host.process import Process

HOLD = """
import signal, sys
from pathlib import Path
from electionlab.host.locks import WalkthroughLock
lock = WalkthroughLock(Path(sys.argv[1]))
lock.acquire(within=10)
print("held", flush=True)
signal.pause()
"""

HOLD_WITH_HEIR = """
import signal, sys
from pathlib import Path
from electionlab.host.locks import WalkthroughLock
from electionlab.host.process import Process
lock = WalkthroughLock(Path(sys.argv[1]))
lock.acquire(within=10)
log = Path(sys.argv[1]).with_suffix(".log")
heir = Process(["sleep", "1000"], name="heir", log=log, keep=lock.descriptors)
print(heir.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "walkthrough.lock"


@pytest.fixture
def make_lock(path):
    made = []

    def make():
        made.append(WalkthroughLock(path))
        return made[-1]

    yield make
    for lock in made:
        while lock.descriptors:
            lock.release()


def is_free(path):
    lock = WalkthroughLock(path)
    try:
        lock.acquire(within=0)
    except LabError:
        return False
    lock.release()
    return True


def test_a_free_lock_is_taken_and_held_until_it_is_released(make_lock, path):
    lock = make_lock()
    assert lock.descriptors == []
    lock.acquire(within=0)
    assert len(lock.descriptors) == 1
    assert not is_free(path)
    lock.release()
    assert lock.descriptors == []
    assert is_free(path)


def test_the_lock_is_free_after_as_many_releases_as_it_was_acquired(make_lock, path):
    lock = make_lock()
    for _ in range(3):
        lock.acquire(within=0)
    lock.release()
    lock.release()
    assert not is_free(path)
    lock.release()
    assert is_free(path)


def test_a_release_too_many_is_forgiven(make_lock, path):
    lock = make_lock()
    lock.release()
    lock.acquire(within=0)
    assert not is_free(path)
    lock.release()
    assert is_free(path)


def test_who_waits_in_vain_is_told_the_holders_process(path, make_lock, capsys):
    with script(HOLD, path) as (holder, told):
        assert told == "held"
        with pytest.raises(LabError) as caught:
            make_lock().acquire(within=0.1)
    assert f"the walkthrough is still being run by process {holder.pid} (" in str(caught.value)
    assert "has ended" not in str(caught.value)
    assert f"s at most: process {holder.pid}" in capsys.readouterr().err


def test_another_page_of_the_same_build_is_waited_for_without_a_word(
    path, make_lock, monkeypatch, capsys
):
    monkeypatch.setenv(BUILD_VARIABLE, "4711")
    with script(HOLD, path) as (holder, _):
        monkeypatch.setattr(locks, "BUILD_WAIT_S", 0.5)
        with pytest.raises(LabError, match=r"Waited 0\.5 s in vain"):
            make_lock().acquire(within=0.1)
        with pytest.raises(LabError, match=r"Waited 0 s in vain"):
            make_lock().acquire(within=0)
        assert capsys.readouterr().err == ""
        monkeypatch.setenv(BUILD_VARIABLE, "4712")
        with pytest.raises(LabError, match=r"Waited 0\.5 s in vain"):
            make_lock().acquire(within=0.1)
    assert f"s at most: process {holder.pid}" in capsys.readouterr().err


IN_TURN = """
import os, sys
from pathlib import Path
from electionlab.host import lock as module
module.SAY_EVERY_S = 0.3
lock = module.Lock(Path(sys.argv[1]), "the other")
lock.acquire_in_turn()
print("held", flush=True)
"""


def test_who_waits_in_turn_says_for_whom_and_again_until_it_has_the_lock(path):
    with script(HOLD, path) as (holder, _):
        waiting = subprocess.Popen(
            [sys.executable, "-c", IN_TURN, path],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with waiting:
            words = rf"process {holder.pid} \(.*, since \d\d:\d\d:\d\d\.\n"
            for _ in range(2):
                told = waiting.stderr.readline()
                assert re.fullmatch(rf"Waiting for the other to end: {words}", told)
            kill(holder)
            assert waiting.stdout.readline() == "held\n"


def test_who_waits_in_turn_for_a_make_that_was_killed_waits_no_longer(path):
    with script(HOLD, path), script("print(0)\nimport signal\nsignal.pause()") as (make, _):
        waiting = subprocess.Popen(
            [sys.executable, "-c", IN_TURN, path],
            cwd=PROJECT,
            env={**os.environ, OWNERS_VARIABLE: str(make.pid)},
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with waiting:
            assert "Waiting for the other" in waiting.stderr.readline()
            kill(make)
            assert "Nothing more is started" in waiting.stderr.read()


def test_pages_of_one_build_follow_one_another_in_turn_without_a_word(
    path, make_lock, monkeypatch, capsys
):
    monkeypatch.setenv(BUILD_VARIABLE, "4711")
    with script(HOLD, path) as (holder, _):
        end = threading.Timer(0.5, kill, [holder])
        end.start()
        make_lock().acquire_in_turn()
        end.join()
    assert capsys.readouterr().err == ""


def test_a_lock_whose_folder_cannot_be_written_is_refused_by_its_path(tmp_path):
    (tmp_path / "file").touch()
    lock = Lock(tmp_path / "file" / "build.lock", "a test")
    with pytest.raises(LabError, match=r"The lock .*build\.lock cannot be opened: "):
        lock.acquire_in_turn()


def test_a_lock_that_was_not_got_is_not_held(path, make_lock):
    lock = make_lock()
    with script(HOLD, path):
        with pytest.raises(LabError):
            lock.acquire(within=0.1)
        assert lock.descriptors == []
    lock.acquire(within=5)
    assert len(lock.descriptors) == 1


def test_the_wait_is_as_long_as_the_environment_says(path, make_lock, monkeypatch):
    monkeypatch.setenv("ELECTIONLAB_LOCK_WAIT_S", "0.15")
    make_lock().acquire(within=0)
    with pytest.raises(LabError, match=r"Waited 0\.15 s in vain"):
        make_lock().acquire()


def test_a_killed_holder_frees_the_lock(path, make_lock):
    with script(HOLD, path) as (holder, _):
        assert not is_free(path)
        kill(holder)
        make_lock().acquire(within=1)


def test_a_killed_holders_heirs_hold_the_lock_until_they_are_gone(path, make_lock):
    lock = make_lock()
    with script(HOLD_WITH_HEIR, path) as (holder, told):
        guard = psutil.Process(int(told)).parent()
        guard.suspend()  # so that it cannot end what it guards yet
        try:
            wait_until_stopped(guard)
            kill(holder)
            with pytest.raises(LabError) as caught:
                lock.acquire(within=0)
        finally:
            guard.resume()
        assert f"process {holder.pid} (" in str(caught.value)
        assert "that process has ended" in str(caught.value)
        lock.acquire(within=10)


def test_a_process_keeps_the_lock_that_its_starter_gave_back(path, make_lock, tmp_path):
    lock = make_lock()
    lock.acquire(within=0)
    heir = Process(["sleep", "1000"], name="heir", log=tmp_path / "heir.log", keep=lock.descriptors)
    lock.release()
    assert not is_free(path)
    heir.stop()
    assert is_free(path)


def test_the_holder_is_told_by_id_command_and_time(make_lock, path):
    lock = make_lock()
    lock.acquire(within=0)
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["pid"] == os.getpid()
    assert told["command"].startswith(" ".join(sys.orig_argv[1:3])[:60])
    assert re.fullmatch(r"\d\d:\d\d:\d\d", told["since"])
    other = {**told, "command": "make lab", "since": "09:30:00"}
    path.write_text(json.dumps(other), encoding="utf-8")
    assert lock.holder() == f"process {os.getpid()} (make lab), since 09:30:00"


def test_a_new_holder_leaves_nothing_of_the_last_ones_words(make_lock, path):
    path.write_text("x" * 5000, encoding="utf-8")
    make_lock().acquire(within=0)
    assert json.loads(path.read_text(encoding="utf-8"))["pid"] == os.getpid()


@pytest.mark.parametrize("text", ["", "nonsense", "{}"])
def test_a_holder_that_cannot_be_read_is_another_process(path, text):
    path.write_text(text, encoding="utf-8")
    assert WalkthroughLock(path).holder() == "another process"
