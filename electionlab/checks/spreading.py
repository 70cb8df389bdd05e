"""Who prints: each worker that has a partition of the greetings, if there are enough of them."""

from __future__ import annotations

from collections import Counter

from electionlab import events as ev
from electionlab.checks.verdict import Outcome, Verdict
from electionlab.groups import Steps
from electionlab.history import History

BY_CHANCE = 0.0001
"""A worker that printed none was left out, if chance alone does that more seldom than this: with 2
of 8 partitions that takes 33 greetings. Once in a hundred would be wrong in a hundred runs."""

Held = frozenset[int]  # partitions of the greetings


def greetings_spread(history: History) -> Verdict:
    """Whether greetings were printed by more than one worker, and by how many each.

    Broken too where a worker that had partitions of the greetings was left out: it printed none,
    while so many were printed that chance, which gives each greeting to any partition, hardly does
    that (BY_CHANCE). Figures: `greetings`, `workers` that printed, `share_largest` (0 to 1), and
    `left_out`.
    """
    claim = "Any running worker may print a greeting."
    printed = history.of(ev.GreetingPrinted)
    if len(history.workers) < 2 or len(printed) < 5:
        finding = f"{len(printed)} greetings and {len(history.workers)} workers are too few."
        return Verdict(claim, "unknown", finding)
    counts = Counter(event.worker for event in printed)
    left_out = _left_out(history, [event.time for event in printed])
    share = max(counts.values()) / len(printed)
    figures = {
        "greetings": len(printed),
        "workers": len(counts),
        "share_largest": share,
        "left_out": len(left_out),
    }
    evidence = tuple(
        f"worker {worker}: {counts[worker]}"
        + (f", of partitions {left_out[worker]}" if worker in left_out else "")
        for worker in history.workers
    )
    by = ", ".join(f"{worker} printed {counts[worker]}" for worker in history.workers)
    outcome: Outcome = "held" if len(counts) > 1 and not left_out else "broken"
    return Verdict(claim, outcome, f"Of {len(printed)}: {by}.", evidence, figures)


def _left_out(history: History, times: list[float]) -> dict[str, str]:
    """The workers that printed none of the greetings printed at these times, by more than chance;
    and the partitions that they had, in words. What was printed while a fault of the worker was at
    work does not count."""
    printers = {event.worker for event in history.of(ev.GreetingPrinted)}
    every = {
        number for given in history.of(ev.PartitionsAssigned) for number in _greetings_of(given)
    }
    found = {}
    for worker in history.workers:
        if worker in printers:
            continue
        steps = _held(history, worker)
        chance = 1.0
        had: set[int] = set()
        for time in times:
            held = steps.at(time)
            if held and not history.faults.touching(time, time, worker):
                chance *= 1 - len(held) / len(every)
                had |= held
        if chance < BY_CHANCE:
            found[worker] = ", ".join(str(number) for number in sorted(had))
    return found


def _held(history: History, worker: str) -> Steps[Held]:
    """The partitions of the greetings that a worker had, over time."""
    told = history.of(ev.PartitionsAssigned, ev.PartitionsRevoked, ev.WorkerExited, worker=worker)
    return Steps(
        (event.time, _greetings_of(event) if isinstance(event, ev.PartitionsAssigned) else None)
        for event in told
    )


def _greetings_of(given: ev.PartitionsAssigned) -> Held:
    """Faust's own topics have `__` in their names."""
    return frozenset(
        number
        for topic, numbers in given.partitions.items()
        if "__" not in topic
        for number in numbers
    )
