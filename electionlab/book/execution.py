"""How a build executes a page: with encryption and patience, and with a short report if it fails.

myst-nb executes through a function of `jupyter_cache` that takes none of our options, so `Executor`
replaces it with its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from docutils import nodes
from jupyter_cache.executors.utils import ExecutionResult
from myst_nb.core.execute import cache, direct
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from sphinx.util.logging import get_node_location, getLogger
from traitlets.config import Config

from electionlab.book.second_try import patiently
from electionlab.host.folders import run_folder_of

TYPE = "electionlab.book.execution"
"""The type of Sphinx's warning about a page that failed."""

CONFIG = Config({"KernelManager": {"transport_encryption": "auto"}})
"""ipykernel warns about each kernel that listens without encryption, even on loopback."""

TIMEOUTS = {"startup_timeout": 300, "iopub_timeout": 60}
"""Seconds. nbclient gives a kernel 60 s to start, and what a cell has printed 4 s to arrive: too
little on a busy machine, or one that was suspended. A kernel that dies is noticed at once."""

LOGGER = getLogger(__name__)

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Failure:
    """A cell that failed: its number among the page's code cells, the line where it begins (None
    in a notebook), what it raised, and where its kernel kept its logs, if it had any."""

    cell: int
    line: int | None
    source: str
    reason: str
    traceback: str
    logs: Path | None

    @property
    def own_frame(self) -> str:
        """Where in the cell it was, as IPython shows it; empty if the reason says it all."""
        if re.match(r"(LabError|DeadlineError|AssertionError): .", self.reason):
            return ""
        frame = re.search(r"^Cell In.*?(?=^$|\Z)", self.traceback, re.DOTALL | re.MULTILINE)
        return f"\n{frame[0].rstrip()}\nThe whole traceback is on the page." if frame else ""

    def __str__(self) -> str:
        begins = self.source.strip().partition("\n")[0]
        logs = f"\nThe logs of its run: {self.logs}" if self.logs else ""
        return f"Code cell {self.cell} ({begins}) failed.\n{self.reason}{self.own_frame}{logs}"


class Executor:
    """Executes the pages of a process one after another.

    `before` is called before a kernel is started, so not for a page from the cache. `report` is
    called with the failure of a page, before the page is rendered; `on_cell` before each code cell
    with its number and how many there are, and with 0 before the first.
    """

    def __init__(
        self,
        before: Callable[[], None],
        report: Callable[[Failure], None],
        on_cell: Callable[[int, int], None],
    ) -> None:
        self.before = before
        self.on_cell = on_cell
        self.report = report
        self.failure: Failure | None = None

    def install(self) -> None:
        """Have myst-nb execute its pages with this."""
        execute = patiently(self.execute)

        def execute_and_report(notebook: NotebookNode, **options: Any) -> ExecutionResult:
            result = execute(notebook, **options)
            if self.failure:
                self.report(self.failure)
            return result

        cache.single_nb_execution = direct.single_nb_execution = execute_and_report

    def execute(
        self,
        notebook: NotebookNode,
        *,
        cwd: str,
        timeout: int | None,
        allow_errors: bool,
        **_: Any,
    ) -> ExecutionResult:
        """Execute a notebook in place, like `jupyter_cache.executors.utils.single_nb_execution`."""
        self.failure = None
        self.before()
        begun = time.monotonic()
        code = [cell.cell_type == "code" for cell in notebook.cells]
        self.on_cell(0, sum(code))
        client = _Client(
            notebook,
            on_cell_execute=lambda cell, cell_index: self.on_cell(
                sum(code[: cell_index + 1]), sum(code)
            ),
            config=CONFIG,
            resources={"metadata": {"path": cwd}},
            timeout=timeout,
            allow_errors=allow_errors,
            record_timing=False,  # the cache would not recognise it with times in it
            **TIMEOUTS,
        )
        error: Exception | None = None
        try:
            client.execute(cwd=cwd)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as caught:
            error = caught
            self.failure = client.failure(caught)
        return ExecutionResult(
            notebook,
            cwd,
            time.monotonic() - begun,
            error,
            f"{self.failure}\n\n{self.failure.traceback}\n" if self.failure else None,
        )


class WithoutConsequences(logging.Filter):
    """Drops warnings about what a failed page has not glued: its failure was reported before."""

    def __init__(self) -> None:
        super().__init__()
        self.failed: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        kind, subtype = getattr(record, "type", ""), str(getattr(record, "subtype", ""))
        place = getattr(record, "location", None)
        if kind == TYPE and isinstance(place, tuple):
            self.failed.add(place[0])
        return not (
            kind == "mystnb"
            and subtype.startswith("glue")
            and any(self._is_about(page, record, place) for page in self.failed)
        )

    @staticmethod
    def _is_about(page: str, record: logging.LogRecord, place: object) -> bool:
        if isinstance(place, nodes.Node):
            place = get_node_location(place)
        is_place = place[0] == page if isinstance(place, tuple) else f"/{page}." in str(place)
        return is_place or f"'{page}'" in record.getMessage()


class _Client(NotebookClient):
    """Knows which cell it executes, and in which process."""

    def __init__(self, notebook: NotebookNode, **options: Any) -> None:
        super().__init__(notebook, on_cell_start=self._note_cell, **options)
        self.index = 0
        self.kernel: int | None = None

    @contextlib.asynccontextmanager
    async def async_setup_kernel(self, **options: Any) -> AsyncIterator[None]:
        """Leave Ctrl+C and SIGTERM as they are: they end this process, and its kernel with it.
        nbclient would shut the kernel down instead, and might then wait for its answer forever."""

        def refuse(*_: object) -> None:
            raise RuntimeError("what a loop says outside of the main thread")  # nbclient goes on

        loop = vars(asyncio.get_running_loop())
        loop["add_signal_handler"] = refuse
        with tempfile.TemporaryFile("a+b") as words:
            executed = 0
            try:
                async with super().async_setup_kernel(stderr=words, **options):
                    try:
                        yield
                    finally:
                        executed = words.seek(0, os.SEEK_END)
            finally:
                del loop["add_signal_handler"]
                _pass_on(words, executed)

    def _note_cell(self, cell: NotebookNode, cell_index: int) -> None:
        self.index = cell_index
        self.kernel = getattr(getattr(self.km, "provisioner", None), "pid", None)

    def failure(self, error: Exception) -> Failure:
        cells = self.nb.cells
        lines = self.nb.metadata.get("source_map")
        code = [cell for cell in cells[: self.index + 1] if cell.cell_type == "code"]
        if isinstance(error, CellExecutionError):
            reason = f"{error.ename}: {error.evalue}".rstrip()
            traceback = _kernels_traceback(cells[self.index])
        else:
            reason = traceback = f"{type(error).__name__}: {str(error).strip()}"
        return Failure(
            cell=len(code),
            line=lines[self.index] + 1 if lines else None,
            source=cells[self.index].source,
            reason=ANSI.sub("", reason),
            traceback=ANSI.sub("", traceback),
            logs=run_folder_of(self.kernel) if self.kernel else None,
        )


def _pass_on(words: IO[bytes], executed: int) -> None:
    """Print what a kernel's process, or one that it began, has written to standard error, beside
    its messages to the page. `executed` is how many bytes there were once the last cell had run.
    What comes later is shown by `sphinx-build -v`: an interpreter that ends may complain of objects
    that outlived their event loop, which says nothing about the page."""
    words.seek(0)
    sys.stderr.write(words.read(executed).decode(errors="replace"))
    if later := words.read().decode(errors="replace"):
        LOGGER.verbose("a kernel said while it ended:\n%s", later)


def _kernels_traceback(cell: NotebookNode) -> str:
    errors = [output for output in cell.outputs if output.output_type == "error"]
    return "\n".join(errors[-1].traceback) if errors else ""
