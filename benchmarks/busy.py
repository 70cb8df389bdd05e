"""Builds all pages from nothing on a machine that is kept busy, or that sleeps meanwhile.

`python benchmarks/busy.py [--builds 3] [--counters 4] [--sleep 70] [--keep FOLDER]`. A busy machine
has to make a build slower, and not red: so each build runs beside processes that only count. With
`--sleep` all processes of a build are stopped in its midst for so many seconds, as by a laptop that
is closed. With `--keep` the pages of each build stay, to be read: does one contradict what
happened?

Everything that is started here ends with this process, however that one ends.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import psutil

from electionlab.host import load
from electionlab.host.excerpt import excerpt
from electionlab.host.folders import PROJECT, new_log
from electionlab.host.process import Process

LEFT_OUT = shutil.ignore_patterns(".*", "_build", "__pycache__", "tests", "benchmarks")
# Counted in the same way on each machine: a build takes so long, and longer, on a busy one.
SLEEPS_AFTER_S = 120.0
GIVES_UP_AFTER_S = 3600.0
WAKE = """
wake() { kill -CONT "$@" 2>/dev/null; exit; }
trap 'wake "$@"' TERM
sleep "$SECONDS_TO_SLEEP" &
wait
wake "$@"
"""


def copy(target: Path) -> Path:
    """A copy of the workbook without anything that was built."""
    shutil.copytree(PROJECT, target, ignore=LEFT_OUT)
    return target


def start_build(root: Path) -> Process:
    """`make html` in a copy, with each page executed."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", ".", "_build/html"]
    return Process(
        command,
        name="The build",
        log=new_log("build"),
        folder=root,
        environment={**os.environ, "PYTHONPATH": str(root), "CI": "true"},
    )


def is_stopped(process: psutil.Process) -> bool:
    """Whether it stands still, or has ended just now."""
    try:
        return process.status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return True


def stop_all(first: psutil.Process) -> list[int]:
    """Stop a process and all below it; parents first, so that none can start another. A worker
    that a page has frozen is left out: a machine that wakes does not thaw it either."""
    stopped: list[int] = []
    while new := [
        process.pid
        for process in [first, *first.children(recursive=True)]
        if process.pid not in stopped and not is_stopped(process)
    ]:
        for pid in new:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        stopped += new
    return stopped


def sleep_for(seconds: float, build: Process) -> None:
    """Stop all of a build for so long. Another process wakes it, also if this one ends before."""
    stopped = stop_all(psutil.Process(build.pid))
    waker = Process(
        ["sh", "-c", WAKE, "waker", *map(str, stopped)],
        name="The waker",
        log=new_log("waker"),
        environment={**os.environ, "SECONDS_TO_SLEEP": f"{seconds:g}"},
    )
    print(f"  {len(stopped)} processes stand still for {seconds:g} s", flush=True)
    waker.wait(within=seconds + 60)


def run(number: int, counters: int, sleep_s: float, keep: Path | None) -> bool:
    """One build. Prints how it went, and whether it was green."""
    with (
        tempfile.TemporaryDirectory(prefix="electionlab-busy-") as folder,
        contextlib.ExitStack() as at_last,
    ):
        root = copy(Path(folder) / "workbook")
        for _ in range(counters):
            counter = Process(
                [sys.executable, "-c", "while True: pass"], name="A counter", log=new_log("counter")
            )
            at_last.callback(counter.stop)
        begun, most = time.monotonic(), 0.0
        build = start_build(root)
        at_last.callback(build.stop)
        print(f"build {number} beside {counters} that count: {build.log}", flush=True)
        slept = not sleep_s
        while build.alive and time.monotonic() - begun < GIVES_UP_AFTER_S:
            time.sleep(0.5)
            most = max(most, load.per_core())
            if not slept and time.monotonic() - begun > SLEEPS_AFTER_S:
                slept = True
                sleep_for(sleep_s, build)
        took = time.monotonic() - begun
        green = build.status == 0
        result = "green" if green else f"RED (status {build.status})"
        print(f"  {result} after {took:.0f} s, {most:.1f} tasks for each core at most", flush=True)
        if not green:
            print(excerpt(build.log, 60))
        if keep:
            shutil.copytree(root / "_build" / "html", keep / f"build-{number}")
        if not slept:
            print("  it was done before it could sleep")
        return green and slept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--builds", type=int, default=3)
    parser.add_argument("--counters", type=int, default=4, help="processes that only count")
    parser.add_argument("--sleep", type=float, default=0.0, help="seconds; 0 for not at all")
    parser.add_argument("--keep", type=Path, help="a folder for the pages of each build")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    results = [
        run(number, options.counters, options.sleep, options.keep)
        for number in range(1, options.builds + 1)
    ]
    print(f"{sum(results)} of {len(results)} builds were green")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
