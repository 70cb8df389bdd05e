"""Each greeting that was printed twice, late or not at all, and what explains it.

Faust keeps in memory which greetings its agents are done with, and commits them every 2.8 s. When a
rebalance begins it forgets them before it commits (`Consumer.on_partitions_revoked` in
faust/transport/consumer.py), so whatever was printed since the last commit is printed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from electionlab.checks import delivery
from electionlab.checks.broker_view import overtaken_by
from electionlab.checks.verdict import Evidence, where
from electionlab.history import events as ev
from electionlab.history.commits import Commits
from electionlab.history.history import History
from electionlab.storm.breaches import cause_of

SENT_AGAIN = "stored twice"
STALE = "printed by a former owner"
DROPPED = "rebalance before the print"
NOT_COMMITTED = "rebalance before the commit"


def printed_twice(history: History) -> Iterator[Evidence]:
    """A greeting is printed again. Explained, for each print after the first:

    - the topic has it twice: its producer got no answer and sent it again;
    - one of its two printers printed it in a generation that was over, and a fault explains that;
    - when the second printer was given the partition, nobody had committed the greeting yet.
    """
    stored: dict[str, list[ev.GreetingStored]] = {}
    for place in history.of(ev.GreetingStored):
        stored.setdefault(place.greeting, []).append(place)
    commits = history.cached(Commits)
    for greeting, printed in history.cached(delivery.prints).items():
        places = stored.get(greeting, [])
        for number, (first, again) in enumerate(pairwise(printed if places else []), 1):
            place = places[0]
            words = (
                f"{greeting} (partition {place.partition}, offset {place.offset}): "
                f"{where(history, first)}; again {where(history, again)}"
            )
            cause = SENT_AGAIN if number < len(places) else _why_again(history, first, again)
            if not cause and not _was_committed(history, commits, place, first, again):
                cause = NOT_COMMITTED
            yield Evidence.of(first, words, cause)


def _why_again(history: History, *printed: ev.GreetingPrinted) -> str:
    stale = (event for event in printed if overtaken_by(history, event.worker, event.time))
    return STALE if any(cause_of(history, e.worker, e.time) for e in stale) else ""


def _was_committed(
    history: History,
    commits: Commits,
    place: ev.GreetingStored,
    first: ev.GreetingPrinted,
    again: ev.GreetingPrinted,
) -> bool:
    """Whether the greeting had been committed when its second printer was last given partitions; or
    whether that printer was given none between the prints: then no rebalance explains the second.
    """
    given = _given(history, again)
    if given is None or commits.at(place.partition, given) > place.offset:
        return True
    return given <= first.time


def _given(history: History, printed: ev.GreetingPrinted) -> float | None:
    """When the printer was last given partitions before the print (Unix seconds); None if never."""
    given = [
        event.time
        for event in history.of(ev.PartitionsAssigned, worker=printed.worker)
        if event.time <= printed.time
    ]
    return given[-1] if given else None


def never_printed(history: History) -> Iterator[Evidence]:
    """A greeting in the topic is never printed. Explained if it was committed past, whoever printed
    the partition's next greeting went through a rebalance in between, and nothing of the partition
    had been committed then: Faust fetches it while its flow is stopped, throws it away, and has no
    offset to go back to (docs/found-in-faust.md has the lines; docs/recorded/lost-greeting.jsonl is
    such a run). Nothing else explains it, since Faust promises each at least once. If nobody
    committed past it, it may still be printed; but a storm ends with a recovered election, so it
    should have been."""
    for greeting, passed_at in history.cached(delivery.never_printed):
        place = f"{greeting.greeting} (partition {greeting.partition}, offset {greeting.offset})"
        fate = (
            "nobody committed past it"
            if passed_at is None
            else f"it was committed past at {history.at(passed_at):.3f} s"
        )
        words = f"{history.at(greeting.time):.3f} s: {place} was never printed, and {fate}"
        cause = (
            DROPPED if passed_at is not None and _was_dropped(history, greeting, passed_at) else ""
        )
        yield Evidence.of(greeting, words, cause)


def _was_dropped(history: History, greeting: ev.GreetingStored, passed_at: float) -> bool:
    """Whether the worker that printed the partition's next greeting went through a rebalance after
    this one was stored and before somebody committed past it, which began before anything of the
    partition was committed."""
    printed = history.cached(delivery.prints)
    later = [
        prints[0]
        for other in history.of(ev.GreetingStored)
        if other.partition == greeting.partition and other.offset > greeting.offset
        for prints in [printed.get(other.greeting, [])]
        if prints
    ]
    heir = min(later, key=lambda event: event.time, default=None)
    commits = history.cached(Commits)
    return heir is not None and any(
        span.start > greeting.time and not commits.at(greeting.partition, span.start)
        for span in history.rebalances.touching(greeting.time, passed_at, heir.worker)
    )


def out_of_order(history: History) -> Iterator[Evidence]:
    """A greeting is first printed before one with a lower offset of its partition. Explained if a
    rebalance came between the two prints: the partition had another reader."""
    for place, printed, _, latest in history.cached(delivery.out_of_order):
        words = (
            f"partition {place.partition}: {where(history, printed)}, before a lower offset at "
            f"{where(history, latest)}"
        )
        between = history.rebalances.touching(printed.time, latest.time)
        yield Evidence.of(printed, words, "rebalance" if between else "")
