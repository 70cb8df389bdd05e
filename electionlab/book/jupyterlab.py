"""JupyterLab on a reader's own copies of the notebooks, for as long as its owners live."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from electionlab.book import notebook_copies
from electionlab.errors import LabError
from electionlab.host.folders import PROJECT
from electionlab.host.owners import outer_owners

SETTINGS = Path(__file__).with_name("jupyterlab_settings")
POLL_S = 0.5
STOPS_WITHIN_S = 10.0  # it asks each kernel to end


def run(options: Sequence[str] = ()) -> None:
    """Run JupyterLab in this process, until it is stopped. `options` are JupyterLab's.

    The workbook's top folder is served, so that links to programs and pages work, and the first
    notebook's copy is opened. When one of the owners (make) has gone, JupyterLab is stopped, with
    its kernels. Raises LabError if the copies cannot be written.
    """
    from jupyterlab import labapp  # takes longer to load than most commands run

    for sentence in notebook_copies.refresh():
        print(sentence)
    print(f"Your copies of the notebooks are in {notebook_copies.COPIES}", flush=True)
    threading.Thread(target=_stop_without_owners, daemon=True).start()
    labapp.LabApp.launch_instance([*_options(), *options])


def _options() -> list[str]:
    copies = notebook_copies.COPIES
    first = min(path.name for path in notebook_copies.NOTEBOOKS.glob("*.ipynb"))
    options = [
        f"--ServerApp.root_dir={PROJECT}",
        f"--LabApp.default_url=/lab/tree/{copies.name}/{first}",
        f"--LabApp.app_settings_dir={SETTINGS}",
        # What is open here is remembered here, not among the tabs of the reader's other work.
        f"--LabApp.workspaces_dir={copies / '.workspaces'}",
        "--ServerApp.ip=127.0.0.1",
        "--KernelManager.transport_encryption=auto",
    ]
    if os.geteuid() == 0:  # a container; JupyterLab would refuse
        options.append("--allow-root")
    return options


def _stop_without_owners() -> None:
    """When an owner has gone, send this process SIGTERM, and later SIGKILL if it still runs."""
    try:
        while outer_owners() is not None:
            time.sleep(POLL_S)
    except LabError:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOPS_WITHIN_S)
        os.kill(os.getpid(), signal.SIGKILL)  # its kernels notice, and what they own ends with them
