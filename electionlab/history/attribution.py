"""Who published a greeting that the broker stored: nothing in the record says so, but its time
does.

leader.py's timer prints `PUBLISHING ON LEADER!` and then sends. So a record is created a few
milliseconds after its producer's `Published` event.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from electionlab.history import events as ev
from electionlab.history.intervals import Span, Spans

BEFORE_S = 0.25  # from the print to the send, on a busy machine
AFTER_S = 0.01  # both times are truncated to milliseconds, by different programs


@dataclass(frozen=True)
class Publisher:
    """The worker that published a greeting, and its `Published` event. `certain` is False if
    another worker published so close in time that it may have been the one. `arrived` is True if
    some greeting is this publish's, whichever it is: those that were stored at about that time are
    as many as were published."""

    worker: str
    published: ev.Published
    certain: bool
    arrived: bool = True


def match(
    stored: Sequence[ev.GreetingStored],
    published: Sequence[ev.Published],
    printed: Sequence[ev.GreetingPrinted],
    cut_off: Spans[Span],
) -> dict[ev.GreetingStored, Publisher]:
    """Match each greeting with the nearest publish that no earlier greeting took.

    All are in order of time. A greeting with no publish near it is left out. Whoever is cut off
    reaches Kafka only once its network is mended: so what was printed before that is not what it
    published meanwhile.
    """
    came: dict[str, float] = {}
    for event in printed:
        came.setdefault(event.greeting, event.time)

    def can_be(greeting: ev.GreetingStored, publish: ev.Published) -> bool:
        time = came.get(greeting.greeting)
        spans = cut_off.touching(publish.time, publish.time, publish.worker)
        return time is None or not any(time in span for span in spans)

    times = [event.time for event in published]
    taken: dict[int, bool] = {}  # the number of a publish: whether it was taken for certain
    publishers = {}
    doubtful: list[tuple[ev.GreetingStored, set[int]]] = []  # with the publishes it may be
    for greeting in stored:
        first = bisect_left(times, greeting.time - BEFORE_S)
        last = bisect_right(times, greeting.time + AFTER_S)
        near = [number for number in range(first, last) if can_be(greeting, published[number])]
        free = [number for number in near if number not in taken]
        if not free:
            continue
        _, nearest = min((abs(times[number] - greeting.time), number) for number in free)
        worker = published[nearest].worker
        rivals = {number for number in near if not taken.get(number)}
        taken[nearest] = all(published[rival].worker == worker for rival in rivals)
        publishers[greeting] = Publisher(worker, published[nearest], taken[nearest])
        if not taken[nearest]:
            doubtful.append((greeting, rivals))
    for greetings, candidates in _groups(doubtful):
        if len(greetings) < len(candidates):
            for greeting in greetings:
                publishers[greeting] = replace(publishers[greeting], arrived=False)
    return publishers


def _groups(
    doubtful: Sequence[tuple[ev.GreetingStored, set[int]]],
) -> list[tuple[list[ev.GreetingStored], set[int]]]:
    """Greetings that may be each other's, with all publishes that they may be."""
    groups: list[tuple[list[ev.GreetingStored], set[int]]] = []
    for greeting, rivals in doubtful:  # in order of time, so only the last group can go on
        if groups and groups[-1][1] & rivals:
            groups[-1][0].append(greeting)
            groups[-1][1].update(rivals)
        else:
            groups.append(([greeting], set(rivals)))
    return groups
