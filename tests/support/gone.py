"""Finding what a run has started, and waiting until all of it is gone.

A process is a psutil.Process, which tells it apart from a later one that has the same id. It has to
be made while the process still runs.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path

import psutil

from electionlab.host import ports
from electionlab.host.waiting import wait_until

PORTS = (9092, 9093, 6066, 6067, 6068)
GONE_WITHIN_S = 30
"""What is to go is gone within moments, and takes its time on a busy machine. What is left after so
many seconds was left for good."""


def listening(numbers: Iterable[int] = PORTS) -> dict[int, int]:
    """The process ids that listen on these ports, by port."""
    wanted = set(numbers)
    return {
        found.laddr.port: found.pid
        for found in psutil.net_connections(kind="tcp")
        if found.status == psutil.CONN_LISTEN and found.laddr.port in wanted and found.pid
    }


def with_guards(pids: Iterable[int]) -> set[psutil.Process]:
    """The processes that have these ids now, and the guard of each."""
    served = {psutil.Process(pid) for pid in pids}
    return served | {psutil.Process(process.ppid()) for process in served}


def addresses(process: psutil.Process) -> dict[int, set[str]]:
    """Where a process and all that it started listen: the addresses, by TCP port."""
    found: dict[int, set[str]] = {}
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            for connection in one.net_connections(kind="tcp"):
                if connection.status == psutil.CONN_LISTEN:
                    # Java writes an IPv4 address on an IPv6 socket like this.
                    address = connection.laddr.ip.removeprefix("::ffff:")
                    found.setdefault(connection.laddr.port, set()).add(address)
    return found


def assert_on_loopback(process: psutil.Process, numbers: Iterable[int]) -> None:
    """A process and all that it started listen on these ports, and nowhere but on loopback."""
    found = addresses(process)
    assert set(numbers) <= set(found), found
    assert set().union(*found.values()) <= {"127.0.0.1", "::1"}, found


def wait_for_ports(
    numbers: Iterable[int], within: float, owner: subprocess.Popen | None = None
) -> set[psutil.Process]:
    """Wait until all these ports are served; return the processes and their guards."""
    numbers = list(numbers)

    def served() -> dict[int, int] | None:
        if owner is not None and owner.poll() is not None:
            raise AssertionError(f"the owner ended with status {owner.returncode}")
        found = listening(numbers)
        return found if len(found) == len(numbers) else None

    found = wait_until(served, within=within, why=lambda: f"{numbers} wanted, {listening()} found")
    return with_guards(found.values())


def runs(process: psutil.Process) -> bool:
    """Whether it still runs. One that has ended and waits to be asked for its status does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def assert_gone(processes: Iterable[psutil.Process], numbers: Iterable[int] = PORTS) -> None:
    """Before long none of the processes runs and none of the ports (the playbook's) is taken."""
    processes, numbers = set(processes), list(numbers)

    def all_gone() -> bool:
        return not any(map(runs, processes)) and not any(map(ports.is_taken, numbers))

    wait_until(
        all_gone,
        within=GONE_WITHIN_S,
        why=lambda: f"left: {list(filter(runs, processes))}, ports {listening(numbers)}",
    )


def end_group(process: subprocess.Popen) -> None:
    """End a test's own process and its group, whatever state the test left it in."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def held_by_us() -> tuple[set[threading.Thread], set[tuple[int, str]]]:
    """The threads of this process, and its open files with what they are."""
    files = set()
    for number in os.listdir("/dev/fd"):  # noqa: PTH208
        with contextlib.suppress(OSError):  # the folder's own
            files.add((int(number), str(Path(f"/dev/fd/{number}").readlink())))
    return set(threading.enumerate()), files


def assert_nothing_more_held(before: tuple[set[threading.Thread], set[tuple[int, str]]]) -> None:
    """Before long this process has no thread and no open file that it had not before. What another
    test left may go meanwhile, so they are not counted."""

    def more() -> tuple[set[threading.Thread], set[tuple[int, str]]]:
        gc.collect()
        threads, files = held_by_us()
        return threads - before[0], files - before[1]

    wait_until(lambda: not any(more()), within=GONE_WITHIN_S, why=lambda: f"left: {more()}")
