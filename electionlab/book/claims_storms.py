"""The ledger's storms: what the recorded ones found of each promise, in how many rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from electionlab.book import claims
from electionlab.book.claims import LEDGER
from electionlab.checks.verdict import SIGNS
from electionlab.history.readable import plural
from electionlab.storm import judge, recordings
from electionlab.storm.recordings import Recorded, Summary

OF_CLAIMS = {
    "only-one-leader-ever": "at_most_one_leader",
    "usable-as-a-mutex": "one_effective_publisher",
    "new-leader-after-loss": "new_leader_after_each_loss",
}
"""The claims that storms judge too, each with its check."""


@dataclass(frozen=True)
class StormRow:
    """A promise, what the recorded storms found of it, and what to do about it."""

    summary: Summary
    so: str

    @property
    def kind(self) -> str:
        return "held" if self.summary.held == self.summary.storms else "broken"

    @property
    def verdict(self) -> str:
        """`✓ held`, or `✗ broken` in how many of the storms."""
        broken = self.summary.storms - self.summary.held
        among = f" in {broken} of {self.summary.storms} storms" if broken else ""
        return f"{SIGNS[self.kind]} {self.kind}{among}"

    @property
    def words(self) -> str:
        """In how many rounds, and what broke it how often."""
        rounds = f"{self.summary.rounds} rounds."
        if not self.summary.causes:
            return rounds
        count = sum(self.summary.causes.values())
        causes = judge.counted(self.summary.causes)
        return f"{rounds} Broken {count} {plural(count, 'time')}, by: {causes}."

    @property
    def trouble(self) -> str:
        """What is wrong with it: a breach without a cause, or of what must hold, or two leaders of
        which the older one had ended, against the ledger's condition; empty if nothing is."""
        if self.summary.causes.get(""):
            return f"{self.summary.causes['']} breaches without a cause"
        ended = [cause for cause in ("Ctrl+C", "kill -9") if cause in self.summary.causes]
        if ended and self.summary.check == OF_CLAIMS["only-one-leader-ever"]:
            return f"two leaders after {ended[0]}"
        must_hold = self.summary.rule == "must hold" and self.kind == "broken"
        return "must hold, and a storm broke it" if must_hold else ""


def rows(
    storms: Sequence[Recorded] | None = None, ledger: Path = LEDGER
) -> tuple[str, list[StormRow]]:
    """In words how many storms there are, when and where they were recorded; and a row for each
    promise that storms judge. Without `storms`, those in docs/recorded."""
    storms = recordings.load() if storms is None else storms
    so = claims.read(ledger).get("storm", {})
    dates = " and ".join(sorted({storm.date for storm in storms}))
    machines = " and ".join(sorted({storm.machine for storm in storms}))
    total = sum(storm.rounds for storm in storms)
    head = f"{len(storms)} storms, {total} rounds, recorded on {dates} ({machines})."
    return head, [
        StormRow(summary, so.get(summary.check, ""))
        for summary in recordings.summaries(storms)
        if summary.rule != "is reported"
    ]


def outcomes(claim: str) -> dict[str, str]:
    """What the recorded storms say of a claim of the ledger; empty if they do not judge it."""
    _, every = rows()
    kinds = {row.summary.check: row.kind for row in every}
    kind = kinds.get(OF_CLAIMS.get(claim, ""))
    return {"the recorded storms": kind} if kind else {}
