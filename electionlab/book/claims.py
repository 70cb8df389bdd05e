"""The claims ledger: what is said about leader elections, and what this build found.

`docs/claims.toml` has one entry for each claim: its words, who says so, where it is judged and what
is expected of each experiment that judges it. A notebook passes its verdicts to `judge`, which
raises if they are not the expected ones, so that a Faust or Kafka that changes its behaviour turns
the build red. The page docs/claims.md shows all entries with their verdicts (`claims_directive`).
"""

from __future__ import annotations

import functools
import html
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from electionlab.checks import Outcome, Verdict
from electionlab.checks.verdict import SIGNS
from electionlab.errors import LabError
from electionlab.host import notes
from electionlab.host.folders import PROJECT

LEDGER = PROJECT / "docs" / "claims.toml"
OUTCOMES = ("held", "broken")


@dataclass(frozen=True)
class Claim:
    """A claim: `expected` says what each experiment is expected to find, `held` or `broken`, or
    either of them (`held|broken`) where a lucky run proves nothing. `condition` finishes the
    sentence "held only if …" where experiments differ. `page` and `anchor` are where it is judged,
    `so` is the item of the checklist that it leads to (the anchor of its heading).
    """

    key: str
    words: str
    source: str
    page: str
    anchor: str
    expected: Mapping[str, str]
    condition: str = ""
    so: str = ""

    @property
    def expectation(self) -> str:
        """What is expected, in a word, or `held only if …`."""
        return in_words(self.expected, self.condition)


def in_words(outcomes: Mapping[str, str], condition: str = "") -> str:
    """`held`, `broken`, `held or broken`, or `held only if …` where outcomes differ. What a history
    does not say (`unknown`) counts only where nothing else is said."""
    distinct = set(outcomes.values())
    if len(distinct) > 1:
        distinct.discard("unknown")
    if len(distinct) == 1:
        return distinct.pop().replace("|", " or ")
    return f"held only if {condition}"


@dataclass(frozen=True)
class Judged:
    """This build's findings on a claim: an outcome for each experiment, and a figure in words."""

    claim: Claim
    outcomes: Mapping[str, str]
    figure: str

    @property
    def verdict(self) -> str:
        return in_words(self.outcomes, self.claim.condition)

    @property
    def kind(self) -> str:
        """`held`, `broken` or `partly`: how a page draws it."""
        return self.verdict if self.verdict in OUTCOMES else "partly"

    @property
    def unexpected(self) -> list[str]:
        """The experiments whose outcome is missing, not the one expected, or not asked for."""
        return [
            name
            for name in {**self.claim.expected, **self.outcomes}
            if self.outcomes.get(name) not in self.claim.expected.get(name, "").split("|")
        ]

    @property
    def broken_by(self) -> list[str]:
        """The experiments that broke the claim."""
        return [name for name, outcome in self.outcomes.items() if outcome == "broken"]

    @property
    def sign(self) -> str:
        return SIGNS.get(self.verdict, "◐")

    def joined_with(self, outcomes: Mapping[str, str], expected: Mapping[str, str]) -> Judged:
        """The same claim with the outcomes of more experiments, and what is expected of those.
        Where both name an experiment, this one's own outcome stands."""
        claim = replace(self.claim, expected={**expected, **self.claim.expected})
        return Judged(claim, {**outcomes, **self.outcomes}, self.figure)

    @property
    def _by_experiment(self) -> str:
        return "; ".join(f"{name}: {outcome}" for name, outcome in self.outcomes.items())

    def _repr_html_(self) -> str:
        return (
            f'<div class="verdict verdict-{self.kind}" role="note"><p><strong>{self.sign} '
            f"{html.escape(self.verdict)}</strong> · <em>{html.escape(self.claim.words)}</em> "
            f"{html.escape(self.figure)}</p><p>{html.escape(self._by_experiment)}</p></div>"
        )

    def __repr__(self) -> str:
        return (
            f"{self.sign} {self.verdict}: {self.claim.words} {self.figure} ({self._by_experiment})"
        )


def read(path: Path = LEDGER) -> dict[str, Any]:
    """The tables of the ledger's file. LabError if it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LabError(f"{path} cannot be read as the ledger of claims: {error}") from error


@functools.cache
def load(path: Path = LEDGER) -> dict[str, Claim]:
    """The ledger's claims by key. If the file is not valid, a LabError names the entry."""
    entries = read(path).get("claim")
    if entries is None:
        raise LabError(f"{path} cannot be read as the ledger of claims: 'claim'")
    claims: dict[str, Claim] = {}
    for number, entry in enumerate(entries, start=1):
        try:
            claim = Claim(**entry)
        except TypeError as error:
            raise LabError(f"{path}, claim {number}: {error}") from error
        wrong = [o for o in claim.expected.values() if o not in (*OUTCOMES, "held|broken")]
        if wrong or not claim.expected or claim.key in claims:
            raise LabError(f"{path}, claim {claim.key!r}: {wrong or 'nothing expected, or twice'}")
        if len(set(claim.expected.values())) > 1 and not claim.condition:
            raise LabError(f"{path}, claim {claim.key!r} has outcomes that differ, no condition.")
        claims[claim.key] = claim
    return claims


def glue_name(key: str) -> str:
    """The name under which a claim's finding stands in a notebook's outputs."""
    return f"claim-{key}"


def judge(
    key: str, verdicts: Mapping[str, Verdict | Outcome], figure: str, ledger: Path = LEDGER
) -> Judged:
    """Leave this build's findings on a claim for the ledger, and return them for the page.

    `verdicts` has the verdict (or the outcome) for each experiment that the ledger names for this
    claim, `figure` the number that supports it, in words with its unit. Raises AssertionError if
    an outcome is not the one expected, LabError for a claim or an experiment that is not in the
    ledger, or for one that is missing.
    """
    claims = load(ledger)
    if key not in claims:
        raise LabError(f"There is no claim {key!r} in {ledger.name}, but {', '.join(claims)}.")
    claim = claims[key]
    if set(verdicts) != set(claim.expected):
        raise LabError(
            f"The claim {key!r} is judged by {', '.join(claim.expected)}; "
            f"this cell has {', '.join(verdicts)}."
        )
    outcomes = {
        n: verdict.outcome if isinstance(verdict, Verdict) else verdict
        for n, verdict in verdicts.items()
    }
    judged = Judged(claim, outcomes, figure)
    for name in judged.unexpected:
        expected, verdict = claim.expected[name].replace("|", " or "), verdicts[name]
        raise AssertionError(
            f"{claim.words} Expected of {name!r}: {expected}; found: {outcomes[name]}. "
            f"{figure}\n{verdict if isinstance(verdict, Verdict) else ''}\nIf Faust or Kafka has "
            f"changed, the page and {ledger.name} have to say so."
        )
    notes.leave(glue_name(key), {"outcomes": outcomes, "figure": figure})
    return judged
