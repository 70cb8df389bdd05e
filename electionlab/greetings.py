"""Each greeting that was printed twice, late or not at all, and what explains it.

Faust keeps in memory which greetings its agents are done with, and commits them every 2.8 s. When a
rebalance begins it forgets them before it commits (`Consumer.on_partitions_revoked` in
faust/transport/consumer.py), so whatever was printed since the last commit is printed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from electionlab import events as ev
from electionlab.breaches import Breach, cause_of
from electionlab.checks import greetings as find
from electionlab.checks.broker import behind
from electionlab.checks.verdict import where
from electionlab.commits import Commits
from electionlab.history import History

SENT_AGAIN = "stored twice"
STALE = "printed by a former owner"
NOT_COMMITTED = "rebalance before the commit"


def printed_twice(history: History) -> Iterator[Breach]:
    """A greeting is printed again. Explained, for each print after the first:

    - the topic has it twice: its producer had no answer and sent it again;
    - one of both printed in a generation that the group had left behind, and a fault explains that;
    - when the second printer was given the partition, nobody had committed the greeting yet.
    """
    stored: dict[str, list[ev.GreetingStored]] = {}
    for place in history.of(ev.GreetingStored):
        stored.setdefault(place.greeting, []).append(place)
    commits = Commits(history)
    for greeting, printed in find.prints(history).items():
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
            yield Breach(first.time, again.time, words, cause)


def _why_again(history: History, *printed: ev.GreetingPrinted) -> str:
    stale = (event for event in printed if behind(history, event.worker, event.time))
    return STALE if any(cause_of(history, e.worker, e.time) for e in stale) else ""


def _was_committed(
    history: History,
    commits: Commits,
    place: ev.GreetingStored,
    first: ev.GreetingPrinted,
    again: ev.GreetingPrinted,
) -> bool:
    """Whether the greeting was committed when its second printer was given partitions for the last
    time; or whether it was given none in between: then no rebalance explains the second print."""
    given = _given(history, again)
    if given is None or commits.at(place.partition, given) > place.offset:
        return True
    return given <= first.time


def _given(history: History, printed: ev.GreetingPrinted) -> float | None:
    """When the printer had been given its partitions last."""
    given = [
        event.time
        for event in history.of(ev.PartitionsAssigned, worker=printed.worker)
        if event.time <= printed.time
    ]
    return given[-1] if given else None


def never_printed(history: History) -> Iterator[Breach]:
    """A greeting in the topic is never printed. Nothing explains that: Faust promises each at least
    once. Whether somebody committed past it is told: if not, it may still be printed, but a storm
    ends with an election that has recovered, so it should have been."""
    for greeting, past in find.never_printed(history):
        place = f"{greeting.greeting} (partition {greeting.partition}, offset {greeting.offset})"
        told = (
            "nobody committed past it"
            if past is None
            else f"it was committed past at {history.at(past):.3f} s"
        )
        words = f"{history.at(greeting.time):.3f} s: {place} was never printed, and {told}"
        yield Breach(greeting.time, past or greeting.time, words)


def out_of_order(history: History) -> Iterator[Breach]:
    """A greeting is first printed before one with a lower offset of its partition. Explained if a
    rebalance came between both prints: the partition had another reader."""
    for place, printed, _, latest in find.out_of_order(history):
        words = (
            f"partition {place.partition}: {where(history, printed)}, before a lower offset at "
            f"{where(history, latest)}"
        )
        between = history.rebalances.touching(printed.time, latest.time)
        yield Breach(printed.time, latest.time, words, "rebalance" if between else "")
