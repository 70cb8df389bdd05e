"""The claims ledger: what is said of leader elections, and what became of it in this build.

`docs/claims.toml` has one entry for each claim: its words, who says so, where it is judged and what
is expected of each experiment that judges it. A notebook passes what it found to `judge`, which
raises where that is not what is written there, so that a Faust or Kafka that changes its behaviour
turns the build red. The page docs/claims.md shows all entries with what was found
(`ledger_page`).
"""

from __future__ import annotations

import functools
import html
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from electionlab.checks import Outcome, Verdict
from electionlab.checks.verdict import SIGNS
from electionlab.errors import LabError
from electionlab.places import PROJECT

LEDGER = PROJECT / "docs" / "claims.toml"
OUTCOMES = ("held", "broken")


@dataclass(frozen=True)
class Claim:
    """A claim: `expected` says what each experiment is expected to find, `held` or `broken`, or
    either of them (`held|broken`) where a lucky run proves nothing. `condition` finishes the
    sentence "held only if …" where experiments differ. `page` and `anchor` are where it is judged.
    """

    key: str
    words: str
    source: str
    page: str
    anchor: str
    expected: Mapping[str, str]
    condition: str = ""

    @property
    def expectation(self) -> str:
        """What is expected in one word, or `held only if …`."""
        return in_words(self.expected, self.condition)


def in_words(outcomes: Mapping[str, str], condition: str = "") -> str:
    """`held`, `broken`, `held or broken`, or `held only if …` where outcomes differ."""
    found = set(outcomes.values())
    if len(found) == 1:
        return found.pop().replace("|", " or ")
    return f"held only if {condition}"


@dataclass(frozen=True)
class Judged:
    """What this build found of a claim: an outcome for each experiment, and a figure in words."""

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
    def sign(self) -> str:
        return SIGNS.get(self.verdict, "◐")

    @property
    def _found(self) -> str:
        return "; ".join(f"{name}: {outcome}" for name, outcome in self.outcomes.items())

    def _repr_html_(self) -> str:
        return (
            f'<div class="verdict verdict-{self.kind}" role="note"><p><strong>{self.sign} '
            f"{html.escape(self.verdict)}</strong> · <em>{html.escape(self.claim.words)}</em> "
            f"{html.escape(self.figure)}</p><p>{html.escape(self._found)}</p></div>"
        )

    def __repr__(self) -> str:
        return f"{self.sign} {self.verdict}: {self.claim.words} {self.figure} ({self._found})"


@functools.cache
def load(path: Path = LEDGER) -> dict[str, Claim]:
    """The ledger's claims by key. LabError that names the entry where the file is not as it should
    be."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["claim"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise LabError(f"{path} cannot be read as the ledger of claims: {error}") from error
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
    key: str, found: Mapping[str, Verdict | Outcome], figure: str, ledger: Path = LEDGER
) -> Judged:
    """Write into the ledger what this build found of a claim, and return it for the page.

    `found` has the verdict (or the outcome) for each experiment that the ledger names for this
    claim, `figure` the number behind it, in words with its unit. Raises AssertionError where an
    outcome is not the one expected, LabError for a claim or an experiment that is not in the
    ledger, or for one that is missing.
    """
    claims = load(ledger)
    if key not in claims:
        raise LabError(f"There is no claim {key!r} in {ledger.name}, but {', '.join(claims)}.")
    claim = claims[key]
    if set(found) != set(claim.expected):
        raise LabError(
            f"The claim {key!r} is judged by {', '.join(claim.expected)}; "
            f"this cell tells of {', '.join(found)}."
        )
    outcomes = {n: told.outcome if isinstance(told, Verdict) else told for n, told in found.items()}
    judged = Judged(claim, outcomes, figure)
    for name in judged.unexpected:
        expected, told = claim.expected[name].replace("|", " or "), found[name]
        raise AssertionError(
            f"{claim.words} Expected of {name!r}: {expected}; found: {outcomes[name]}. "
            f"{figure}\n{told if isinstance(told, Verdict) else ''}\nIf Faust or Kafka has "
            f"changed, the page and {ledger.name} have to say so."
        )
    _glue(glue_name(key), judged)
    return judged


class _Record:
    """A finding as JSON, in the place where `glue` asks for an object's text."""

    def __init__(self, judged: Judged) -> None:
        self._told = {"outcomes": dict(judged.outcomes), "figure": judged.figure}

    def __repr__(self) -> str:
        return json.dumps(self._told)


def _glue(name: str, judged: Judged) -> None:
    """Leave the finding in the notebook's outputs, invisibly, where the ledger's page finds it."""
    from IPython.core.getipython import get_ipython  # only a notebook has these

    if get_ipython() is not None:
        from myst_nb import glue

        glue(name, _Record(judged), display=False)
