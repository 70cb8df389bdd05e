"""Finding what a run has started, and waiting until all of it is gone."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterable

import psutil

from electionlab import ports
from electionlab.waiting import wait_until

PORTS = (9092, 9093, 6066, 6067, 6068)
GONE_WITHIN_S = 5


def listening(numbers: Iterable[int] = PORTS) -> dict[int, int]:
    """The process ids that listen on these ports, by port."""
    wanted = set(numbers)
    return {
        found.laddr.port: found.pid
        for found in psutil.net_connections(kind="tcp")
        if found.status == psutil.CONN_LISTEN and found.laddr.port in wanted and found.pid
    }


def wait_for_ports(
    numbers: Iterable[int], within: float, owner: subprocess.Popen | None = None
) -> set[int]:
    """Wait until all these ports are served; return the processes' ids and their guards'."""
    numbers = list(numbers)

    def served() -> dict[int, int] | None:
        if owner is not None and owner.poll() is not None:
            raise AssertionError(f"the owner ended with status {owner.returncode}")
        found = listening(numbers)
        return found if len(found) == len(numbers) else None

    found = wait_until(served, within=within, why=lambda: f"{numbers} wanted, {listening()} found")
    pids = set(found.values())
    return pids | {psutil.Process(pid).ppid() for pid in pids}


def assert_gone(pids: Iterable[int], numbers: Iterable[int] = PORTS) -> None:
    """Within 5 s none of the processes lives and none of the ports (the playbook's) is taken."""
    pids, numbers = set(pids), list(numbers)

    def all_gone() -> bool:
        return not any(is_running(pid) for pid in pids) and not any(map(ports.is_taken, numbers))

    wait_until(
        all_gone,
        within=GONE_WITHIN_S,
        why=lambda: f"left: {[pid for pid in pids if is_running(pid)]}, ports {listening(numbers)}",
    )


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_group(process: subprocess.Popen) -> None:
    """End a test's own process and its group, whatever state the test left it in."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
