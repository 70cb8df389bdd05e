"""Who publishes: only the leader, in its own eyes and in the broker's."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import pairwise

from electionlab import events as ev
from electionlab.checks.verdict import Verdict, seconds, stretch, where
from electionlab.history import History
from electionlab.spans import union

TIMER_INTERVAL_S = 2.0  # @app.timer(2.0, …) in leader.py


def only_the_leader_publishes(history: History) -> Verdict:
    """Whether each publish was made by a worker that led at that time, in its own eyes.

    Figures: `publishes`, `by_others`.
    """
    claim = "Only the leader publishes."
    publishes = history.of(ev.Published)
    if not publishes:
        return Verdict(claim, "unknown", "Nothing was published.")
    leaderships = history.leaderships
    strangers = [
        event
        for event in publishes
        if not leaderships.touching(event.time, event.time, event.worker)
    ]
    figures = {"publishes": len(publishes), "by_others": len(strangers)}
    counts = Counter(event.worker for event in publishes)
    evidence = tuple(f"worker {worker}: {counts[worker]}" for worker in history.workers)
    if strangers:
        finding = f"{len(strangers)} of {len(publishes)} came from a worker that did not lead."
        return Verdict(
            claim, "broken", finding, tuple(where(history, event) for event in strangers), figures
        )
    finding = f"All {len(publishes)} came from the worker that led at that time."
    return Verdict(claim, "held", finding, evidence, figures)


def publishes_at_interval(
    history: History, interval_s: float = TIMER_INTERVAL_S, tolerance: float = 0.1
) -> Verdict:
    """Whether each leader published about every `interval_s` seconds.

    Held where the median gap within a leadership differs by less than the share `tolerance`; single
    gaps vary more (a busy machine, a rebalance) and are shown. A gap in which the leader was frozen
    or its event loop blocked does not count. Figures: `median_s`, `longest_s`, `shortest_s`.
    """
    claim = f"The leader publishes about every {interval_s:g} s."
    gaps = []
    for worker in history.workers:
        times = [event.time for event in history.of(ev.Published, worker=worker)]
        for span in history.leaderships.of(worker):
            own = times[bisect_left(times, span.start) : bisect_right(times, span.end)]
            gaps += [
                later - earlier
                for earlier, later in pairwise(own)
                if not history.freezes.begins_in(earlier, later, worker)
                and not history.blocks.begins_in(earlier, later, worker)
            ]
    if len(gaps) < 3:
        return Verdict(claim, "unknown", f"Only {len(gaps)} gaps between greetings were seen.")
    median = statistics.median(gaps)
    figures = {"median_s": median, "longest_s": max(gaps), "shortest_s": min(gaps)}
    held = abs(median - interval_s) < tolerance * interval_s
    return Verdict(claim, "held" if held else "broken", f"{seconds(gaps)}.", (), figures)


def one_effective_publisher(history: History) -> Verdict:
    """Whether all greetings that reached the topic came from the broker's leader of that time.

    A greeting is stale where the broker had stored another leader, or none, before the greeting was
    made. Needs the broker's log of the group and the topic's greetings, and that at least one of
    them can be traced (`History.publisher_of`). Where the publisher is uncertain, a greeting is not
    called stale. Figures: `greetings`, `stale`, `uncertain`, `untraced`.
    """
    claim = "Only greetings of the broker's leader reach the topic."
    stored = history.of(ev.GreetingStored)
    if not stored or not history.stored_generations:
        return Verdict(claim, "unknown", "What the broker stored was not read.")
    stale: list[str] = []
    uncertain: list[str] = []
    untraced = 0
    for greeting in stored:
        publisher = history.publisher_of(greeting)
        if publisher is None:
            untraced += 1
        elif not history.broker_leaderships.touching(
            greeting.time, greeting.time, publisher.worker
        ):
            told = history.group_generation(greeting.time)
            leader = told.leader if told and told.leader else "nobody"
            line = (
                f"{greeting.greeting} (partition {greeting.partition}, offset {greeting.offset}) "
                f"by {where(history, publisher.published)}, while the broker's leader was {leader}"
            )
            (stale if publisher.certain else uncertain).append(line)
    figures = {
        "greetings": len(stored),
        "stale": len(stale),
        "uncertain": len(uncertain),
        "untraced": untraced,
    }
    doubts = tuple(f"uncertain: {line}" for line in uncertain)
    if stale:
        finding = f"{len(stale)} of {len(stored)} came from a worker that it had replaced."
        return Verdict(claim, "broken", finding, (*stale, *doubts), figures)
    if untraced == len(stored):
        return Verdict(claim, "unknown", "No greeting could be traced.", (), figures)
    finding = f"None of {len(stored)} came from another worker."
    return Verdict(claim, "held", finding, doubts, figures)


def no_stale_publishes(history: History) -> Verdict:
    """Whether no worker published in a generation that the group had left behind.

    A publish is stale where the broker had stored a later generation than the worker had joined
    last. Whether its greeting reached the topic is another question: `one_effective_publisher`.
    Figures: `publishes`, `stale`; `span_s`, the longest time from when the broker stored the later
    generation to a stale publish.
    """
    claim = "No worker publishes in a generation that is over."
    publishes = [
        (event, own)
        for event in history.of(ev.Published)
        if (own := history.generation_of(event.worker, event.time)) is not None
    ]
    if not publishes or not history.stored_generations:
        return Verdict(claim, "unknown", "The broker's log of the group was not read.")
    numbers = [told.number for told in history.stored_generations]
    # By worker and generation: when the group had gone on, and when it published for the last time.
    spans: dict[tuple[str, int], tuple[float, float]] = {}
    stale, evidence = 0, []
    for event, own in publishes:
        told = history.group_generation(event.time)
        if told is None or told.number <= own:
            continue
        stale += 1
        key = event.worker, own
        begun = history.stored_generations[bisect_right(numbers, own)].start
        spans[key] = begun, event.time
        evidence.append(
            f"{where(history, event)}: in generation {own}, {event.time - begun:.2f} s after the "
            f"group had gone on; it was at {told.number}"
        )
    span_s = max((end - start for start, end in spans.values()), default=0.0)
    figures = {"publishes": len(publishes), "stale": stale, "span_s": span_s}
    if stale:
        finding = f"{stale} of {len(publishes)}, up to {span_s:.2f} s after the group had gone on."
        summary = [f"in all from {stretch(history, *whole)}" for whole in union(spans.values())]
        return Verdict(claim, "broken", finding, (*evidence, *summary), figures)
    return Verdict(claim, "held", f"None of {len(publishes)} did.", (), figures)
