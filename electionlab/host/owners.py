"""Who this process works for: the processes above it (make, sphinx-build) that own what it starts,
and the build it is part of. Both are passed down in the environment."""

from __future__ import annotations

import os
from pathlib import Path

from electionlab.errors import LabError
from electionlab.host import guard

OWNERS_VARIABLE = "ELECTIONLAB_OWNERS"
"""Environment variable: the process ids of the owners, with commas between them."""

BUILD_VARIABLE = "ELECTIONLAB_BUILD"
"""Environment variable: the name of the build that executes the pages, the same for all of them."""


PAGE_VARIABLE = "ELECTIONLAB_PAGE"
"""Environment variable: the source of the page that a build executes."""


def outer_owners() -> list[int]:
    """The process ids in ELECTIONLAB_OWNERS.

    Raises LabError if one of them has ended: then nothing more may be started on its behalf.
    """
    pids = [int(pid) for pid in os.environ.get(OWNERS_VARIABLE, "").split(",") if pid]
    for pid in pids:
        if not guard.alive(pid):
            raise LabError(
                f"Nothing more is started: process {pid}, which this one works for "
                f"({OWNERS_VARIABLE}), has ended. Start the build or JupyterLab again."
            )
    return pids


def add_owner(pid: int) -> None:
    """Add an owner: whatever this process and its children start from now on ends when it ends."""
    pids = [str(owner) for owner in outer_owners()]
    if str(pid) not in pids:
        os.environ[OWNERS_VARIABLE] = ",".join([*pids, str(pid)])


def build_name() -> str:
    """The name of the build that executes this page; empty outside a build."""
    return os.environ.get(BUILD_VARIABLE, "")


def page() -> Path | None:
    """The source of the page that a build executes in this process; None outside a build."""
    path = os.environ.get(PAGE_VARIABLE, "")
    return Path(path) if path and build_name() else None
