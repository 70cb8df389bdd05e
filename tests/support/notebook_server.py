"""`make lab` without make: a real JupyterLab on a copy of the workbook, and a browser."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from gone import end_group
from playwright.sync_api import Browser, Page
from sites import copy_workbook, environment

from electionlab.host import ports
from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched, wait_until

NOTEBOOK = "01-walkthrough.ipynb"


@dataclass(frozen=True)
class Server:
    """A JupyterLab: the workbook that it serves, its port, its process."""

    root: Path
    port: int
    process: subprocess.Popen

    @property
    def notebooks(self) -> Path:
        """The copies that it opens."""
        return self.root / "my-notebooks"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, name: str) -> str:
        """Where a notebook's copy is opened, and nothing else."""
        return f"{self.url}/lab/tree/{self.notebooks.name}/{name}?reset"

    def kernels(self) -> list[dict]:
        """What it says of its kernels: how many are connected to each, for one."""
        with build_opener(ProxyHandler({})).open(
            f"{self.url}/api/kernels", timeout=stretched(30)
        ) as answer:
            return json.load(answer)


@contextlib.contextmanager
def serve(folder: Path, *, by: str = "electionlab", **variables: str) -> Iterator[Server]:
    """JupyterLab on a copy of the workbook in `folder`, without opening a browser. `by` is who
    starts it: `electionlab`, `make`, or `jupyter`: from another folder, with copies in it."""
    root, port = copy_workbook(folder), ports.free_port()
    options = ["--no-browser", f"--ServerApp.port={port}", "--IdentityProvider.token="]
    command = [sys.executable, "-m", "electionlab", "lab", "--", *options]
    served = root
    if by == "make":  # with this environment instead of a new .venv
        shutil.copy(PROJECT / "Makefile", root)
        command = ["make", "-o", ".venv/ready", "lab", f"BIN={Path(sys.executable).parent}"]
        command.append(f"LAB_OPTIONS={' '.join(options)}")
    if by == "jupyter":
        served = folder.with_name("elsewhere")
        shutil.copytree(root / "notebooks", served / "my-notebooks")
        command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", *options]
        command += ["--allow-root"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        command,
        cwd=served,
        # Not the settings of the person who runs the tests.
        env={**environment(root), "JUPYTER_CONFIG_DIR": str(folder / ".jupyter"), **variables},
        start_new_session=True,
    )
    try:
        wait_until(
            lambda: ports.accepts(port) or process.poll() is not None,
            within=60,
            why=lambda: "JupyterLab has no port",
        )
        assert process.poll() is None, f"it ended with status {process.returncode}"
        yield Server(served, port, process)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(stretched(30))
        except subprocess.TimeoutExpired:  # its server stops stopping if a kernel just begins
            process.send_signal(signal.SIGTERM)
            process.wait(stretched(30))
    finally:
        end_group(process)


def open_notebook(browser: Browser, server: Server, name: str = NOTEBOOK) -> Page:
    """A notebook's copy in a browser of its own, its kernel ready."""
    page = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
    page.goto(server.address(name))
    wait_for_kernel(page)
    return page


def wait_for_kernel(page: Page) -> None:
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle", timeout=120_000)


def press_shift_enter(page: Page, times: int) -> None:
    """Run so many cells from the top, without waiting in between."""
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    for _ in range(times):
        page.keyboard.press("Shift+Enter")
