"""Python in a process of its own, to be killed by a test."""

import contextlib
import os
import signal
import subprocess
import sys

import psutil

from electionlab.places import PROJECT
from electionlab.waiting import wait_until

GONE_WITHIN_S = 5


@contextlib.contextmanager
def script(text, *arguments, environment=None, keep=()):
    """Run a script that prints one line and then goes on until it is killed; gives both.

    It leads a group of its own, and has no other group's Ctrl+C. `keep` are file descriptors that
    it inherits.
    """
    running = subprocess.Popen(
        [sys.executable, "-c", text, *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=keep,
    )
    try:
        yield running, running.stdout.readline().strip()
    finally:
        kill(running)
        running.stdout.close()


def kill(running):
    """Kill -9 and wait for the end."""
    if running.poll() is None:
        running.send_signal(signal.SIGKILL)
    running.wait()


def seen(pid):
    """A process that runs now; it is told apart from a later one that has the same id."""
    return psutil.Process(pid)


def runs(process):
    """Whether it still runs. One that has ended and waits to be asked for its status does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(*processes):
    wait_until(
        lambda: not any(map(runs, processes)),
        within=GONE_WITHIN_S,
        why=lambda: f"still there: {[process for process in processes if runs(process)]}",
    )


def wait_until_stopped(process):
    """Wait until SIGSTOP has done its work: until then another signal may overtake it."""
    wait_until(
        lambda: process.status() == psutil.STATUS_STOPPED,
        within=5,
        why=lambda: f"{process} is {process.status()}",
    )
