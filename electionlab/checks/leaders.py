"""How many lead, each in its own eyes: never two, and never nobody for long."""

from __future__ import annotations

from electionlab.checks.causes import fault_before
from electionlab.checks.verdict import Verdict, stretch
from electionlab.history import History, Span, Spans
from electionlab.leading import LOGGED_LATE_S
from electionlab.spans import Stretch, covered, in_both, overlaps, subtract

PATIENCE_S = 10.0  # so long, in seconds, it may take until somebody leads again

Overlap = tuple[Span, Span, Stretch]


def leading(history: History, worker: str, time: float) -> list[Span]:
    """The leaderships of a worker, in its own eyes, that a time (Unix seconds) falls into; or that
    were logged up to LOGGED_LATE_S after it."""
    return history.leaderships.touching(time, time + LOGGED_LATE_S, worker)


def leaderless(history: History) -> list[Stretch]:
    """When nobody led in their own eyes, once somebody had, while a worker lived: as stretches in
    order. What comes after we began to stop all workers does not count."""
    leaderships = history.leaderships
    if not leaderships:
        return []
    whole = [(leaderships[0].start, history.over)]
    alone = subtract(whole, [(span.start, span.end) for span in leaderships])
    return in_both(alone, [(life.start, life.end) for life in history.lives])


def at_most_one_leader(history: History, slack_s: float = 0.0) -> Verdict:
    """Whether no two workers led at the same time, each in its own eyes.

    Two that led at once for `slack_s` at most do not count: logs tell milliseconds, and one worker
    reads its assignment before the other. Figures: `overlap_s`, the total time with two leaders or
    more; `longest_s`, the longest of two workers; `acting_s`, the part of the total in which two of
    them ran, neither of them frozen; `cut_s`, the part in which one of two was cut off the network;
    `leaderships`.
    """
    claim = "At most one worker leads at any time."
    spans = history.leaderships
    if not spans:
        return Verdict(claim, "unknown", "Nobody ever led.")
    found = [told for told in overlaps(spans) if told[2][1] - told[2][0] > slack_s]
    overlap_s = covered([both for _, _, both in found])
    longest_s = max((end - start for _, _, (start, end) in found), default=0.0)
    acting_s = covered(
        acting for told in found for acting in subtract([told[2]], _parts(told, history.freezes))
    )
    cut_s = covered(part for told in found for part in _parts(told, history.cuts))
    figures = {
        "overlap_s": overlap_s,
        "longest_s": longest_s,
        "acting_s": acting_s,
        "cut_s": cut_s,
        "leaderships": len(spans),
    }
    if not found:
        finding = f"{len(spans)} leaderships, one after the other."
        return Verdict(claim, "held", finding, _leaderships(history), figures)
    evidence = tuple(
        f"{stretch(history, start, end)}: {first.worker} (generation {first.generation}) "
        f"and {second.worker} (generation {second.generation})"
        for first, second, (start, end) in found
    )
    finding = (
        f"Two led at once for {overlap_s:.2f} s, {acting_s:.2f} s of it with both of them running"
        + (f", {cut_s:.2f} s with one of them cut off." if cut_s else ".")
    )
    return Verdict(claim, "broken", finding, evidence, figures)


def _parts(told: Overlap, states: Spans[Span]) -> list[Stretch]:
    """The parts of an overlap in which one of the two was in a state (frozen, cut)."""
    first, second, (start, end) = told
    return [
        part
        for worker in (first.worker, second.worker)
        for state in states.touching(start, end, worker)
        if (part := state.overlap(Span("", start, end)))
    ]


def _leaderships(history: History) -> tuple[str, ...]:
    return tuple(
        f"{span.worker}: {stretch(history, span.start, span.end)}"
        f"{'' if span.end_is_known else ' and on'}, generation {span.generation}"
        for span in history.leaderships
    )


def always_a_leader(history: History, patience_s: float = PATIENCE_S) -> Verdict:
    """Whether, once somebody led, nobody led for at most `patience_s` seconds at a time.

    Leaders are those in their own eyes. Time in which no worker lived does not count, nor what
    comes after we began to stop them all. Figures: `total_s` and `longest_s` without a leader,
    `gaps`.
    """
    claim = f"There is always a leader, but for {patience_s:g} s at most."
    if not history.leaderships or not history.lives:
        return Verdict(claim, "unknown", "Nobody ever led.")
    gaps = leaderless(history)
    total_s = sum(end - start for start, end in gaps)
    longest_s = max((end - start for start, end in gaps), default=0.0)
    figures = {"total_s": total_s, "longest_s": longest_s, "gaps": len(gaps)}
    evidence = tuple(
        f"{stretch(history, start, end)}: nobody for {end - start:.2f} s, "
        f"{fault_before(history, start)}"
        for start, end in gaps
    )
    finding = f"Nobody led for {total_s:.2f} s in all, for {longest_s:.2f} s at a time."
    held = longest_s <= patience_s
    return Verdict(claim, "held" if held else "broken", finding, evidence, figures)
