"""Who publishes: only the leader, in its own eyes and in the broker's."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from electionlab import events as ev
from electionlab.checks.broker import NOT_READ, behind, leader_then, unread
from electionlab.checks.greetings import NOT_READ as TOPIC_NOT_READ
from electionlab.checks.leaders import leading
from electionlab.checks.verdict import Verdict, seconds, stretch, where
from electionlab.history import History, Publisher, Span, StoredGeneration
from electionlab.leading import LOGGED_LATE_S
from electionlab.spans import Stretch, union

TIMER_INTERVAL_S = 2.0  # @app.timer(2.0, …) in leader.py
TOLERANCE = 0.1  # of the interval
ENOUGH_GAPS = 3  # between publishes, to judge a leadership by


def only_the_leader_publishes(history: History) -> Verdict:
    """Whether each publish was made by a worker that led at that time, in its own eyes.

    A publish up to LOGGED_LATE_S before the gain is logged counts as the leader's. Figures:
    `publishes`, `by_others`.
    """
    claim = "Only the leader publishes."
    publishes = history.of(ev.Published)
    if not publishes:
        return Verdict(claim, "unknown", "Nothing was published.")
    strangers = [event for event in publishes if not leading(history, event.worker, event.time)]
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


def publishes_at_interval(history: History, interval_s: float = TIMER_INTERVAL_S) -> Verdict:
    """Whether each leader published about every `interval_s` seconds.

    Held where in each leadership the median gap differs by less than the share TOLERANCE. Single
    gaps vary more (a busy machine, a rebalance) and are shown. A gap in which the leader was frozen
    or its event loop blocked does not count. Leaderships with fewer than ENOUGH_GAPS are judged
    together. Figures: `median_s`, the one that differs most; `longest_s` and `shortest_s` gap,
    where the longest may be the silence from the last publish to the end of the leadership.
    """
    claim = f"The leader publishes about every {interval_s:g} s."
    judged: list[tuple[str, list[float]]] = []
    every: list[float] = []
    short: list[float] = []
    silences: list[float] = []
    for span in history.leaderships:
        gaps, silence = _gaps(history, span)
        every += gaps
        silences += silence
        if len(gaps) < ENOUGH_GAPS:
            short += gaps
        else:
            judged.append((f"{span.worker}, from {history.at(span.start):.3f} s", gaps))
    if len(short) >= ENOUGH_GAPS:
        judged.append(("shorter leaderships", short))
    if not judged:
        return Verdict(claim, "unknown", f"Only {len(every)} gaps between greetings were seen.")
    medians = [statistics.median(gaps) for _, gaps in judged]
    furthest = max(medians, key=lambda median: abs(median - interval_s))
    figures = {
        "median_s": furthest,
        "longest_s": max(every + silences),
        "shortest_s": min(every),
    }
    evidence = tuple(f"{who}: {seconds(gaps)}" for who, gaps in judged)
    held = abs(furthest - interval_s) < TOLERANCE * interval_s
    return Verdict(claim, "held" if held else "broken", f"{seconds(every)}.", evidence, figures)


def _gaps(history: History, span: Span) -> tuple[list[float], list[float]]:
    """The seconds between a leader's publishes; and those from the last of them to the end of its
    leadership, or of the run. Without what a freeze or a blocked loop made longer."""
    times = [event.time for event in history.of(ev.Published, worker=span.worker)]
    first = bisect_left(times, span.start - LOGGED_LATE_S)
    own = times[first : bisect_right(times, span.end)]
    end = max(min(span.end, history.over), *own[-1:], span.start)

    def undisturbed(stretches: Iterable[Stretch]) -> list[float]:
        return [
            later - earlier
            for earlier, later in stretches
            if not history.freezes.begins_in(earlier, later, span.worker)
            and not history.blocks.begins_in(earlier, later, span.worker)
        ]

    return undisturbed(pairwise(own)), undisturbed([(own[-1] if own else span.start, end)])


class StalePublish(NamedTuple):
    """A publish in a generation that the group had left behind: the publisher's `own`, the one that
    the group was at, and when the broker stored the first after the publisher's (Unix seconds)."""

    event: ev.Published
    own: int
    told: StoredGeneration
    since: float


def stale_publishes(history: History) -> list[StalePublish]:
    """Each publish in a generation that the broker's log says was over."""
    numbers = [told.number for told in history.stored_generations]
    found = []
    for event in history.of(ev.Published):
        own = history.generation_of(event.worker, event.time)
        told = behind(history, event.worker, event.time)
        if own is not None and told is not None:
            since = history.stored_generations[bisect_right(numbers, own)].start
            found.append(StalePublish(event, own, told, since))
    return found


def stale_greetings(history: History) -> list[tuple[ev.GreetingStored, Publisher]]:
    """Each greeting in the topic whose publisher did not lead in the broker's eyes when it was
    made; also those whose publisher is uncertain."""
    found = []
    for greeting in history.of(ev.GreetingStored):
        publisher = history.publisher_of(greeting)
        if publisher and not history.broker_leaderships.touching(
            greeting.time, greeting.time, publisher.worker
        ):
            found.append((greeting, publisher))
    return found


def one_effective_publisher(history: History) -> Verdict:
    """Whether all greetings that reached the topic came from the broker's leader of that time.

    A greeting is stale where the broker had stored another leader, or none, before the greeting was
    made. Needs the broker's log of the group, read to its end, and the topic's greetings, and that
    at least one of them can be traced (`History.publisher_of`). Where the publisher is uncertain, a
    greeting is not called stale. Figures: `greetings`, `stale`, `uncertain`, `untraced`.
    """
    claim = "Only greetings of the broker's leader reach the topic."
    stored = history.of(ev.GreetingStored)
    if why := TOPIC_NOT_READ if not stored else unread(history):
        return Verdict(claim, "unknown", why)
    stale: list[str] = []
    uncertain: list[str] = []
    for greeting, publisher in stale_greetings(history):
        line = (
            f"{greeting.greeting} (partition {greeting.partition}, offset {greeting.offset}) "
            f"by {where(history, publisher.published)}, while the broker's leader was "
            f"{leader_then(history, greeting.time)}"
        )
        (stale if publisher.certain else uncertain).append(line)
    untraced = sum(history.publisher_of(greeting) is None for greeting in stored)
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
    Unknown where the broker's log was read only in part, and that part shows none. Figures:
    `publishes`, `stale`; `span_s`, the longest time from when the broker stored the later
    generation to a stale publish.
    """
    claim = "No worker publishes in a generation that is over."
    publishes = [
        event
        for event in history.of(ev.Published)
        if history.generation_of(event.worker, event.time) is not None
    ]
    if not publishes or not history.stored_generations:
        return Verdict(claim, "unknown", NOT_READ)
    found = stale_publishes(history)
    # By worker and generation: when the group had gone on, and when it published for the last time.
    spans = {(told.event.worker, told.own): (told.since, told.event.time) for told in found}
    span_s = max((end - start for start, end in spans.values()), default=0.0)
    figures = {"publishes": len(publishes), "stale": len(found), "span_s": span_s}
    if found:
        evidence = [
            f"{where(history, event)}: in generation {own}, {event.time - since:.2f} s after the "
            f"group had gone on; it was at {told.number}"
            for event, own, told, since in found
        ]
        evidence += [f"in all from {stretch(history, *whole)}" for whole in union(spans.values())]
        finding = f"{len(found)} of {len(publishes)}, up to {span_s:.2f} s after the group had gone"
        return Verdict(claim, "broken", f"{finding} on.", tuple(evidence), figures)
    if why := unread(history):
        return Verdict(claim, "unknown", why, (), figures)
    return Verdict(claim, "held", f"None of {len(publishes)} did.", (), figures)
