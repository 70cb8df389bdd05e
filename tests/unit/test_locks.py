"""One walkthrough at a time: the lock names its holder, counts, and ends with its last heir."""

import json
import os

import psutil
import pytest
from scripts import kill, script, wait_until_stopped

from electionlab import locks
from electionlab.errors import LabError
from electionlab.locks import BUILD_VARIABLE, WalkthroughLock
from electionlab.processes import Process

HOLD = """
import signal, sys
from pathlib import Path
from electionlab.locks import WalkthroughLock
lock = WalkthroughLock(Path(sys.argv[1]))
lock.acquire(within=10)
print("held", flush=True)
signal.pause()
"""

HOLD_WITH_HEIR = """
import signal, sys
from pathlib import Path
from electionlab.locks import WalkthroughLock
from electionlab.processes import Process
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
    assert f"run by process {holder.pid} (" in str(caught.value)
    assert "has ended" not in str(caught.value)
    assert f"being run by process {holder.pid}" in capsys.readouterr().err


def test_another_page_of_the_same_build_is_waited_for_without_a_word(
    path, make_lock, monkeypatch, capsys
):
    monkeypatch.setenv(BUILD_VARIABLE, "4711")
    with script(HOLD, path) as (holder, _):
        monkeypatch.setattr(locks, "SAME_BUILD_WAIT_S", 0.5)
        with pytest.raises(LabError, match=r"Waited 0\.5 s in vain"):
            make_lock().acquire(within=0.1)
        with pytest.raises(LabError, match=r"Waited 0 s in vain"):
            make_lock().acquire(within=0)
        assert capsys.readouterr().err == ""
        monkeypatch.setenv(BUILD_VARIABLE, "4712")
        with pytest.raises(LabError, match=r"Waited 0\.1 s in vain"):
            make_lock().acquire(within=0.1)
    assert f"being run by process {holder.pid}" in capsys.readouterr().err


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
    told = json.loads(path.read_text())
    assert told["pid"] == os.getpid()
    assert lock.holder() == f"process {os.getpid()} ({told['command']}), since {told['since']}"


def test_a_new_holder_leaves_nothing_of_the_last_ones_words(make_lock, path):
    path.write_text("x" * 5000)
    make_lock().acquire(within=0)
    assert json.loads(path.read_text())["pid"] == os.getpid()


@pytest.mark.parametrize("text", ["", "nonsense", "{}"])
def test_a_holder_that_cannot_be_read_is_another_process(path, text):
    path.write_text(text)
    assert WalkthroughLock(path).holder() == "another process"
