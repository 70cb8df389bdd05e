"""Where a build keeps the outputs of executed pages, and how long it keeps those of other builds.

Each state of the workbook has a folder of its own, named by its fingerprint. To go back to an
earlier state, as with `git switch`, executes nothing anew as long as its folder is there.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

KEPT = 3  # folders, some 10 MB each


def choose(folder: Path) -> Path:
    """The folder itself, from now on the one that was used last. Of the others beside it all are
    removed but those that were used last: KEPT are left with this one."""
    with contextlib.suppress(FileNotFoundError):  # it is made when the first page has been executed
        os.utime(folder)
    others = [path for path in folder.parent.glob("*") if path != folder]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in others[KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
    return folder
