"""Who publishes, and how often: only the leader, in its own eyes, every two seconds."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from electionlab.checks.verdict import Evidence, Verdict, seconds, where
from electionlab.history import events as ev
from electionlab.history.history import History, Span
from electionlab.history.intervals import Interval
from electionlab.history.leadership import LOGGED_LATE_S
from electionlab.history.readable import number_of

TIMER_INTERVAL_S = 2.0  # @app.timer(2.0, …) in leader.py
TOLERANCE = 0.1  # of the interval
ENOUGH_GAPS = 3  # between publishes, to judge a leadership by


def only_the_leader_publishes(history: History) -> Verdict:
    """Whether each publish came from a worker that led at that time, in its own eyes.

    A publish up to LOGGED_LATE_S before the gain is logged counts as the leader's. Once the Kafka
    that made it leader has been replaced by an empty one, a worker leads nobody, whatever it
    believes. Figures: `publishes`, `by_others`.
    """
    claim = "Only the leader publishes."
    publishes = history.of(ev.Published)
    if not publishes:
        return Verdict(claim, "unknown", "Nothing was published.")
    orphans = {e for e in publishes if history.orphaned.touch(e.time, e.time, e.worker)}
    strangers = [
        event
        for event in publishes
        if event in orphans
        or not history.leaderships.touch(event.time, event.time + LOGGED_LATE_S, event.worker)
    ]
    figures = {"publishes": len(publishes), "by_others": len(strangers)}
    counts = Counter(event.worker for event in publishes)
    if strangers:
        others = len(strangers) - len(orphans)
        sentences = [f"{others} of {len(publishes)} came from a worker that did not lead."] * bool(
            others
        )
        if orphans:
            sentences.append(
                f"{len(orphans)} of {len(publishes)} came from a worker whose Kafka was gone, and "
                "with it the group that it led."
            )
        finding = " ".join(sentences)
        evidence = tuple(Evidence.of(event, where(history, event)) for event in strangers)
        return Verdict(claim, "broken", finding, evidence, figures)
    finding = f"All {len(publishes)} came from the worker that led at that time."
    by_worker = tuple(f"worker {worker}: {counts[worker]}" for worker in history.workers)
    return Verdict(claim, "held", finding, by_worker, figures)


def publishes_at_interval(history: History, interval_s: float = TIMER_INTERVAL_S) -> Verdict:
    """Whether each leader published about every `interval_s` seconds.

    Held if in each leadership the median gap differs from that by less than the share TOLERANCE.
    Single gaps vary more (a busy machine, a rebalance) and are only shown. A gap in which the
    leader was frozen or its event loop blocked does not count. Leaderships with fewer than
    ENOUGH_GAPS are judged together. Figures: `median_s`, the median that differs most; `longest_s`
    and `shortest_s`, the longest and shortest gap, of which the longest may be the silence from the
    last publish to the end of the leadership.
    """
    claim = f"The leader publishes about every {interval_s:g} s."
    judged: list[tuple[str, list[float]]] = []
    every: list[float] = []
    short: list[float] = []
    silences: list[float] = []
    times: dict[str, list[float]] = {}
    for event in history.of(ev.Published):
        times.setdefault(event.worker, []).append(event.time)
    for span in history.leaderships:
        gaps, silence = _gaps(history, span, times.get(span.worker, []))
        every += gaps
        silences += silence
        if len(gaps) < ENOUGH_GAPS:
            short += gaps
        else:
            judged.append((f"{span.worker}, from {history.at(span.start):.3f} s", gaps))
    if len(short) >= ENOUGH_GAPS:
        judged.append(("shorter leaderships", short))
    if not judged:
        finding = f"Too few: {number_of(len(every), 'gap')} between greetings."
        return Verdict(claim, "unknown", finding)
    by, worst = max(judged, key=lambda one: abs(statistics.median(one[1]) - interval_s))
    furthest = statistics.median(worst)
    figures = {
        "median_s": furthest,
        "longest_s": max(every + silences),
        "shortest_s": min(every),
    }
    evidence = tuple(f"{who}: {seconds(gaps)}" for who, gaps in judged)
    held = abs(furthest - interval_s) < TOLERANCE * interval_s
    if not held:
        return Verdict(claim, "broken", f"{by}: {seconds(worst)}.", evidence, figures)
    return Verdict(claim, "held", f"{seconds(every)}.", evidence, figures)


def _gaps(history: History, span: Span, times: Sequence[float]) -> tuple[list[float], list[float]]:
    """The seconds between a leader's publishes; and those from the last one to the end of its
    leadership, or of the run. Gaps that a freeze or a blocked loop prolonged are left out. `times`
    are those of all the worker's publishes."""
    first = bisect_left(times, span.start - LOGGED_LATE_S)
    own = times[first : bisect_right(times, span.end)]
    end = max(min(span.end, history.over), *own[-1:], span.start)

    def undisturbed(intervals: Iterable[Interval]) -> list[float]:
        return [
            later - earlier
            for earlier, later in intervals
            if not history.freezes.begins_in(earlier, later, span.worker)
            and not history.blocks.begins_in(earlier, later, span.worker)
        ]

    return undisturbed(pairwise(own)), undisturbed([(own[-1] if own else span.start, end)])
