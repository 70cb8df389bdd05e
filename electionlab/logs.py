"""The logs of a run inside the page itself, so that a page saved or moved still has them."""

from __future__ import annotations

import base64
import html

from electionlab.workers import Workers


class Logs:
    """Every log file of a run and its history, to read and to download; shown by naming it."""

    def __init__(self, workers: Workers) -> None:
        logs = {worker.log.name: worker.log for worker in workers.lives} | workers.kafka.logs
        self.files = {name: path.read_text(errors="replace") for name, path in logs.items()}
        self.files["history.jsonl"] = workers.history().to_json_lines()

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{_link(name, text)}</li>" for name, text in self.files.items())
        return f'<ul class="lab-logs">{items}</ul>'

    def __repr__(self) -> str:
        return "\n".join(
            f"{name}: {text.count(chr(10))} lines" for name, text in self.files.items()
        )


def _link(name: str, text: str) -> str:
    kind = "application/jsonl" if name.endswith(".jsonl") else "text/plain"
    data = base64.b64encode(text.encode()).decode()
    return (
        f'<a download="{html.escape(name)}" href="data:{kind};charset=utf-8;base64,{data}">'
        f"{html.escape(name)}</a> ({text.count(chr(10))} lines)"
    )
