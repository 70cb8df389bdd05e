"""What becomes of greetings that a former leader published, where each says in which generation it
was made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from electionlab.checks.delivery import NOT_READ, prints, published_by
from electionlab.checks.verdict import Evidence, Verdict
from electionlab.history import events as ev
from electionlab.history.history import History

STAMP = re.compile(r" of generation (-?\d+)$")


class StaleGreeting(NamedTuple):
    """A greeting that stands in the topic behind one of a later generation: its own generation, the
    latest before it in its partition, and whether a worker printed it."""

    greeting: ev.GreetingStored
    generation: int
    newest: int
    was_read: bool


def stamp(greeting: str) -> int | None:
    """The generation that a greeting names, as those of examples/fenced_leader.py do; None if it
    names none."""
    found = STAMP.search(greeting)
    return int(found[1]) if found else None


def stale_stamps(history: History) -> Sequence[StaleGreeting]:
    """All stale greetings, by partition and in the topic's order."""
    printed = history.cached(prints)
    newest: dict[int, int] = {}
    stale = []
    for event in sorted(history.of(ev.GreetingStored), key=lambda e: (e.partition, e.offset)):
        generation = stamp(event.greeting)
        if generation is None:
            continue
        before = newest.get(event.partition, generation)
        if generation < before:
            stale.append(StaleGreeting(event, generation, before, event.greeting in printed))
        newest[event.partition] = max(generation, before)
    return stale


def _published_by(history: History, greeting: ev.GreetingStored) -> str:
    """Empty also where another worker published at the same time: then it may be the wrong one."""
    publisher = history.publisher_of(greeting)
    return published_by(history, greeting) if publisher and publisher.certain else ""


def no_stale_greeting_is_read(history: History) -> Verdict:
    """Whether no worker printed a greeting that stands in the topic behind one of a later leader.

    Needs the topic's greetings, which name their generation. One that stands there and was printed
    by nobody was refused by its reader. Unknown if there are fewer than two generations to compare.
    Figures: `greetings`, `stale` (in the topic), `read` (of these, printed).
    """
    claim = "No greeting of a former leader is read after one of its successor."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    stamps = {stamp(event.greeting) for event in stored} - {None}
    if len(stamps) < 2:
        return Verdict(claim, "unknown", "No two greetings name different generations.")
    stale = history.cached(stale_stamps)
    read = [one for one in stale if one.was_read]
    figures = {"greetings": len(stored), "stale": len(stale), "read": len(read)}
    evidence = tuple(
        Evidence(
            f"{one.greeting.greeting} (partition {one.greeting.partition}, offset "
            f"{one.greeting.offset}) stands behind one of generation {one.newest}, and was "
            + ("printed" if one.was_read else "not printed")
            + _published_by(history, one.greeting),
            time=one.greeting.time,
        )
        for one in stale
    )
    if read:
        return Verdict(claim, "broken", f"{len(read)} of {len(stored)} were.", evidence, figures)
    if stale:
        finding = f"{len(stale)} came too late, and their reader refused them."
    else:
        finding = f"None of the {len(stored)} in the topic came too late."
    return Verdict(claim, "held", finding, evidence, figures)
