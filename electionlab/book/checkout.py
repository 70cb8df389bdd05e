"""Which workbook this is, and whether the electionlab that runs is its own.

A folder that was copied brings a `.venv` that was set up for the original: kernels started there
would silently import the original's package.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

from electionlab.errors import LabError
from electionlab.host.folders import HAS_WORKBOOK, PROJECT

SET_UP = "run `make venv` there (without make: `pip install -r requirements.txt`)"
FIND = (
    "import importlib.util as u; found = u.find_spec('electionlab'); print(found and found.origin)"
)


def kernels_package() -> Path | None:
    """The folder whose `electionlab` a notebook's kernel would import; None if it finds none."""
    asked = subprocess.run(
        [sys.executable, "-c", FIND],
        cwd=sys.prefix,  # where, as in notebooks/, no package is beside it
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
    )
    origin = asked.stdout.strip()
    return Path(origin).resolve().parent.parent if origin not in ("", "None") else None


def require_workbook() -> None:
    """LabError if this package is installed without the workbook that it belongs to."""
    if not HAS_WORKBOOK:
        raise LabError(
            f"This electionlab is installed in {PROJECT}, without the workbook: leader.py, pages "
            "and notebooks are not beside it. Go to the workbook's folder and "
            f"{SET_UP.replace(' there', '')}."
        )


def _is_workbook(folder: Path) -> bool:
    return (folder / "electionlab").is_dir() and (folder / "leader.py").is_file()


def require_own_package() -> None:
    """LabError if kernels, or this interpreter, would run another folder's electionlab."""
    require_workbook()
    beside = Path(sys.prefix).resolve().parent  # of a .venv
    if beside != PROJECT and _is_workbook(beside) and Path.cwd().is_relative_to(beside):
        raise LabError(
            f"This Python belongs to the workbook in {beside}, but it runs the electionlab in "
            f"{PROJECT}: the folder was copied or moved. Go to {beside} and {SET_UP}."
        )
    package = kernels_package()
    if package != PROJECT:
        instead = f"the electionlab in {package}" if package else "no electionlab at all"
        raise LabError(
            f"Notebooks in {PROJECT} would find {instead}: the folder was copied or moved, or "
            f"{sys.executable} was set up for another one. Go to {PROJECT} and {SET_UP}."
        )


def require_plain_path() -> None:
    """LabError if pages cannot be built because of their folder's name."""
    path = str(PROJECT)
    if "?" in path or unquote(path) != path:
        raise LabError(
            f"The pages cannot be built in {path}: jupyter-cache takes a path for an address, in "
            "which ? and %20 mean something else. Rename the folder."
        )
