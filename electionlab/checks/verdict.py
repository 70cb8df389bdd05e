"""What a check finds.

A verdict is `held`, `broken` or `unknown` (the history does not tell), with its evidence: times,
workers and log lines. A page shows it, a test asserts it.
"""

from __future__ import annotations

import html
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from electionlab.events import Event
from electionlab.history import History

Outcome = Literal["held", "broken", "unknown"]
SIGNS = {"held": "✓", "broken": "✗", "unknown": "?"}


@dataclass(frozen=True)
class Verdict:
    """What a check found: the claim in words, the outcome, the figure in words, the evidence.

    `figures` has the numbers behind it by name; a name ends in its unit (`longest_s`).
    """

    claim: str
    outcome: Outcome
    finding: str
    evidence: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    def expect(self, *outcomes: Outcome) -> Verdict:
        """Return the verdict if its outcome is among `outcomes`; raise AssertionError otherwise.

        This is what makes a page red when Faust, Kafka or the page itself stops being true.
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


def stretch(history: History, start: float, end: float) -> str:
    """`3.000 to 4.500 s`, in seconds since the start of the history."""
    return f"{history.at(start):.3f} to {history.at(end):.3f} s"
