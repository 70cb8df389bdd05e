"""Judges a storm: what must hold whatever we do, and for each broken promise what explains it.

Invariants must hold in every storm. Promises are broken by faults; then each single breach needs a
cause (`breaches`, `greetings`). A storm passes if each invariant held and each breach has a cause.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from electionlab import breaches, checks, greetings
from electionlab import events as ev
from electionlab.breaches import Breach
from electionlab.checks import Verdict
from electionlab.history import History
from electionlab.tables import Table

Check = Callable[[History], Verdict]


def recovers_after_each_round(history: History) -> Verdict:
    """Whether the election recovered after each round: one leader, in the broker's eyes too, that
    publishes, all workers in the newest generation, and a greeting printed. Round 0 is the start,
    before anything is done.

    Figures: `rounds`, `never`.
    """
    claim = "The election recovers after each round."
    ends = history.of(ev.RoundEnded)
    if not ends:
        return Verdict(claim, "unknown", "No round has ended.")
    rounds = history.of(ev.RoundBegun)
    never = [event for event in ends if event.missing]
    figures = {"rounds": len(rounds), "never": len(never)}
    if never:
        evidence = tuple(
            f"{history.at(event.time):.3f} s, round {event.number}: {event.missing}"
            for event in never
        )
        return Verdict(claim, "broken", f"Not after {len(never)} of them.", evidence, figures)
    return Verdict(claim, "held", f"{len(rounds)} rounds.", (), figures)


def nobody_ends_by_itself(history: History) -> Verdict:
    """Whether each worker ran until it was told to end. Figures: `ended`."""
    claim = "No worker ends by itself."
    found = list(breaches.ended_by_itself(history))
    figures = {"ended": len(found)}
    if found:
        evidence = tuple(breach.words for breach in found)
        return Verdict(claim, "broken", f"{len(found)} did.", evidence, figures)
    return Verdict(claim, "held", f"{len(history.lives)} workers were started.", (), figures)


INVARIANTS: tuple[Check, ...] = (
    recovers_after_each_round,
    checks.only_the_leader_publishes,
    checks.one_leader_in_each_generation,
    checks.broker_knows_one_leader,
    checks.new_leader_after_each_loss,
)
"""What has to hold whatever is done."""

PROMISES: Mapping[Check, Callable[[History], Iterator[Breach]]] = {
    checks.at_most_one_leader: breaches.two_leaders,
    checks.views_agree: breaches.views_differ,
    checks.always_a_leader: breaches.no_leader,
    checks.leader_moved_only_for_a_reason: breaches.needless_moves,
    checks.no_stale_publishes: breaches.stale_publishes,
    checks.one_effective_publisher: breaches.stale_greetings,
    checks.no_greeting_is_lost: greetings.never_printed,
    checks.each_greeting_printed_once: greetings.printed_twice,
    checks.printed_in_order: greetings.out_of_order,
    nobody_ends_by_itself: breaches.ended_by_itself,
}
"""What faults break, and what finds each breach with its cause."""

SHOWN: tuple[Check, ...] = (checks.publishes_at_interval, checks.greetings_spread)
"""What is told and not judged: faults change it, and nothing is promised."""

NEEDED: Mapping[type[ev.Event], str] = {
    ev.GroupStored: "the broker's log of the group was not read",
    ev.OffsetCommitted: "the commits in the broker's log were not read",
    ev.GreetingStored: "the greetings in the topic were not read",
    ev.RoundEnded: "no round has ended",
}


@dataclass(frozen=True)
class Row:
    """One check: its name, its outcome, how many breaches by cause; "" counts those without."""

    check: str
    outcome: str
    finding: str
    causes: Mapping[str, int]


@dataclass(frozen=True)
class Finding:
    """Something that a storm must not show: the check, when (Unix seconds), and what, in words."""

    check: str
    time: float
    words: str


@dataclass(frozen=True)
class Judgement:
    """What a storm came to. `figures` are numbers by name; a name ends in its unit."""

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
    for check in INVARIANTS:
        verdict = check(history)
        rows.append(Row(check.__name__, verdict.outcome, verdict.finding, {}))
        figures |= _named(check, verdict)
        if not _is_kept(check, verdict):
            told = "; ".join([verdict.finding, *verdict.evidence[:5]])
            findings.append(Finding(check.__name__, _when(history, verdict), told))
    for check, find in PROMISES.items():
        verdict, found = check(history), list(find(history))
        rows.append(
            Row(check.__name__, verdict.outcome, verdict.finding, Counter(b.cause for b in found))
        )
        figures |= _named(check, verdict)
        findings += [Finding(check.__name__, b.start, b.words) for b in found if not b.cause]
        if verdict.outcome == "broken" and not found and not _told_by_another(check, verdict):
            told = "; ".join([verdict.finding, *verdict.evidence[:5]])
            findings.append(Finding(check.__name__, history.end, told))
    for check in SHOWN:
        verdict = check(history)
        rows.append(Row(check.__name__, verdict.outcome, verdict.finding, {}))
    return Judgement(tuple(rows), tuple(findings), figures)


def _is_kept(check: Check, verdict: Verdict) -> bool:
    """What is unknown of an invariant fails a storm too; but a storm may lose no leader."""
    no_loss = check is checks.new_leader_after_each_loss and verdict.outcome == "unknown"
    return verdict.outcome == "held" or no_loss


def _told_by_another(check: Check, verdict: Verdict) -> bool:
    """A greeting that is lost was not printed once either: `no_greeting_is_lost` tells of it."""
    return check is checks.each_greeting_printed_once and not verdict.figures["twice"]


def _named(check: Check, verdict: Verdict) -> dict[str, float]:
    return {f"{check.__name__}.{name}": value for name, value in verdict.figures.items()}


def _when(history: History, verdict: Verdict) -> float:
    """When it was that the first piece of evidence tells of: most begin with that."""
    for line in verdict.evidence:
        with contextlib.suppress(ValueError):
            return history.start + float(line.split(" ", 1)[0])
    return history.end


def round_at(history: History, time: float) -> int:
    """The number of the round in which a time falls; 0 before the first."""
    begun = [event.number for event in history.of(ev.RoundBegun) if event.time <= time]
    return begun[-1] if begun else 0
