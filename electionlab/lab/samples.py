"""What the observer and its process say to each other: an order, and samples."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TypedDict

from electionlab.history import events as ev

ORDER_VARIABLE = "ELECTIONLAB_OBSERVER"
"""The environment variable with the order, as one JSON object: other users cannot see a password
there."""


class Order(TypedDict):
    """What to watch. `witness` and `settings` say where Kafka is and how to get in, `app` is the
    group, `workers` are web ports, `every` is in seconds, `journal_from` an offset."""

    witness: str
    settings: Mapping[str, str]
    app: str
    workers: list[str]
    every: float
    journal_from: int


def failure(of: str, asked: str, why: object, at: float | None = None) -> ev.WitnessFailed:
    """A sample that is missing: who did not answer (`of`), what was asked, and why, in words."""
    words = (str(why) or type(why).__name__).splitlines()[0][:200]
    return ev.WitnessFailed(time=at or time.time(), worker=of, asked=asked, why=words)
