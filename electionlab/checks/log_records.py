"""Records of workers' logs, shown as evidence is: each second leads to its line on a page that has
the log."""

from __future__ import annotations

from collections.abc import Iterable

from electionlab.checks.verdict import Evidence, where
from electionlab.history.events import Event
from electionlab.history.history import History


class LogRecords:
    """What workers logged: the second, the worker, the line, and what it says. An event without a
    text of its own has `words`."""

    def __init__(self, history: History, events: Iterable[Event], words: str = "") -> None:
        self.records = [
            Evidence.of(event, f"{where(history, event)}: {getattr(event, 'text', words)}")
            for event in events
        ]

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{record._repr_html_()}</li>" for record in self.records)
        return f'<ul class="log-records">{lines or "<li>nothing</li>"}</ul>'

    def __repr__(self) -> str:
        return "\n".join(self.records) or "nothing"
