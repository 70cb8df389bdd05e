"""What becomes of the greetings in the topic: printed, by whom, how often, in which order."""

from __future__ import annotations

from collections import Counter

from electionlab import events as ev
from electionlab.checks.causes import meanwhile
from electionlab.checks.verdict import Outcome, Verdict, where
from electionlab.history import History

NOT_READ = "What the broker stored was not read."


def no_greeting_is_lost(history: History) -> Verdict:
    """Whether each greeting in the topic was printed at least once.

    Needs what the broker stored (`Workers.read_topic`); without it the verdict is unknown. The
    evidence tells who published a lost one and what was going on. Figures: `stored`, `lost`.
    """
    claim = "Each greeting is printed at least once."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    printed = {event.greeting for event in history.of(ev.GreetingPrinted)}
    lost = [event for event in stored if event.greeting not in printed]
    figures = {"stored": len(stored), "lost": len(lost)}
    if lost:
        evidence = tuple(_lost(history, event) for event in lost)
        return Verdict(claim, "broken", f"{len(lost)} of {len(stored)} never.", evidence, figures)
    return Verdict(claim, "held", f"None of {len(stored)} was lost.", (), figures)


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

    Needs what the broker stored (`Workers.read_topic`); without it the verdict is unknown. The
    evidence tells who published and what was going on. Figures: `stored`, `printed`, `lost`,
    `twice`.
    """
    claim = "Each greeting is printed exactly once."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    printers: dict[str, list[ev.GreetingPrinted]] = {}
    for event in history.of(ev.GreetingPrinted):
        printers.setdefault(event.greeting, []).append(event)
    lost = [event for event in stored if event.greeting not in printers]
    twice = [event for event in stored if len(printers.get(event.greeting, ())) > 1]
    figures = {
        "stored": len(stored),
        "printed": sum(len(printers.get(event.greeting, ())) for event in stored),
        "lost": len(lost),
        "twice": len(twice),
    }
    evidence = [_lost(history, event) for event in lost]
    evidence += [_repeated(history, event, printers[event.greeting]) for event in twice]
    if evidence:
        finding = f"Of {len(stored)} in the topic {len(lost)} not at all, {len(twice)} repeatedly."
        return Verdict(claim, "broken", finding, tuple(evidence), figures)
    counts = Counter(printers[event.greeting][0].worker for event in stored)
    evidence = [f"worker {worker}: {counts[worker]}" for worker in history.workers]
    finding = f"All {len(stored)} in the topic, each by one worker."
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


def printed_in_order(history: History) -> Verdict:
    """Whether the greetings of each partition were first printed in the order of their offsets.

    What is printed again does not count. Needs what the broker stored. Figures: `greetings`,
    `out_of_order`.
    """
    claim = "Within a partition, greetings are printed in order."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    first_print: dict[str, ev.GreetingPrinted] = {}
    for printed in history.of(ev.GreetingPrinted):
        first_print.setdefault(printed.greeting, printed)
    late, judged, seen = [], 0, set()
    newest: dict[int, tuple[int, ev.GreetingPrinted]] = {}  # by partition: printed latest so far
    for event in sorted(stored, key=lambda event: (event.partition, event.offset)):
        # A producer that sends again may store a greeting twice: only its first place counts.
        if event.greeting in seen or event.greeting not in first_print:
            continue
        seen.add(event.greeting)
        judged += 1
        printed = first_print[event.greeting]
        offset, latest = newest.get(event.partition, (event.offset, printed))
        if printed.time < latest.time:
            late.append(
                f"partition {event.partition}: offset {event.offset} at {where(history, printed)}, "
                f"before offset {offset} at {where(history, latest)}"
                f"{meanwhile(history, printed.time, latest.time)}"
            )
        else:
            newest[event.partition] = event.offset, printed
    figures = {"greetings": judged, "out_of_order": len(late)}
    if late:
        finding = f"{len(late)} of {judged} came before one with a lower offset."
        return Verdict(claim, "broken", finding, tuple(late), figures)
    if not judged:
        return Verdict(claim, "unknown", "None was printed.", (), figures)
    return Verdict(claim, "held", f"All {judged} in order.", (), figures)


def greetings_spread(history: History) -> Verdict:
    """Whether greetings were printed by more than one worker, and by how many each.

    Figures: `greetings`, `workers`, and `share_largest` (0 to 1).
    """
    claim = "Any running worker may print a greeting."
    printed = history.of(ev.GreetingPrinted)
    if len(history.workers) < 2 or len(printed) < 5:
        finding = f"{len(printed)} greetings and {len(history.workers)} workers are too few."
        return Verdict(claim, "unknown", finding)
    counts = Counter(event.worker for event in printed)
    share = max(counts.values()) / len(printed)
    figures = {"greetings": len(printed), "workers": len(counts), "share_largest": share}
    evidence = tuple(f"worker {worker}: {counts[worker]}" for worker in history.workers)
    by = ", ".join(f"{worker} printed {counts[worker]}" for worker in history.workers)
    outcome: Outcome = "held" if len(counts) > 1 else "broken"
    return Verdict(claim, outcome, f"Of {len(printed)}: {by}.", evidence, figures)
