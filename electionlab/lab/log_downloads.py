"""The logs of a run, embedded in a page, which keeps them when it is saved or moved; and all lines
in one order, each with its second.

Where a page is built, the lines in order become pages of their own (`book.log_pages`), to which the
evidence of verdicts leads; elsewhere they are one more file to download.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from electionlab.history.history import History
from electionlab.history.log_lines import LogLine, in_order
from electionlab.history.readable import plural
from electionlab.host.owners import build_name
from electionlab.lab.lab import Lab
from electionlab.lab.worker import logged
from electionlab.lab.workers import Workers

KEY = "electionlab_logs"
"""In the metadata of an output: each run by name, with its `workers` and its `lines`, each of which
is a list of the second, the worker, the log, the number of the line in it, and its text."""

WHOLE_RUN = "run"


class Ran(Protocol):
    """Whatever has run experiments, one or many: their histories, by name."""

    @property
    def histories(self) -> Mapping[str, History]: ...


class Logs:
    """The logs of a run, as a cell's last value: every log file and the history, to read and to
    download, and all lines in one order. Of experiments, as `run` or labs ran them, only these."""

    def __init__(self, run: Workers | Lab | Ran) -> None:
        self.files: dict[str, str] = {}
        self.merged: dict[str, tuple[History, Sequence[LogLine]]] = {}
        if not isinstance(run, Workers | Lab):
            self.merged = {name: (past, past.log) for name, past in run.histories.items()}
            return
        history = run.history()
        self.merged[WHOLE_RUN] = history, in_order(logged(run.lives))
        logs = {worker.log.name: worker.log for worker in run.lives} | run.kafka.logs
        self.files = {
            name: path.read_text(errors="replace", encoding="utf-8") for name, path in logs.items()
        }
        self.files["history.jsonl"] = history.to_json_lines()

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """No data of its own, and metadata: what a page is made of, and does not show."""
        if not build_name():
            return {}, {}
        runs = {
            name: {"workers": history.workers, "lines": _rows(history, lines)}
            for name, (history, lines) in self.merged.items()
        }
        return {}, {KEY: runs}

    def _repr_html_(self) -> str:
        items = [self._of_run(name) for name in self.merged]
        items += [_link(name, text) for name, text in self.files.items()]
        return f'<ul class="lab-logs">{"".join(f"<li>{item}</li>" for item in items)}</ul>'

    def _of_run(self, name: str) -> str:
        history, lines = self.merged[name]
        if not build_name():
            return _link(f"{name}.log", as_text(history, lines))
        words = "all lines in one order" if name == WHOLE_RUN else name
        count = f"{len(lines)} {plural(len(lines), 'record')}"
        return f'<span class="log-of" data-run="{name}">{words}</span> ({count})'

    def __repr__(self) -> str:
        files = {f"{name}.log": as_text(*merged) for name, merged in self.merged.items()}
        return "\n".join(f"{name}: {_lines(text)}" for name, text in (files | self.files).items())


def as_text(history: History, lines: Sequence[LogLine]) -> str:
    """The lines with the second, the worker and the number of the line before each."""
    return "".join(
        f"{second:>8} s {worker}:{number:<5} {text}\n"
        for second, worker, _, number, text in _rows(history, lines)
    )


def _rows(history: History, lines: Sequence[LogLine]) -> list[tuple[str, str, str, int, str]]:
    return [
        (f"{history.at(line.time):.3f}", line.worker, line.log, line.line, line.text)
        for line in lines
    ]


def _link(name: str, text: str) -> str:
    kind = "application/jsonl" if name.endswith(".jsonl") else "text/plain"
    data = base64.b64encode(text.encode()).decode()
    return (
        f'<a download="{html.escape(name)}" href="data:{kind};charset=utf-8;base64,{data}">'
        f"{html.escape(name)}</a> ({_lines(text)})"
    )


def _lines(text: str) -> str:
    count = text.count("\n")
    return f"{count} {plural(count, 'line')}"
