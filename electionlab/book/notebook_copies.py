"""A reader's own copies of the notebooks, in a folder that git ignores.

JupyterLab saves a notebook by itself, outputs and all. So it opens copies, and the workbook's own
notebooks stay as they are. A copy lies one folder below the workbook's top, as the notebook does:
the same links work from there.

In `.originals`, beside the copies, each notebook is kept as it was when its copy was made. That
tells which copies the reader has edited, and which notebooks are new.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from electionlab.errors import file_errors
from electionlab.host.folders import PROJECT

NOTEBOOKS = PROJECT / "notebooks"
COPIES = PROJECT / "my-notebooks"
ORIGINALS = ".originals"


def refresh(notebooks: Path = NOTEBOOKS, copies: Path = COPIES) -> list[str]:
    """Copy each notebook that has no copy yet, or has changed since it was copied.

    A copy whose cells the reader has edited is never touched: the newer version is put beside it,
    once, under another name. Returns a sentence for each newer version. LabError if the folder
    of copies cannot be written.
    """
    problem = f"Your copies of the notebooks cannot be kept in {copies}"
    with file_errors(problem, "Make room there, or fix its permissions."):
        (copies / ORIGINALS).mkdir(parents=True, exist_ok=True)
        return [
            sentence
            for notebook in sorted(notebooks.glob("*.ipynb"))
            for sentence in _refresh(notebook, copies)
        ]


def _refresh(notebook: Path, copies: Path) -> Iterator[str]:
    copy, original = copies / notebook.name, copies / ORIGINALS / notebook.name
    newest = notebook.read_bytes()
    if not copy.exists():
        _write(copy, newest)
    elif original.exists() and original.read_bytes() == newest:
        return
    elif _cells(copy) == _cells(notebook):
        pass  # the reader has made the same edits
    elif original.exists() and _cells(copy) == _cells(original):
        _write(copy, newest)
        yield f"{_shown(copy)} has been replaced by a newer version; you had not edited it."
    else:
        beside = _free_name(copy)
        _write(beside, newest)
        yield f"{_shown(copy)} has your edits and was left alone. Its newer version: {beside.name}"
    _write(original, newest)


def _cells(path: Path) -> list[tuple[str, str]] | None:
    """The kind and the text of each cell that is not empty: what a reader edits. None if the file
    is not, or no longer, a notebook."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        pairs = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return None
    return [(kind, text) for kind, text in pairs if text.strip()]


def _free_name(copy: Path) -> Path:
    number = 2
    while (path := copy.with_name(f"{copy.stem}-version-{number}.ipynb")).exists():
        number += 1
    return path


def _write(path: Path, content: bytes) -> None:
    """Write in one step: an interrupt leaves either the whole old file or the whole new one."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
