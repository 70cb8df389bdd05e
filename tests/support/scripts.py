"""Python in a process of its own, to be killed by a test."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap

import psutil
from gone import end_group

from electionlab.host.folders import PROJECT
from electionlab.host.waiting import wait_until


@contextlib.contextmanager
def script(text, *arguments, environment=None, keep=()):
    """Run a script that prints one line and then goes on until it is killed; gives both.

    It leads a group of its own, which ends with the block, and has no other group's Ctrl+C. `keep`
    are file descriptors that it inherits.
    """
    running = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(text), *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        pass_fds=keep,
    )
    try:
        yield running, running.stdout.readline().strip()
    finally:
        end_group(running)
        running.stdout.close()


def kill(running):
    """Kill -9 and wait for the end."""
    if running.poll() is None:
        running.send_signal(signal.SIGKILL)
    running.wait()


def wait_until_stopped(process):
    """Wait until SIGSTOP has done its work: until then another signal may overtake it."""
    wait_until(
        lambda: process.status() == psutil.STATUS_STOPPED,
        within=5,
        why=lambda: f"{process} is {process.status()}",
    )
