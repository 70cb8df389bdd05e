"""What a check finds.

A verdict is `held`, `broken` or `unknown` (the history does not say), with its evidence: times,
workers and log lines. A page shows it, a test asserts it.
"""

from __future__ import annotations

import html
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.history import History

Outcome = Literal["held", "broken", "unknown"]
SIGNS = {"held": "✓", "broken": "✗", "unknown": "?"}

WHERE = re.compile(r"(-?\d+\.\d{3} s), worker (\S+), line (\d+) of its log")
"""What `where` says of an event that is from a log: the second, the worker, the line."""
FIGURE = re.compile(r"-?\d+\.\d{3}(?= s\b| to )")
"""A second of the run."""


class Evidence(str):
    """A sentence of a verdict's evidence that also knows what it is about.

    `time` is when that happened or began (Unix seconds), `worker` whom it happened to, `line` its
    line in that worker's log, `cause` the kind of fault behind it; None or empty if the evidence is
    about none in particular, or the check does not look for causes.
    """

    __slots__ = ("cause", "line", "time", "worker")

    time: float | None
    worker: str
    line: int | None
    cause: str

    def __new__(
        cls,
        words: str,
        *,
        time: float | None = None,
        worker: str = "",
        line: int | None = None,
        cause: str = "",
    ) -> Self:
        evidence = super().__new__(cls, words)
        evidence.time, evidence.worker, evidence.line = time, worker, line
        evidence.cause = cause
        return evidence

    @classmethod
    def of(cls, event: Event, words: str, cause: str = "") -> Self:
        """A sentence about one event."""
        return cls(words, time=event.time, worker=event.worker, line=event.line, cause=cause)

    @classmethod
    def at(
        cls, history: History, time: float, words: str, *, worker: str = "", cause: str = ""
    ) -> Self:
        """A sentence that begins with a time (Unix seconds). Its line is the one at which the
        worker (without one: any) was given partitions, gained leadership or lost it then."""
        logged = history.cached(_turns).get(time, {})
        worker = worker or next(iter(logged), "")
        return cls(words, time=time, worker=worker, line=logged.get(worker), cause=cause)

    def _repr_html_(self) -> str:
        """Each second at which a log has a line is marked with that line: a page that has the log
        makes it a link (`book.log_pages`)."""
        words = html.escape(self)
        if WHERE.search(words):
            return WHERE.sub(lambda m: m[0].replace(m[1], _mark(*m.groups()), 1), words)
        if self.line:
            return FIGURE.sub(lambda m: _mark(m[0], self.worker, str(self.line)), words, count=1)
        return words


def _mark(second: str, worker: str, line: str) -> str:
    return f'<span class="log-line" data-worker="{worker}" data-line="{line}">{second}</span>'


def _turns(history: History) -> dict[float, dict[str, int]]:
    """The lines at which workers were given partitions, gained leadership or lost it, by time and
    worker."""
    turns: dict[float, dict[str, int]] = {}
    for event in history.of(ev.PartitionsAssigned, ev.LeadershipGained, ev.LeadershipLost):
        if event.line:
            turns.setdefault(event.time, {})[event.worker] = event.line
    return turns


@dataclass(frozen=True)
class Verdict:
    """What a check found: the claim and the finding in words, the outcome, the evidence.

    `figures` has the numbers behind the finding by name; a name ends in its unit (`longest_s`).
    """

    claim: str
    outcome: Outcome
    finding: str
    evidence: tuple[Evidence | str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def time(self) -> float | None:
        """The time of the first piece of evidence that has one (Unix seconds); None if none has."""
        times = (one.time for one in self.evidence if isinstance(one, Evidence))
        return next((time for time in times if time is not None), None)

    def expect(self, *outcomes: Outcome) -> Verdict:
        """Return the verdict if its outcome is among `outcomes`; raise AssertionError otherwise.

        This is what turns a page red when what it says of Faust, Kafka or itself is no longer true.
        """
        if self.outcome not in outcomes:
            raise AssertionError(
                f"Expected {' or '.join(outcomes)}, and it is {self.outcome}: {self.claim}\n"
                f"{self.finding}\n" + "\n".join(self.evidence)
            )
        return self

    def __str__(self) -> str:
        head = f"{SIGNS[self.outcome]} {self.outcome}: {self.claim} {self.finding}"
        return "\n".join([head, *(f"    {line}" for line in self.evidence)])

    def __repr__(self) -> str:  # what a terminal shows, and a page that is not HTML
        return str(self)

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{_in_html(line)}</li>" for line in self.evidence)
        proof = f"<details><summary>Evidence</summary><ul>{lines}</ul></details>" if lines else ""
        return (
            f'<div class="verdict verdict-{self.outcome}" role="note">'
            f"<p><strong>{SIGNS[self.outcome]} {self.outcome}</strong> · "
            f"{html.escape(self.claim)} {html.escape(self.finding)}</p>{proof}</div>"
        )


def _in_html(line: Evidence | str) -> str:
    return line._repr_html_() if isinstance(line, Evidence) else html.escape(line)


def where(history: History, event: Event) -> str:
    line = f", line {event.line} of its log" if event.line else ""
    return f"{history.at(event.time):.3f} s, worker {event.worker}{line}"


def seconds(values: Sequence[float]) -> str:
    """`median 2.0 s (1.9 to 2.1 s, 14 times)`; `2.0 s` for one value alone."""
    if len(values) == 1:
        return f"{values[0]:.2f} s"
    spread = f"{min(values):.2f} to {max(values):.2f} s, {len(values)} times"
    return f"median {statistics.median(values):.2f} s ({spread})"


def interval(history: History, start: float, end: float) -> str:
    """`3.000 to 4.500 s`, counted from the start of the history."""
    return f"{history.at(start):.3f} to {history.at(end):.3f} s"
