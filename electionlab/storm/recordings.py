"""Recorded storms: how many rounds support a statement, and what came of them.

A JSON file with one storm per line: when, where, by which command, how many rounds of each kind,
and what each check found. It names no host and no folder.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from electionlab import checks
from electionlab.errors import LabError, writing
from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.pictures.tables import Table
from electionlab.storm import breaches, generator
from electionlab.storm.judge import Judgement, counted
from electionlab.storm.promises import PROMISES

FORMAT, VERSION = "electionlab-storms", 1
STORMS = PROJECT / "docs" / "recorded" / "storms.json"
"""The storms that docs/storms.md shows."""


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
    """What a judgement says of each check, in the form that is recorded."""
    return {
        row.check: {"outcome": row.outcome, "causes": dict(row.causes)} for row in judgement.rows
    }


def load(path: Path = STORMS) -> list[Recorded]:
    """The recorded storms, by seed. LabError that says what is wrong with the file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT or data["version"] != VERSION:
            raise ValueError(f"its format is {data['format']!r}, version {data['version']!r}")
        return [Recorded(**entry) for entry in data["storms"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LabError(f"{path} cannot be read as recorded storms: {error}") from error


def add(storm: Recorded, path: Path) -> None:
    """Write a storm into the file, in place of one with the same seed. LabError if that fails."""
    known = load(path) if path.exists() else []
    storms = sorted([*(s for s in known if s.seed != storm.seed), storm], key=lambda s: s.seed)
    lines = ",\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in storms)
    head = f'{{"format": "{FORMAT}", "version": {VERSION}, "storms": [\n'
    with writing(path):
        path.write_text(f"{head}{lines}\n]}}\n", encoding="utf-8")


def kinds(storms: Sequence[Recorded]) -> Table:
    """How many rounds there were of each kind."""
    total: Counter[str] = Counter()
    for storm in storms:
        total.update(storm.kinds)
    known = {name: kind.words for name, kind in generator.KINDS.items()}
    rows = [(known.get(kind, kind), count) for kind, count in total.most_common()]
    return Table(["what was done in a round", "rounds"], [*rows, ("all", total.total())])


@dataclass(frozen=True)
class Summary:
    """What storms found of one check: its claim; `rule`, whether a storm may break it; in how many
    of `storms` it `held`, and how many rounds those had; how many breaches by cause ("" without
    one)."""

    check: str
    claim: str
    rule: str
    storms: int
    rounds: int
    held: int
    causes: Mapping[str, int]


def summaries(storms: Sequence[Recorded]) -> list[Summary]:
    """What the storms found of each check that any of them judged."""
    rows = []
    for promise in PROMISES:
        name = promise.name
        judging = [storm for storm in storms if name in storm.checks]
        causes: Counter[str] = Counter()
        for storm in judging:
            causes.update(_broken_by(name, storm.checks[name]["causes"]))
        if judging:
            held = sum(storm.checks[name]["outcome"] == "held" for storm in judging)
            rounds = sum(storm.rounds for storm in judging)
            claim = promise.check(History([])).claim
            rows.append(Summary(name, claim, promise.rule, len(judging), rounds, held, causes))
    return rows


def _broken_by(check: str, causes: Mapping[str, int]) -> Mapping[str, int]:
    """The causes that broke the promise. Leadership that moved because the leader was lost kept to
    it: `breaches.needless_moves` lists each move, with its reason as the cause."""
    if check != checks.leader_moved_only_for_a_reason.__name__:
        return causes
    return {cause: count for cause, count in causes.items() if cause in ("", breaches.RETURN)}


def verdicts(storms: Sequence[Recorded]) -> Table:
    """For each check its claim, whether a storm may break it, in how many storms it held, how many
    breaches there were, and why."""
    rows = [
        (
            *(one.claim, one.rule, f"{one.held} of {one.storms}"),
            *(sum(one.causes.values()) or "", counted(one.causes)),
        )
        for one in summaries(storms)
    ]
    return Table(["claim", "in a storm", "held in", "breaches", "explained by"], rows)
