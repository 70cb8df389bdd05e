"""What the live panel takes of the processor: that of a kernel with a lab, without it and with it.

    python benchmarks/panel.py --seconds 120

The kernel's own processor time, in turn without the panel and with it. No browser is needed: what
the panel sends goes out all the same. The last figure is of a run that has gone on for
longer than the timeline shows.
"""

from __future__ import annotations

import argparse
import time

import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from electionlab.host.folders import PROJECT

WANTED = 5.0  # % of a core


def run(client: BlockingKernelClient, code: str) -> None:
    """Run a cell to its end. RuntimeError if it fails."""
    answer = client.execute_interactive(code, timeout=600, output_hook=lambda message: None)
    if answer["content"]["status"] != "ok":
        raise RuntimeError(f"{code}: {answer['content'].get('evalue')}")


def used(process: psutil.Process, seconds: float) -> float:
    """The processor time that a process takes in so many seconds, in % of a core."""
    before, begun = process.cpu_times(), time.monotonic()
    time.sleep(seconds)
    after, passed = process.cpu_times(), time.monotonic() - begun
    return 100 * (after.user + after.system - before.user - before.system) / passed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=120, help="for each of the measurements")
    seconds = parser.parse_args().seconds
    manager: KernelManager
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(PROJECT))
    try:
        process = psutil.Process(manager.provisioner.pid)
        run(client, "from electionlab import Panel, start_lab\nlab = start_lab()")
        without = used(process, seconds)
        run(client, "panel = Panel(lab)\npanel.show()")
        shown = used(process, seconds)
        later = used(process, seconds)
        run(client, "panel.close()\nlab.stop()")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print(f"| the kernel of a lab without a panel, % of a core | {without:.1f} | |")
    print(f"| its panel, % of a core | {shown - without:.1f} | at most {WANTED:g} |")
    print(f"| … {seconds:.0f} s later | {later - without:.1f} | at most {WANTED:g} |")


if __name__ == "__main__":
    main()
