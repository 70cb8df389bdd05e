"""How many workers lead, each in its own eyes: never two, and never none for long."""

from __future__ import annotations

from electionlab.checks.causes import fault_before
from electionlab.checks.verdict import Evidence, Verdict, interval
from electionlab.history.history import History, Span, Spans
from electionlab.history.intervals import Interval, covered, in_both, overlaps, subtract
from electionlab.history.leadership import LOGGED_LATE_S
from electionlab.history.readable import number_of

PATIENCE_S = 10.0  # seconds that it may take until somebody leads again

Overlap = tuple[Span, Span, Interval]


def leading(history: History, worker: str, time: float) -> list[Span]:
    """The leaderships of a worker, in its own eyes, that a time (Unix seconds) falls into, or that
    were logged up to LOGGED_LATE_S after it."""
    return history.leaderships.touching(time, time + LOGGED_LATE_S, worker)


def two_at_once(history: History) -> list[Overlap]:
    """When two workers led, each in its own eyes: the older leadership, the younger one, and the
    interval that they share, up to the end of the run; in order of the younger one's start."""
    return [
        (older, younger, (start, min(end, history.over)))
        for older, younger, (start, end) in overlaps(history.leaderships)
        if start < history.over
    ]


def leaderless(history: History) -> list[Interval]:
    """When nobody led in their own eyes while a worker lived, from the first leadership on; as
    intervals in order. A leadership ends with the Kafka that granted it, whatever its holder
    believes. What comes after we began to stop all workers does not count."""
    leaderships = history.leaderships
    if not leaderships:
        return []
    whole = [(leaderships[0].start, history.over)]
    led = [
        part
        for span in leaderships
        for part in subtract(
            [(span.start, span.end)],
            [(gone.start, gone.end) for gone in history.orphaned.of(span.worker)],
        )
    ]
    alone = subtract(whole, led)
    return in_both(alone, [(life.start, life.end) for life in history.lives])


def at_most_one_leader(history: History, slack_s: float = 0.0) -> Verdict:
    """Whether no two workers led at the same time, each in its own eyes.

    Overlaps of at most `slack_s` seconds do not count: logs are precise to milliseconds, and one
    worker reads its assignment before the other. Nor does what comes after we began to stop all
    workers. Figures: `overlap_s`, the total time with two leaders or more; `longest_s`, the longest
    overlap of two workers; `acting_s`, the part of the total in which two of them ran, neither of
    them frozen nor its event loop blocked; `cut_s`, the part in which one of the two was cut off
    from the network; `leaderships`.
    """
    claim = "At most one worker leads at any time."
    spans = history.leaderships
    if not spans:
        return Verdict(claim, "unknown", "Nobody ever led.")
    overlapping = [
        (older, younger, (start, end))
        for older, younger, (start, end) in history.cached(two_at_once)
        if end - start > slack_s
    ]
    overlap_s = covered([shared for _, _, shared in overlapping])
    longest_s = max((end - start for _, _, (start, end) in overlapping), default=0.0)
    acting_s = covered(
        acting
        for overlap in overlapping
        for acting in subtract(
            [overlap[2]], [*_parts(overlap, history.freezes), *_parts(overlap, history.blocks)]
        )
    )
    cut_s = covered(part for overlap in overlapping for part in _parts(overlap, history.cuts))
    figures = {
        "overlap_s": overlap_s,
        "longest_s": longest_s,
        "acting_s": acting_s,
        "cut_s": cut_s,
        "leaderships": len(spans),
    }
    if not overlapping:
        finding = f"{number_of(len(spans), 'leadership')}, never two at once."
        return Verdict(claim, "held", finding, _leaderships(history), figures)
    evidence = tuple(
        Evidence.at(
            history,
            start,
            f"{interval(history, start, end)}: {first.worker} (generation {first.generation}) "
            f"and {second.worker} (generation {second.generation})",
            worker=second.worker if second.start == start else first.worker,
        )
        for first, second, (start, end) in overlapping
    )
    running = "all" if acting_s == overlap_s else f"{acting_s:.2f} s"
    finding = (
        f"Two led at once for {overlap_s:.2f} s, {running} of it with both of them running"
        + (f", {cut_s:.2f} s with one of them cut off." if cut_s else ".")
    )
    return Verdict(claim, "broken", finding, evidence, figures)


def _parts(overlap: Overlap, states: Spans[Span]) -> list[Interval]:
    """The parts of an overlap in which one of the two was in a state (frozen, cut)."""
    first, second, (start, end) = overlap
    return [
        part
        for worker in (first.worker, second.worker)
        for state in states.touching(start, end, worker)
        if (part := state.overlap(Span("", start, end)))
    ]


def _leaderships(history: History) -> tuple[Evidence, ...]:
    return tuple(
        Evidence.at(
            history,
            span.start,
            f"{span.worker}: {interval(history, span.start, span.end)}"
            f"{'' if span.end_is_known else ' and on'}, generation {span.generation}",
            worker=span.worker,
        )
        for span in history.leaderships
    )


def always_a_leader(history: History, patience_s: float = PATIENCE_S) -> Verdict:
    """Whether, once somebody had led, gaps without a leader lasted at most `patience_s` seconds.

    Workers lead in their own eyes, but only as long as the Kafka that made them leader exists: one
    whose Kafka was replaced by an empty one leads nobody. Time in which no worker lived does not
    count, nor what comes after we began to stop them all. Figures: `total_s` and `longest_s`
    without a leader, `gaps`.
    """
    claim = f"There is always a leader, but for {patience_s:g} s at most."
    if not history.leaderships:
        return Verdict(claim, "unknown", "Nobody ever led.")
    if not history.lives:
        return Verdict(claim, "unknown", "No worker was seen to start.")
    gaps = history.cached(leaderless)
    total_s = sum(end - start for start, end in gaps)
    longest_s = max((end - start for start, end in gaps), default=0.0)
    figures = {"total_s": total_s, "longest_s": longest_s, "gaps": len(gaps)}
    evidence = tuple(
        Evidence.at(
            history,
            start,
            f"{interval(history, start, end)}: nobody for {end - start:.2f} s, "
            f"{fault_before(history, start)}",
        )
        for start, end in gaps
    )
    finding = f"Nobody led for {total_s:.2f} s in all, {longest_s:.2f} s at the longest."
    held = longest_s <= patience_s
    return Verdict(claim, "held" if held else "broken", finding, evidence, figures)
