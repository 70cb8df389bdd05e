"""The logs of a run, embedded in the page, which keeps them when it is saved or moved."""

from __future__ import annotations

import base64
import html

from electionlab.history.readable import plural
from electionlab.lab.lab import Lab
from electionlab.lab.workers import Workers


class Logs:
    """Every log file of a run, and its history, to read and to download, as a cell's last value."""

    def __init__(self, run: Workers | Lab) -> None:
        logs = {worker.log.name: worker.log for worker in run.lives} | run.kafka.logs
        self.files = {
            name: path.read_text(errors="replace", encoding="utf-8") for name, path in logs.items()
        }
        self.files["history.jsonl"] = run.history().to_json_lines()

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{_link(name, text)}</li>" for name, text in self.files.items())
        return f'<ul class="lab-logs">{items}</ul>'

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {_lines(text)}" for name, text in self.files.items())


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
