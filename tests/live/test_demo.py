"""`make demo` to its end, interrupted in a terminal, and where it cannot run."""

import contextlib
import os
import pty
import re
import signal
import socket
import subprocess
import sys

import pytest
from gone import assert_gone, end_group, wait_for_ports

from electionlab.host.folders import PROJECT
from electionlab.host.locks import walkthrough
from electionlab.host.waiting import stretched, wait_until
from electionlab.lab.demo import CLAIMS

pytestmark = pytest.mark.live
COMMAND = [sys.executable, "-m", "electionlab", "demo"]
LINE = re.compile(r"^(606[678]) +(.*)$", re.MULTILINE)


def demo(**environment):
    return subprocess.run(
        COMMAND,
        cwd=PROJECT,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=stretched(300),
    )


def test_it_walks_through_the_playbook_and_judges():
    told = demo()
    assert told.returncode == 0, told.stderr
    assert "\033" not in told.stdout
    assert {name for name, _ in LINE.findall(told.stdout)} == {"6066", "6067", "6068"}
    before, announced, after = told.stdout.partition("== Ctrl+C on ")
    first = after[:4]
    assert announced
    assert {name for name, said in LINE.findall(before) if "PUBLISHING" in said} == {first}
    meanwhile, _, last = after.partition(f" leads now. {first} is started again")
    heir = meanwhile[-4:]
    assert {name for name, said in LINE.findall(meanwhile) if "PUBLISHING" in said} == {heir}
    assert re.search(rf"^{first} +[\d.]+ s [\d:.]+ Ctrl\+C$", meanwhile, re.MULTILINE)
    assert f"== {heir} leads at the end" in last
    verdicts = re.findall(r"^[✓✗?] (held|broken|unknown): ", last, re.MULTILINE)
    assert len(verdicts) == len(CLAIMS)
    assert_gone([])


def test_ctrl_c_in_the_midst_of_it_ends_all():
    terminal, end = pty.openpty()
    running = subprocess.Popen(COMMAND, cwd=PROJECT, stdout=end, stderr=end, start_new_session=True)
    os.close(end)
    said = b""

    def workers_talk():
        nonlocal said
        said += os.read(terminal, 100_000)
        return b"Worker ready" in said

    try:
        wait_until(workers_talk, within=90, why=said.decode)
        started = wait_for_ports([9092, 9093, 6066], within=30, owner=running)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal sends it
        with contextlib.suppress(OSError):  # so Linux says that nobody has the terminal any more
            while more := os.read(terminal, 100_000):
                said += more
        assert running.wait(stretched(30)) == 130
    finally:
        end_group(running)
        os.close(terminal)
    assert b"== Stopping the workers and Kafka." in said
    assert b"\033[36m6066 " in said
    assert b"Traceback" not in said
    assert_gone(started)


def test_a_taken_port_and_another_walk_are_named_with_who_has_them():
    with socket.create_server(("127.0.0.1", 9092)):
        told = demo()
    assert told.returncode == 1
    assert re.search(rf"Port 9092 is taken by \S+ \(process {os.getpid()}:", told.stderr)
    walkthrough.acquire()
    try:
        told = demo(ELECTIONLAB_LOCK_WAIT_S="1")
    finally:
        walkthrough.release()
    assert told.returncode == 1
    assert f"the walkthrough is still being run by process {os.getpid()}" in told.stderr
    assert_gone([])
