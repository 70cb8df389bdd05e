"""What a check finds.

A verdict is `held`, `broken` or `unknown` (the history does not say), with its evidence: times,
workers and log lines. A page shows it, a test asserts it.
"""

from __future__ import annotations

import html
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from electionlab.history.events import Event
from electionlab.history.history import History

Outcome = Literal["held", "broken", "unknown"]
SIGNS = {"held": "✓", "broken": "✗", "unknown": "?"}


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
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self.evidence)
        proof = f"<details><summary>Evidence</summary><ul>{lines}</ul></details>" if lines else ""
        return (
            f'<div class="verdict verdict-{self.outcome}" role="note">'
            f"<p><strong>{SIGNS[self.outcome]} {self.outcome}</strong> · "
            f"{html.escape(self.claim)} {html.escape(self.finding)}</p>{proof}</div>"
        )


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
