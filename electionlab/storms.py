"""Recorded storms: how many rounds stand behind a sentence, and what they came to.

A JSON file with one storm a line: when, where, by which command, how many rounds of each kind, and
what each check found. It names no host and no folder.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from electionlab import explain, schedule
from electionlab.errors import LabError
from electionlab.explain import Check, Judgement, counted
from electionlab.history import History
from electionlab.places import PROJECT
from electionlab.tables import Table

FORMAT, VERSION = "electionlab-storms", 1
STORMS = PROJECT / "docs" / "recorded" / "storms.json"
"""The storms that the failure lab's page shows."""


@dataclass(frozen=True)
class Recorded:
    """One storm. `date` as YYYY-MM-DD, `machine` in words, `command` to repeat it, `versions` by
    name, `kinds` how many rounds of each kind, `checks` for each check its outcome and how many
    breaches by cause ("" without one), `figures` by name with their unit in it."""

    seed: int
    rounds: int
    date: str
    machine: str
    command: str
    versions: Mapping[str, str]
    kinds: Mapping[str, int]
    checks: Mapping[str, Mapping[str, Any]]
    figures: Mapping[str, float]
    passed: bool


def checks_of(judgement: Judgement) -> dict[str, dict[str, Any]]:
    """What a judgement says of each check, as it is recorded."""
    return {
        row.check: {"outcome": row.outcome, "causes": dict(row.causes)} for row in judgement.rows
    }


def load(path: Path = STORMS) -> list[Recorded]:
    """The recorded storms, by seed. LabError that says what is wrong with the file."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT or told["version"] != VERSION:
            raise ValueError(f"its format is {told['format']!r}, version {told['version']!r}")
        return [Recorded(**one) for one in told["storms"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LabError(f"{path} cannot be read as recorded storms: {error}") from error


def add(storm: Recorded, path: Path) -> None:
    """Write a storm into the file, in place of one with the same seed. OSError where there is no
    such folder."""
    known = load(path) if path.exists() else []
    storms = sorted([*(s for s in known if s.seed != storm.seed), storm], key=lambda s: s.seed)
    lines = ",\n".join(json.dumps(asdict(one), ensure_ascii=False) for one in storms)
    head = f'{{"format": "{FORMAT}", "version": {VERSION}, "storms": [\n'
    path.write_text(f"{head}{lines}\n]}}\n", encoding="utf-8")


def kinds(storms: Sequence[Recorded]) -> Table:
    """How many rounds there were of each kind."""
    total: Counter[str] = Counter()
    for storm in storms:
        total.update(storm.kinds)
    rows = [(schedule.MEANS.get(kind, kind), count) for kind, count in total.most_common()]
    return Table(["what was done in a round", "rounds"], [*rows, ("all", total.total())])


def verdicts(storms: Sequence[Recorded]) -> Table:
    """For each check what it claims, whether a storm may break it, in how many storms it held, how
    many breaches there were, and why."""
    rows = []
    for check, rule in _rules():
        told = [storm.checks[check.__name__] for storm in storms if check.__name__ in storm.checks]
        if not told:
            continue
        claim = check(History([])).claim
        held = sum(one["outcome"] == "held" for one in told)
        causes: Counter[str] = Counter()
        for one in told:
            causes.update(one["causes"])
        rows.append((claim, rule, f"{held} of {len(told)}", causes.total() or "", counted(causes)))
    return Table(["claim", "in a storm", "held in", "breaches", "explained by"], rows)


def _rules() -> Iterator[tuple[Check, str]]:
    for rule, found in (
        ("must hold", explain.INVARIANTS),
        ("may break, with a cause", explain.PROMISES),
        ("is told", explain.SHOWN),
    ):
        yield from ((check, rule) for check in found)
