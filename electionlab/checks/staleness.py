"""Which workers publish after they were replaced, and whether their greetings reach the topic."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from electionlab.checks.broker_view import (
    NOT_READ,
    broker_leader_at,
    kafka_gone_since,
    overtaken_by,
    unread,
)
from electionlab.checks.delivery import NOT_READ as TOPIC_NOT_READ
from electionlab.checks.verdict import Evidence, Verdict, interval, where
from electionlab.history import events as ev
from electionlab.history.attribution import BEFORE_S
from electionlab.history.history import History, Publisher, StoredGeneration
from electionlab.history.intervals import union


class StalePublish(NamedTuple):
    """A publish in a generation that the group had left behind: the publisher's generation (`own`),
    the group's (`newest`), and when the broker stored the first one after the publisher's (`since`,
    Unix seconds). If the publisher's Kafka had been replaced by an empty one, the group has no
    generation (`newest` is None), and `since` is when that Kafka went away."""

    event: ev.Published
    own: int
    newest: StoredGeneration | None
    since: float


def stale_publishes(history: History) -> list[StalePublish]:
    """Each publish in a generation that was over according to the broker's log."""
    stored = history.stored_generations
    places = [(history.kafka_at(generation.start), generation.number) for generation in stored]
    stale = []
    for event in history.of(ev.Published):
        joined = history.membership(event.worker, event.time)
        if joined is None:
            continue
        own, newest = joined.generation, overtaken_by(history, event.worker, event.time)
        gone = kafka_gone_since(history, event.worker, event.time)
        if gone is not None:
            stale.append(StalePublish(event, own, None, gone))
        elif newest is not None:
            later = bisect_right(places, (history.kafka_at(joined.time), own))
            stale.append(StalePublish(event, own, newest, stored[later].start))
    return stale


def stale_greetings(history: History) -> list[tuple[ev.GreetingStored, Publisher]]:
    """Each greeting in the topic whose publisher did not lead in the broker's eyes when the
    greeting was made, including those whose publisher is uncertain."""
    stale = []
    for greeting in history.of(ev.GreetingStored):
        publisher = history.publisher_of(greeting)
        if publisher and not history.broker_leaderships.touch(
            greeting.time, greeting.time, publisher.worker
        ):
            stale.append((greeting, publisher))
    return stale


def one_effective_publisher(history: History) -> Verdict:
    """Whether all greetings that reached the topic came from the broker's leader at that time.

    A greeting is stale if the broker had stored another leader, or none, before the greeting was
    made. Needs the broker's log of the group, read to its end, and the topic's greetings, of which
    at least one must be traceable (`History.publisher_of`). Two workers may publish at almost the
    same time: if both greetings arrived, it is known how many are stale, and not which. Otherwise,
    if the nearer of the two did not lead, the greeting is uncertain; it is not called stale, but if
    there is no stale one the verdict is unknown. Figures: `greetings`, `stale`, `uncertain`,
    `untraced`.
    """
    claim = "Only greetings of the broker's leader reach the topic."
    stored = history.of(ev.GreetingStored)
    if why := TOPIC_NOT_READ if not stored else history.cached(unread):
        return Verdict(claim, "unknown", why)
    stale: list[Evidence] = []
    uncertain: list[Evidence] = []
    for greeting, publisher in history.cached(stale_greetings):
        words = (
            f"{greeting.greeting} (partition {greeting.partition}, offset {greeting.offset}) "
            f"published at {where(history, publisher.published)}, while the broker's leader was "
            f"{broker_leader_at(history, greeting.time)}"
        )
        known = is_known(history, greeting, publisher)
        doubt = "" if known else "uncertain: "
        evidence = Evidence.of(publisher.published, f"{doubt}{words}")
        (stale if known else uncertain).append(evidence)
    untraced = sum(history.publisher_of(greeting) is None for greeting in stored)
    figures = {
        "greetings": len(stored),
        "stale": len(stale),
        "uncertain": len(uncertain),
        "untraced": untraced,
    }
    if stale:
        who = "a worker that did not lead in the broker's eyes"
        finding = f"Made by {who}: {len(stale)} of {len(stored)}."
        return Verdict(claim, "broken", finding, (*stale, *uncertain), figures)
    if untraced == len(stored):
        return Verdict(claim, "unknown", "No greeting could be traced.", (), figures)
    if uncertain:
        finding = f"Perhaps made by another worker: {len(uncertain)} of {len(stored)}."
        return Verdict(claim, "unknown", finding, tuple(uncertain), figures)
    return Verdict(claim, "held", f"None of {len(stored)} was made by another worker.", (), figures)


def is_known(history: History, greeting: ev.GreetingStored, publisher: Publisher) -> bool:
    """Whether it is known of one of `stale_greetings` that such a greeting arrived: its publisher
    is certain, or that publisher's arrived, though perhaps another of about the same time is it,
    and it did not lead at any moment of that time."""
    if publisher.certain:
        return True
    start, end = greeting.time - BEFORE_S, greeting.time + BEFORE_S
    return publisher.arrived and not history.broker_leaderships.touch(start, end, publisher.worker)


def no_stale_publishes(history: History) -> Verdict:
    """Whether no worker published in a generation that the group had left behind.

    A publish is stale if the broker had stored a later generation than the worker had joined last.
    Whether its greeting reached the topic is another question: `one_effective_publisher`. Unknown
    if the broker's log was read only in part, and that part shows none. Figures: `publishes`,
    `stale`; `span_s`, the longest time from when the broker stored the later generation to a stale
    publish.
    """
    claim = "No worker publishes in a generation that is over."
    publishes = [
        event
        for event in history.of(ev.Published)
        if history.generation_of(event.worker, event.time) is not None
    ]
    if not history.stored_generations:
        return Verdict(claim, "unknown", NOT_READ)
    if not publishes:
        return Verdict(claim, "unknown", "Nothing was published in a known generation.")
    stale = history.cached(stale_publishes)
    # By worker and generation: when the group had moved on, and when the worker last published.
    spans = {(event.worker, own, since): (since, event.time) for event, own, _, since in stale}
    span_s = max((end - start for start, end in spans.values()), default=0.0)
    figures = {"publishes": len(publishes), "stale": len(stale), "span_s": span_s}
    if stale:
        evidence = [
            Evidence.of(
                event,
                f"{where(history, event)}: in generation {own}, {event.time - since:.2f} s after "
                + (
                    f"the group had gone on; it was at {newest.number}"
                    if newest
                    else "the group was gone"
                ),
            )
            for event, own, newest, since in stale
        ]
        evidence += [
            Evidence(f"in all from {interval(history, *whole)}", time=whole[0])
            for whole in union(spans.values())
        ]
        how_far = "had gone on" if any(newest for _, _, newest, _ in stale) else "was gone"
        finding = (
            f"{len(stale)} of {len(publishes)}, up to {span_s:.2f} s after the group {how_far}."
        )
        return Verdict(claim, "broken", finding, tuple(evidence), figures)
    if why := history.cached(unread):
        return Verdict(claim, "unknown", why, (), figures)
    return Verdict(claim, "held", f"None of {len(publishes)} did.", (), figures)
