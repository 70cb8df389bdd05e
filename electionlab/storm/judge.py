"""Judges a storm: it passes if each invariant held and each breach of a promise has a cause.

`promises` has what is judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from electionlab import checks
from electionlab.checks import Verdict
from electionlab.checks.verdict import Evidence
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.readable import Readable
from electionlab.pictures.tables import Table
from electionlab.storm.promises import PROMISES, Promise

NEEDED: Mapping[type[ev.Event], str] = {
    ev.GroupStored: "the broker's log of the group was not read",
    ev.OffsetCommitted: "the commits in the broker's log were not read",
    ev.GreetingStored: "the greetings in the topic were not read",
    ev.RoundEnded: "no round has ended",
}


@dataclass(frozen=True)
class Row:
    """One check: its name, outcome and finding, and how many breaches by cause ("" for none)."""

    check: str
    outcome: str
    finding: str
    causes: Mapping[str, int]


@dataclass(frozen=True, repr=False)
class Finding(Readable):
    """Something that a storm must not show: the check, when (Unix seconds), and what, in words."""

    check: str
    time: float
    words: str


@dataclass(frozen=True)
class Judgement:
    """The result of a storm. `figures` are numbers by name; a name ends in its unit."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    figures: Mapping[str, float]

    @property
    def passed(self) -> bool:
        return not self.findings

    def table(self) -> Table:
        """Check, outcome, breaches, and what explains them."""
        return Table(
            ["check", "outcome", "breaches", "explained by"],
            [
                (row.check, row.outcome, sum(row.causes.values()) or "", counted(row.causes))
                for row in self.rows
            ],
        )


def counted(causes: Mapping[str, int]) -> str:
    """`cut (2), NOTHING (1)`: how many breaches each cause explains, and how many none does."""
    ordered = sorted(causes.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{cause or 'NOTHING'} ({count})" for cause, count in ordered)


def judge(history: History) -> Judgement:
    """Judge a storm by its history."""
    rows: list[Row] = []
    findings: list[Finding] = [
        Finding("history", history.end, f"It cannot be judged: {what}.")
        for kind, what in NEEDED.items()
        if not history.of(kind)
    ]
    figures: dict[str, float] = {}
    for promise in PROMISES:
        verdict, broken = promise.check(history), list(promise.breaches(history))
        causes = Counter(breach.cause for breach in broken)
        rows.append(Row(promise.name, verdict.outcome, verdict.finding, causes))
        if promise.rule != "is reported":
            figures |= {f"{promise.name}.{name}": value for name, value in verdict.figures.items()}
        findings += [
            _finding(history, promise, breach.time, breach) for breach in broken if not breach.cause
        ]
        if _is_finding(promise, verdict, broken):
            words = "; ".join([verdict.finding, *verdict.evidence[:5]])
            findings.append(_finding(history, promise, verdict.time, words))
    return Judgement(tuple(rows), tuple(findings), figures)


def _is_finding(promise: Promise, verdict: Verdict, broken: Sequence[Evidence]) -> bool:
    """Whether a verdict as a whole is a finding: that of an invariant which did not hold or is
    unknown, or that of a promise which is broken though no breach was found."""
    if promise.rule == "must hold":
        allowed = {"held", "unknown"} if promise.may_be_unknown else {"held"}
        return verdict.outcome not in allowed
    if promise.rule == "is reported" or verdict.outcome != "broken" or broken:
        return False
    # A greeting that is lost was not printed once either: no_greeting_is_lost reports it.
    is_once = promise.check is checks.each_greeting_printed_once
    return not is_once or verdict.figures["twice"] > 0


def _finding(history: History, promise: Promise, time: float | None, words: str) -> Finding:
    return Finding(promise.name, history.end if time is None else time, str(words))


def round_at(history: History, time: float) -> int:
    """The number of the round in which a time falls; 0 before the first."""
    begun = [event.number for event in history.of(ev.RoundBegun) if event.time <= time]
    return begun[-1] if begun else 0
