"""What becomes of the greetings in the topic: printed, by whom, how often, in which order."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from electionlab.checks.broker_view import unread
from electionlab.checks.causes import going_on_near
from electionlab.checks.logs import unlogged
from electionlab.checks.verdict import Evidence, Verdict, where
from electionlab.history import events as ev
from electionlab.history.commits import Commits
from electionlab.history.history import History

NOT_READ = "What the broker stored was not read."


def prints(history: History) -> dict[str, list[ev.GreetingPrinted]]:
    """Each greeting's prints, in order of time."""
    printed: dict[str, list[ev.GreetingPrinted]] = {}
    for event in history.of(ev.GreetingPrinted):
        printed.setdefault(event.greeting, []).append(event)
    return printed


def never_printed(history: History) -> list[tuple[ev.GreetingStored, float | None]]:
    """Each greeting in the topic that nobody printed, with when somebody first committed past it
    (Unix seconds); None if nobody did or the commits were not read."""
    commits, printed = history.cached(Commits), history.cached(prints)
    return [
        (event, commits.passed_at(event))
        for event in history.of(ev.GreetingStored)
        if event.greeting not in printed
    ]


def lost(history: History) -> list[ev.GreetingStored]:
    """Each greeting in the topic that nobody printed and nobody will: somebody committed past it,
    or its Kafka was replaced by an empty one. If the commits were not read, or not to their end,
    each that nobody printed counts, except in a Kafka that replaced another: perhaps no worker
    reads that one."""
    known = bool(history.cached(Commits)) and not history.cached(unread)
    last = len(history.replacements)
    return [
        event
        for event, passed_at in history.cached(never_printed)
        if passed_at is not None or history.kafka_at(event.time) < last or not (known or last)
    ]


def no_greeting_is_lost(history: History) -> Verdict:
    """Whether each greeting in the topic was printed at least once.

    Needs what the broker stored (`Workers.read_topic`); without it the verdict is unknown. A
    greeting that nobody printed is lost once somebody has committed past it, or when its Kafka was
    replaced by an empty one, and waits until then; if the commits are not known, it is lost. If one
    would be lost and the workers' logs are incomplete (`logs.unlogged`), it may still have been
    printed, and the verdict is unknown. Greetings that wait in a Kafka that replaced another make
    the verdict unknown: perhaps no running worker will ever read them. The evidence says who
    published a lost one and what was going on. Figures: `stored`, `lost`, `waiting`.
    """
    claim = "Each greeting is printed at least once."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    gone = history.cached(lost)
    waiting = len(history.cached(never_printed)) - len(gone)
    figures = {"stored": len(stored), "lost": len(gone), "waiting": waiting}
    still = _not_yet(waiting)
    if gone and (why := unlogged(history)):
        return Verdict(claim, "unknown", f"{why} {_in_no_log(len(gone), len(stored))}", (), figures)
    if gone:
        evidence = tuple(_lost(history, event) for event in gone)
        finding = f"{len(gone)} of {len(stored)} never.{still}"
        return Verdict(claim, "broken", finding, evidence, figures)
    if waiting and history.replacements:
        return Verdict(claim, "unknown", f"{_replaced(history)}{still}", (), figures)
    return Verdict(claim, "held", f"None of {len(stored)} was lost.{still}", (), figures)


def _in_no_log(gone: int, stored: int) -> str:
    return f"That {gone} of {stored} were printed is in no log, and they may have been."


def _not_yet(waiting: int) -> str:
    are, past = ("is", "it") if waiting == 1 else ("are", "them")
    return f" {waiting} {are} not printed yet, and nobody committed past {past}." if waiting else ""


def _replaced(history: History) -> str:
    gone = ", ".join(f"{history.at(time):.3f} s" for time in history.replacements)
    return f"By {gone} the Kafka that the workers had joined had gone, and an empty one came."


def _lost(history: History, event: ev.GreetingStored) -> Evidence:
    return Evidence.of(
        event,
        f"{event.greeting} (partition {event.partition}): not printed"
        f"{published_by(history, event)}{going_on_near(history, event.time, event.time)}",
    )


def published_by(history: History, event: ev.GreetingStored) -> str:
    """`; published at 3.000 s, worker A, line 7 of its log`; empty if it is not known."""
    publisher = history.publisher_of(event)
    if publisher is None:
        return ""
    perhaps = "" if publisher.certain else " or another"
    return f"; published at {where(history, publisher.published)}{perhaps}"


def each_greeting_printed_once(history: History) -> Verdict:
    """Whether each greeting in the topic was printed exactly once, and by whom.

    Needs what the broker stored (`Workers.read_topic`); without it the verdict is unknown. What is
    lost counts as in `no_greeting_is_lost`. The evidence says who published and what was going on.
    Figures: `stored`, `printed`, `lost`, `waiting`, `twice`.
    """
    claim = "Each greeting is printed exactly once."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    printers = history.cached(prints)
    gone = history.cached(lost)
    twice = [event for event in stored if len(printers.get(event.greeting, ())) > 1]
    figures = {
        "stored": len(stored),
        "printed": sum(len(printers.get(event.greeting, ())) for event in stored),
        "lost": len(gone),
        "waiting": len(history.cached(never_printed)) - len(gone),
        "twice": len(twice),
    }
    why = unlogged(history) if gone else ""
    if why and not twice:
        return Verdict(claim, "unknown", f"{why} {_in_no_log(len(gone), len(stored))}", (), figures)
    evidence: list[Evidence | str] = [_lost(history, event) for event in gone]
    evidence += [_repeated(history, event, printers[event.greeting]) for event in twice]
    if evidence:
        finding = f"Of {len(stored)} in the topic {len(gone)} not at all, {len(twice)} repeatedly."
        return Verdict(claim, "broken", finding, tuple(evidence), figures)
    once = [event for event in stored if event.greeting in printers]
    counts = Counter(printers[event.greeting][0].worker for event in once)
    evidence = [f"worker {worker}: {counts[worker]}" for worker in history.workers]
    waiting = len(stored) - len(once)
    if waiting and history.replacements:
        finding = f"{_replaced(history)}{_not_yet(waiting)}"
        return Verdict(claim, "unknown", finding, tuple(evidence), figures)
    finding = f"All {len(once)} in the topic, each by one worker.{_not_yet(waiting)}"
    return Verdict(claim, "held", finding, tuple(evidence), figures)


def _repeated(
    history: History, event: ev.GreetingStored, printers: list[ev.GreetingPrinted]
) -> Evidence:
    by = " and ".join(where(history, printed) for printed in printers)
    return Evidence.of(
        printers[0],
        f"{event.greeting} (partition {event.partition}): printed by {by}"
        f"{published_by(history, event)}"
        f"{going_on_near(history, printers[0].time, printers[-1].time)}",
    )


class OutOfOrder(NamedTuple):
    """A greeting first printed before one with a lower offset: its `place` and its print
    (`printed`), and the offset (`before`) and the print (`latest`) of the other one."""

    place: ev.GreetingStored
    printed: ev.GreetingPrinted
    before: int
    latest: ev.GreetingPrinted


def out_of_order(history: History) -> list[OutOfOrder]:
    """Each greeting that was first printed before one with a lower offset of its partition."""
    late = []
    newest: dict[tuple[int, int], tuple[int, ev.GreetingPrinted]] = {}  # the latest print so far
    for place, printed in history.cached(_first_prints):
        partition = history.kafka_at(place.time), place.partition
        offset, latest = newest.setdefault(partition, (place.offset, printed))
        if printed.time < latest.time:
            late.append(OutOfOrder(place, printed, offset, latest))
        else:
            newest[partition] = place.offset, printed
    return late


def _first_prints(
    history: History,
) -> list[tuple[ev.GreetingStored, ev.GreetingPrinted]]:
    """The place of each greeting that was printed, in order of partition and offset, and its first
    print. A producer that retries may store a greeting twice: only the first place counts."""
    places: dict[str, ev.GreetingStored] = {}

    def place(event: ev.GreetingStored) -> tuple[int, int, int]:
        return history.kafka_at(event.time), event.partition, event.offset

    for event in sorted(history.of(ev.GreetingStored), key=place):
        places.setdefault(event.greeting, event)
    printed = history.cached(prints)
    return [(first, printed[text][0]) for text, first in places.items() if text in printed]


def printed_in_order(history: History) -> Verdict:
    """Whether the greetings of each partition were first printed in the order of their offsets.

    Repeated prints do not count. Needs what the broker stored. Figures: `greetings`,
    `out_of_order`.
    """
    claim = "Within a partition, greetings are printed in order."
    if not history.of(ev.GreetingStored):
        return Verdict(claim, "unknown", NOT_READ)
    judged, late = len(history.cached(_first_prints)), history.cached(out_of_order)
    figures = {"greetings": judged, "out_of_order": len(late)}
    if late:
        evidence = tuple(
            Evidence.of(
                printed,
                f"partition {place.partition}: offset {place.offset} at {where(history, printed)}, "
                f"before offset {before} at {where(history, latest)}"
                f"{going_on_near(history, printed.time, latest.time)}",
            )
            for place, printed, before, latest in late
        )
        finding = f"{len(late)} of {judged} came before one with a lower offset."
        return Verdict(claim, "broken", finding, evidence, figures)
    if not judged:
        return Verdict(claim, "unknown", "None was printed.", (), figures)
    return Verdict(claim, "held", f"All {judged} in order.", (), figures)
