"""A real kernel, whose cells are run as JupyterLab runs them: each with its id."""

from __future__ import annotations

import contextlib
import json
import queue
import re
import time
from collections.abc import Iterator
from pathlib import Path

from jupyter_client.manager import start_new_kernel

from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched


def code_cells(path: Path) -> list[tuple[str, str]]:
    """(id, code) of each code cell of a notebook or of an executed page."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [(c["id"], "".join(c["source"])) for c in cells if c["cell_type"] == "code"]
    found = re.findall(
        r"^```\{code-cell\}[^\n]*\n(.*?)^```$",
        path.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return [
        (f"{path.stem}-{number}", re.sub(r"\A(:[^\n]*\n)+", "", code))
        for number, code in enumerate(found)
    ]


class CellError(AssertionError):
    """A cell failed. `traceback` is what IPython showed of it, with what caused it."""

    def __init__(self, words: str, traceback: str = "") -> None:
        super().__init__(words)
        self.traceback = traceback


class Kernel:
    """Runs cells. `outputs` are those of the cell run last, as text."""

    def __init__(self, manager, client) -> None:
        self.manager, self.client = manager, client
        self.shown: dict[str, str] = {}
        self.outputs: list[str] = []

    def begin(self, code: str, cell: str = "") -> str:
        """Send a cell without waiting for it; returns the request's id."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        metadata = {"cellId": cell} if cell else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        self.outputs, self.shown = [], {}
        return message["header"]["msg_id"]

    def wait(self, request: str, within: float = 240, until: str | None = None) -> str:
        """Wait for the end of a cell, or until its output has `until`; returns its output. Raises
        CellError if it failed."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except queue.Empty:
                assert self.manager.is_alive(), "the kernel has died"
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                self.outputs.append(content["text"])
            elif kind in ("execute_result", "display_data", "update_display_data"):
                self.outputs.append(content["data"].get("text/plain", "") + "\n")
                if name := content.get("transient", {}).get("display_id"):
                    self.shown[name] = content["data"].get("text/plain", "")
            elif kind == "status" and content["execution_state"] == "idle":
                self._require_success(request)
                return "".join(self.outputs)
            if until is not None and until in "".join(self.outputs):
                return "".join(self.outputs)
        raise AssertionError(f"not done within {within} s; it printed {self.outputs}")

    def _require_success(self, request: str) -> None:
        """CellError if a cell that has ended failed. Its reply says so; what it has shown may not:
        IPython cannot draw an interrupt that comes between two lines, as a generator begins."""
        while True:
            reply = self.client.get_shell_msg(timeout=stretched(30))
            if reply["parent_header"].get("msg_id") == request:
                break
        content = reply["content"]
        if content["status"] != "ok":  # error, or aborted because of an earlier one
            words = f"{content.get('ename', content['status'])}: {content.get('evalue')}"
            raise CellError(words, "\n".join(content.get("traceback", ())))

    def wait_some(self, request: str, seconds: float) -> bool:
        """Wait until a cell runs, and so many seconds more for its end; whether it has ended."""
        deadline = time.monotonic() + 60
        begun = False
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self.client.get_iopub_msg(timeout=left)
            except queue.Empty:
                break
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["content"].get("execution_state") == "idle":
                return True
            if message["msg_type"] == "execute_input":
                begun, deadline = True, time.monotonic() + seconds
        assert begun, "the cell does not begin"
        return False

    def run(self, code: str, cell: str = "", within: float = 240) -> str:
        return self.wait(self.begin(code, cell), within)

    def interrupt(self) -> None:
        """The stop button."""
        self.manager.interrupt_kernel()


@contextlib.contextmanager
def kernel(folder: Path = PROJECT) -> Iterator[Kernel]:
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(folder))
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
