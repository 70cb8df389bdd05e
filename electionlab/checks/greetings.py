"""What becomes of the greetings in the topic: printed, by whom, how often, in which order."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from electionlab import events as ev
from electionlab.checks.broker import unread
from electionlab.checks.causes import meanwhile
from electionlab.checks.verdict import Verdict, where
from electionlab.commits import Commits
from electionlab.history import History

NOT_READ = "What the broker stored was not read."


def prints(history: History) -> dict[str, list[ev.GreetingPrinted]]:
    """Each greeting's prints, in order of time."""
    found: dict[str, list[ev.GreetingPrinted]] = {}
    for event in history.of(ev.GreetingPrinted):
        found.setdefault(event.greeting, []).append(event)
    return found


def never_printed(history: History) -> list[tuple[ev.GreetingStored, float | None]]:
    """Each greeting in the topic that nobody printed; and when somebody first committed past it
    (Unix seconds), None where nobody did or the commits were not read."""
    commits, printed = Commits(history), prints(history)
    return [
        (event, commits.past(event.partition, event.offset))
        for event in history.of(ev.GreetingStored)
        if event.greeting not in printed
    ]


def lost(history: History) -> list[ev.GreetingStored]:
    """Each greeting in the topic that nobody printed and nobody will: somebody committed past it.
    Where the commits were not read, or not to their end, each that nobody printed."""
    known = bool(Commits(history)) and not unread(history)
    return [event for event, past in never_printed(history) if past is not None or not known]


def no_greeting_is_lost(history: History) -> Verdict:
    """Whether each greeting in the topic was printed at least once.

    Needs what the broker stored (`Workers.read_topic`); without it the verdict is unknown. A
    greeting that nobody printed is lost once somebody has committed past it, and waits until then;
    where the commits are not known, it is lost. The evidence tells who published a lost one and
    what was going on. Figures: `stored`, `lost`, `waiting`.
    """
    claim = "Each greeting is printed at least once."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    gone = lost(history)
    waiting = len(never_printed(history)) - len(gone)
    figures = {"stored": len(stored), "lost": len(gone), "waiting": waiting}
    still = f" {waiting} not yet, and nobody committed past it." if waiting else ""
    if gone:
        evidence = tuple(_lost(history, event) for event in gone)
        finding = f"{len(gone)} of {len(stored)} never.{still}"
        return Verdict(claim, "broken", finding, evidence, figures)
    return Verdict(claim, "held", f"None of {len(stored)} was lost.{still}", (), figures)


def _lost(history: History, event: ev.GreetingStored) -> str:
    return (
        f"{event.greeting} (partition {event.partition}): not printed"
        f"{_published_by(history, event)}{meanwhile(history, event.time, event.time)}"
    )


def _published_by(history: History, event: ev.GreetingStored) -> str:
    publisher = history.publisher_of(event)
    if publisher is None:
        return ""
    perhaps = "" if publisher.certain else " or another"
    return f"; published at {where(history, publisher.published)}{perhaps}"


def each_greeting_printed_once(history: History) -> Verdict:
    """Whether each greeting in the topic was printed exactly once, and by whom.

    Needs what the broker stored (`Workers.read_topic`); without it the verdict is unknown. What is
    lost is told as by `no_greeting_is_lost`. The evidence tells who published and what was going
    on. Figures: `stored`, `printed`, `lost`, `twice`.
    """
    claim = "Each greeting is printed exactly once."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    printers = prints(history)
    gone = lost(history)
    twice = [event for event in stored if len(printers.get(event.greeting, ())) > 1]
    figures = {
        "stored": len(stored),
        "printed": sum(len(printers.get(event.greeting, ())) for event in stored),
        "lost": len(gone),
        "twice": len(twice),
    }
    evidence = [_lost(history, event) for event in gone]
    evidence += [_repeated(history, event, printers[event.greeting]) for event in twice]
    if evidence:
        finding = f"Of {len(stored)} in the topic {len(gone)} not at all, {len(twice)} repeatedly."
        return Verdict(claim, "broken", finding, tuple(evidence), figures)
    once = [event for event in stored if event.greeting in printers]
    counts = Counter(printers[event.greeting][0].worker for event in once)
    evidence = [f"worker {worker}: {counts[worker]}" for worker in history.workers]
    waiting = len(stored) - len(once)
    finding = f"All {len(once)} in the topic, each by one worker."
    finding += f" {waiting} not yet, and nobody committed past it." if waiting else ""
    return Verdict(claim, "held", finding, tuple(evidence), figures)


def _repeated(
    history: History, event: ev.GreetingStored, printers: list[ev.GreetingPrinted]
) -> str:
    by = " and ".join(where(history, printed) for printed in printers)
    return (
        f"{event.greeting} (partition {event.partition}): printed by {by}"
        f"{_published_by(history, event)}"
        f"{meanwhile(history, printers[0].time, printers[-1].time)}"
    )


class OutOfOrder(NamedTuple):
    """A greeting whose first print came before that of one with a lower offset: its `place` and its
    print, and the offset and the print of that other one."""

    place: ev.GreetingStored
    printed: ev.GreetingPrinted
    before: int
    latest: ev.GreetingPrinted


def out_of_order(history: History) -> list[OutOfOrder]:
    """Each greeting that was first printed before one with a lower offset of its partition."""
    found = []
    newest: dict[int, tuple[int, ev.GreetingPrinted]] = {}  # by partition: printed latest so far
    for place, printed in _first_prints(history):
        offset, latest = newest.setdefault(place.partition, (place.offset, printed))
        if printed.time < latest.time:
            found.append(OutOfOrder(place, printed, offset, latest))
        else:
            newest[place.partition] = place.offset, printed
    return found


def _first_prints(
    history: History,
) -> list[tuple[ev.GreetingStored, ev.GreetingPrinted]]:
    """The place of each greeting that was printed, in order of partition and offset, and its first
    print. A producer that sends again may store a greeting twice: only its first place counts."""
    places: dict[str, ev.GreetingStored] = {}
    for event in sorted(history.of(ev.GreetingStored), key=lambda e: (e.partition, e.offset)):
        places.setdefault(event.greeting, event)
    printed = prints(history)
    return [(place, printed[text][0]) for text, place in places.items() if text in printed]


def printed_in_order(history: History) -> Verdict:
    """Whether the greetings of each partition were first printed in the order of their offsets.

    What is printed again does not count. Needs what the broker stored. Figures: `greetings`,
    `out_of_order`.
    """
    claim = "Within a partition, greetings are printed in order."
    if not history.of(ev.GreetingStored):
        return Verdict(claim, "unknown", NOT_READ)
    judged, late = len(_first_prints(history)), out_of_order(history)
    figures = {"greetings": judged, "out_of_order": len(late)}
    if late:
        evidence = tuple(
            f"partition {place.partition}: offset {place.offset} at {where(history, printed)}, "
            f"before offset {before} at {where(history, latest)}"
            f"{meanwhile(history, printed.time, latest.time)}"
            for place, printed, before, latest in late
        )
        finding = f"{len(late)} of {judged} came before one with a lower offset."
        return Verdict(claim, "broken", finding, evidence, figures)
    if not judged:
        return Verdict(claim, "unknown", "None was printed.", (), figures)
    return Verdict(claim, "held", f"All {judged} in order.", (), figures)
