"""Rounds as pictures: how long nobody led, by election."""

from __future__ import annotations

from collections.abc import Sequence

from electionlab.elections.model import ELECTIONS, Round
from electionlab.pictures.strip_plot import Distribution

SESSION_S = 6.0
"""After how long a silence a leader has lost, in every election here."""


def leaderless(rounds: Sequence[Round], fault: str) -> Distribution:
    """How long nobody led after a fault, a strip of marks for each election; a line where a silent
    leader has lost."""
    groups: dict[str, list[float]] = {}
    for election, shown in ELECTIONS.items():
        own = [one for one in rounds if (one.election, one.fault) == (election, fault)]
        if own:
            groups[shown] = [one.leaderless_s for one in own if one.leaderless_s is not None]
    return Distribution(
        groups,
        limit=SESSION_S,
        caption=f"seconds from {fault} to the next leader's first greeting",
    )
