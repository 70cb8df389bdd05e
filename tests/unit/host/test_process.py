"""Processes of ours: started, signalled, stopped, and never left behind."""

import os
import signal
import subprocess
import sys
import threading

import psutil
import pytest
from gone import GONE_WITHIN_S, assert_gone
from scripts import kill, script, wait_until_stopped

from electionlab.errors import LabError
from electionlab.host import guard
from electionlab.host.owners import OWNERS_VARIABLE
from electionlab.host.process import Process, json_lines
from electionlab.host.waiting import stretched, wait_until

DEAF = "trap '' TERM; echo ready; while :; do sleep 1; done"

OWNER = """
import signal, sys
from pathlib import Path
from electionlab.host.owners import OWNERS_VARIABLE
from electionlab.host.process import Process
folder = Path(sys.argv[1])
order = {"name": "child", "log": folder / "log", "remove": [folder / "data"]}
print(Process(sys.argv[2:], **order, grace_s=1).pid, flush=True)
signal.pause()
"""


@pytest.fixture
def run(tmp_path):
    """Starts processes that are stopped at the end of the test."""
    started = []

    def start(*command, **more):
        log = tmp_path / f"{len(started)}.log"
        started.append(Process(command, **{"name": "It", "log": log, **more}))
        return started[-1]

    yield start
    for process in started:
        process.stop(within=1)


@pytest.fixture
def data(tmp_path):
    """A folder with something in it."""
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "file").write_text("x", encoding="utf-8")
    return folder


def wait_for_output(process, text="ready"):
    wait_until(
        lambda: text in process.log.read_text(encoding="utf-8"),
        within=10,
        why=lambda: f"it printed {process.log.read_text(encoding='utf-8')!r}",
    )


# What it runs


def test_both_outputs_go_to_the_log_in_their_order(run):
    process = run("sh", "-c", "echo one; echo two >&2; echo three; echo four >&2")
    assert process.wait(within=10) == 0
    assert process.log.read_text(encoding="utf-8") == "one\ntwo\nthree\nfour\n"


@pytest.mark.parametrize("environment", [None, {"PATH": os.environ["PATH"], "TZ": "Asia/Tokyo"}])
def test_its_clock_is_utc_wherever_it_runs(run, environment, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    process = run("date", "+%Z", environment=environment)
    assert process.wait(within=10) == 0
    assert process.log.read_text(encoding="utf-8") == "UTC\n"


def test_the_log_is_appended_to_and_its_folder_is_made(run, tmp_path):
    log = tmp_path / "new" / "folder" / "log"
    run("echo", "one", log=log).wait(within=10)
    run("echo", "two", log=log).wait(within=10)
    assert log.read_text(encoding="utf-8") == "one\ntwo\n"


def test_the_command_runs_in_its_folder_with_its_environment(run, tmp_path):
    environment = {"PATH": os.environ["PATH"], "GREETING": "hello"}
    process = run("sh", "-c", "pwd; echo $GREETING$HOME", folder=tmp_path, environment=environment)
    process.wait(within=10)
    assert process.log.read_text(encoding="utf-8") == f"{tmp_path.resolve()}\nhello\n"


def test_the_command_reads_nothing_from_the_terminal(run):
    assert run("cat").wait(within=10) == 0


def test_the_commands_own_process_id_is_known(run):
    process = run("sh", "-c", "echo $$")
    process.wait(within=10)
    assert process.log.read_text(encoding="utf-8") == f"{process.pid}\n"


@pytest.mark.parametrize("command", ["no-such-program-here", "/", "/etc/hostname/x"])
def test_a_program_that_cannot_be_run_is_said(run, command, data):
    with pytest.raises(LabError, match="It could not be started: error: ") as caught:
        run(command, remove=[data])
    assert command in str(caught.value)
    assert not data.exists()


def test_a_log_that_cannot_be_written_is_said(run, tmp_path):
    with pytest.raises(LabError, match=r"could not be started: error: .*Is a directory"):
        run("true", log=tmp_path)


# Its end


def test_an_exit_status_is_passed_on(run):
    process = run("sh", "-c", "exit 7")
    assert process.wait(within=10) == 7
    assert (process.status, process.alive) == (7, False)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1])
def test_a_signals_status_is_128_and_its_number(run, number):
    process = run("sleep", "1000")
    assert (process.status, process.alive) == (None, True)
    process.send(number)
    assert process.wait(within=10) == 128 + number


def test_a_process_that_ends_in_vain_is_told_with_its_last_lines(run):
    process = run("sh", "-c", "echo ready; exec sleep 1000")
    wait_for_output(process)
    with pytest.raises(LabError) as caught:
        process.wait(within=0.1)
    assert f"It (process {process.pid}) is still running. From {process.log}:\n    ready" in str(
        caught.value
    )


def test_stopping_asks_politely_first(run):
    process = run(
        "sh", "-c", "trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
    )
    wait_for_output(process)
    process.stop()
    assert process.status == 3
    assert process.log.read_text(encoding="utf-8") == "ready\nasked\n"


def test_a_process_that_ignores_being_asked_is_killed(run):
    process = run("sh", "-c", DEAF)
    wait_for_output(process)
    process.stop(within=0.2)
    assert process.status == 128 + signal.SIGKILL


def test_a_frozen_process_is_killed(run):
    process = run("sleep", "1000")
    process.send(signal.SIGSTOP)
    wait_until_stopped(psutil.Process(process.pid))
    process.stop(within=0.2)
    assert process.status == 128 + signal.SIGKILL


def test_stopping_twice_is_fine(run):
    process = run("sleep", "1000")
    process.stop()
    process.stop()
    assert process.status == 128 + signal.SIGTERM


def test_what_the_command_started_ends_with_it(run):
    process = run("sh", "-c", "sleep 1000 & echo child $!; wait")
    wait_for_output(process, "child")
    child = psutil.Process(int(process.log.read_text(encoding="utf-8").split()[1]))
    process.stop()
    assert_gone([child], [])


def test_a_signal_to_a_process_that_has_ended_is_refused(run):
    process = run("sh", "-c", "exit 4")
    process.wait(within=10)
    with pytest.raises(LabError) as caught:
        process.send(signal.SIGINT)
    told = str(caught.value)
    assert told == (
        f"It (process {process.pid}) has already ended, with status 4: SIGINT was not sent."
    )


# The command's id is gone while the guard still removes folders.
def test_a_signal_while_folders_are_being_removed_is_refused_too(run, data):
    for number in range(1000):
        (data / str(number)).touch()
    process = run("sleep", "0.1", remove=[data])
    with pytest.raises(LabError):
        while True:
            process.send(signal.SIGCONT)


def test_folders_are_gone_when_the_command_has_ended(run, data):
    process = run("sh", "-c", "test -f data/deep/file", folder=data.parent, remove=[data])
    assert process.wait(within=10) == 0
    assert not data.exists()


def test_ctrl_c_in_the_terminal_does_not_reach_the_command(run):
    process = run("sleep", "1000")
    assert os.getpgid(process.pid) != os.getpgid(0)
    assert os.getsid(process.pid) != os.getsid(0)


# Its owners


def test_when_the_owner_is_killed_the_command_and_its_folder_go(data):
    with script(OWNER, data.parent, "sleep", "1000") as (owner, told):
        child = psutil.Process(int(told))
        watched = [child, child.parent()]
        assert data.exists()
        kill(owner)
        assert_gone(watched, [])
        assert not data.exists()


def test_when_the_owner_is_killed_a_command_that_ignores_being_asked_goes_too(data):
    with script(OWNER, data.parent, "sh", "-c", DEAF) as (owner, told):
        child = psutil.Process(int(told))
        kill(owner)
        assert_gone([child], [])


def test_when_the_owner_is_killed_the_command_is_asked_politely_first(data):
    polite = "trap 'echo asked; exit' TERM; echo ready; while :; do sleep 0.05; done"
    with script(OWNER, data.parent, "sh", "-c", polite) as (owner, told):
        child, log = psutil.Process(int(told)), data.parent / "log"
        wait_until(lambda: "ready" in log.read_text(encoding="utf-8"), within=10, why=log.read_text)
        kill(owner)
        assert_gone([child], [])
        assert log.read_text(encoding="utf-8") == "ready\nasked\n"


def test_when_the_owner_ends_without_stopping_anything_the_command_goes(data):
    ends = OWNER.replace("signal.pause()", "sys.stdin.close()")
    with script(ends, data.parent, "sleep", "1000") as (owner, told):
        child = int(told)
        assert owner.wait(timeout=stretched(10)) == 0
        wait_until(
            lambda: not guard.alive(child) and not data.exists(),
            within=GONE_WITHIN_S,
            why=lambda: f"process {child}, {data}",
        )


def test_when_an_outer_owner_is_killed_the_command_and_its_folder_go(data):
    outer = subprocess.Popen(["sleep", "1000"])
    try:
        environment = {OWNERS_VARIABLE: str(outer.pid)}
        arguments = (data.parent, "sleep", "1000")
        with script(OWNER, *arguments, environment=environment) as (owner, told):
            child = psutil.Process(int(told))
            watched = [child, child.parent()]
            kill(outer)
            assert_gone(watched, [])
            assert not data.exists()
            assert owner.poll() is None
    finally:
        kill(outer)


def test_an_outer_owner_that_was_killed_and_not_waited_for_counts_as_gone(data):
    outer = subprocess.Popen(["sleep", "1000"])
    try:
        environment = {OWNERS_VARIABLE: str(outer.pid)}
        arguments = (data.parent, "sleep", "1000")
        with script(OWNER, *arguments, environment=environment) as (_, told):
            child = psutil.Process(int(told))
            outer.send_signal(signal.SIGKILL)
            assert_gone([child], [])
    finally:
        kill(outer)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_when_the_guard_itself_is_killed_the_command_goes(run):
    process = run("sleep", "1000")
    child = psutil.Process(process.pid)
    child.parent().kill()
    assert_gone([child], [])
    assert process.wait(within=5) != 0


def test_while_the_owners_live_the_command_runs(run, monkeypatch):
    monkeypatch.setenv(OWNERS_VARIABLE, str(os.getppid()))
    process = run("sh", "-c", f"sleep {5 * guard.POLL_S}; exit 9")
    assert process.wait(within=10) == 9


def test_nothing_is_started_for_an_owner_that_has_gone(run, monkeypatch):
    gone = subprocess.Popen(["true"])
    gone.wait()
    monkeypatch.setenv(OWNERS_VARIABLE, str(gone.pid))
    with pytest.raises(LabError, match=f"process {gone.pid}, which this one works for"):
        run("sleep", "1000")


@pytest.mark.parametrize("is_told", [True, False])
def test_a_guard_ends_its_command_whether_it_is_told_of_the_owners_end_or_looks(
    monkeypatch, is_told
):
    if not is_told:  # as on macOS
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    asked, teller = os.pipe()
    outer, child = (subprocess.Popen(["sleep", "1000"]) for _ in range(2))
    owners = [os.getppid(), outer.pid]
    watching = threading.Thread(target=guard.watch, args=(owners, asked, child, 2.0), daemon=True)
    try:
        watching.start()
        watching.join(3 * guard.POLL_S)
        assert child.poll() is None
        kill(outer)
        watching.join(GONE_WITHIN_S)
        assert child.poll() == -signal.SIGTERM
    finally:
        kill(outer)
        kill(child)
        os.close(asked)
        os.close(teller)


def test_this_process_is_alive_and_one_that_was_waited_for_is_not():
    assert guard.alive(os.getpid())
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert not guard.alive(gone.pid)


def test_only_whole_lines_of_json_are_read(tmp_path):
    log = tmp_path / "a.log"
    log.write_text('{"a": 1}\nConnection dropped\n{"b": \n{"c": 3}\n{"d": 4}', encoding="utf-8")
    assert json_lines(log) == [{"a": 1}, {"c": 3}]
