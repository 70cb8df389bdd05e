"""A round of the fencing experiments: one fault, and what a former leader's greetings came to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from electionlab.checks.fencing import StaleGreeting, stale_stamps, stamp
from electionlab.history import events as ev
from electionlab.history.history import History

FAULTS = ("freeze", "cut", "kill", "broker", "coordinator")
"""The leader is frozen, is cut off from Kafka, or is killed; one of three brokers dies, which does
not coordinate the group, or does."""

PROGRAMS = ("stamped_leader", "fenced_leader", "lease_leader")
"""By module name, in examples/."""

FAULT_EVENTS: dict[str, type[ev.Event]] = {
    "freeze": ev.WorkerFrozen,
    "cut": ev.WorkerCut,
    "kill": ev.WorkerKilled,
    "broker": ev.BrokerKilled,
    "coordinator": ev.BrokerKilled,
}


@dataclass(frozen=True)
class Round:
    """`tried` counts how often a worker's timer came to publish from this fault until the next,
    `stored` the greetings of that time that reached the topic, `stale` those behind one of a later
    generation, and `read` the stale ones that a reader took. `silence_s` is the longest time
    between two of the others, when they were made; None if the history has none before the fault,
    or none after it."""

    program: str
    fault: str
    tried: int
    stored: int
    stale: int
    read: int
    silence_s: float | None


def rounds(history: History, program: str, fault: str) -> list[Round]:
    """The rounds of a history in which this fault happened again and again.

    A stale greeting belongs to the round in which the later generation came: it may have been made
    just before the fault that held it back. The last round goes on until the history ends.
    """
    begins = [event.time for event in history.of(FAULT_EVENTS[fault])]
    stale = stale_stamps(history)
    stored = history.of(ev.GreetingStored)
    came: dict[int | None, float] = {}  # when the first greeting of each generation was made
    for event in stored:
        generation = stamp(event.greeting)
        came[generation] = min(event.time, came.get(generation, event.time))
    found = []
    for begin, end in pairwise([*begins, float("inf")]):
        late = [one for one in stale if begin <= came[one.newest] < end]
        found.append(
            Round(
                program=program,
                fault=fault,
                tried=sum(begin <= event.time < end for event in history.of(ev.Published)),
                stored=sum(begin <= event.time < end for event in stored),
                stale=len(late),
                read=sum(one.was_read for one in late),
                silence_s=_silence(stored, late, begin, end),
            )
        )
    return found


def _silence(
    stored: Sequence[ev.GreetingStored], late: Sequence[StaleGreeting], begin: float, end: float
) -> float | None:
    """The longest time between two greetings in time, from the last one before `begin` on."""
    too_late = {one.greeting for one in late}
    times = sorted(event.time for event in stored if event not in too_late and event.time < end)
    before = sum(time < begin for time in times)
    if before == 0:
        return None
    return max((later - time for time, later in pairwise(times[before - 1 :])), default=None)


REMEDIES: dict[str, tuple[str, Callable[[Round], int]]] = {
    "no remedy": ("stamped_leader", lambda one: one.stale),
    "a token, checked by the reader": ("stamped_leader", lambda one: one.read),
    "a lease": ("lease_leader", lambda one: one.stale),
    "a fenced publisher": ("fenced_leader", lambda one: one.stale),
}
"""For each remedy the program that shows it, and which greetings of a round came too late with it.
A reader without a remedy takes all that stands in the topic."""
