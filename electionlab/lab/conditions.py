"""Conditions to wait for in a run: each is a function of the history so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from electionlab.history import events as ev
from electionlab.history.history import History

Condition = Callable[[History], object]

REFUSED = re.compile(r"REFUSED (.+), after generation \d+$")


def leads_and_published(count: int) -> Condition:
    """The current leader has published `count` times since it took the lead."""
    return lambda history: history.published_by_leader(count)


def led_by_another(old: str, count: int) -> Condition:
    """A worker other than `old` leads and has published `count` times since it took the lead."""
    return lambda history: history.leader != old and history.published_by_leader(count)


def is_back(woken: str) -> Condition:
    """The worker `woken`, which was thawed, has been assigned partitions again, and a greeting was
    published after that."""

    def condition(history: History) -> bool:
        thaws = history.of(ev.WorkerThawed, worker=woken)
        assigned = history.of(ev.PartitionsAssigned, worker=woken)
        since = [event.time for event in assigned if thaws and event.time > thaws[-1].time]
        return bool(since) and any(event.time > since[0] for event in history.of(ev.Published))

    return condition


def has_members(count: int) -> Condition:
    """The newest generation in the broker's journal has `count` members, and each of them has its
    partitions."""

    def condition(history: History) -> bool:
        stored = history.state.stored
        if stored is None or len(stored.members) != count:
            return False
        states = {
            state.joined.member_id: state for _, state in history.state.items() if state.joined
        }
        members = [states.get(member) for member in stored.members]
        return all(state and state.has_partitions_of(stored.generation) for state in members)

    return condition


def nobody_leads(seconds: float) -> Condition:
    """By the workers' own logs, nobody has led for `seconds` in a row."""

    def condition(history: History) -> bool:
        ends = [span.end for span in history.leaderships]
        return history.leader is None and history.end - max(ends, default=history.start) >= seconds

    return condition


def has_since(kind: type[ev.Event], count: int, since: float, *, workers: int = 1) -> Condition:
    """At least `count` events of this kind have happened from the moment `since` on, of at least
    so many workers."""

    def condition(history: History) -> bool:
        new = [event for event in history.of(kind) if event.time >= since]
        return len(new) >= count and len({event.worker for event in new}) >= workers

    return condition


def nobody_can_print(history: History) -> bool:
    """Kafka was replaced by an empty one, and nobody has been assigned partitions since: no worker
    reads the topics of the new one."""
    replaced = history.replacements
    assigned = history.of(ev.PartitionsAssigned)
    return bool(replaced) and not (assigned and assigned[-1].time > replaced[-1])


def not_yet_printed(
    history: History, stored: Sequence[ev.GreetingStored], long_ago: float
) -> list[ev.GreetingStored]:
    """Those of the stored greetings that may still be printed. One that was made before the moment
    `long_ago` may not if a later one of its partition was printed, for that is read in order; nor
    one that its reader says it has refused, as examples/stamped_leader.py does."""
    printed = {event.greeting for event in history.of(ev.GreetingPrinted)}
    refused = {found[1] for e in history.of(ev.Logged) if (found := REFUSED.match(e.text))}
    dealt_with = printed | refused
    read_to: dict[int, int] = {}
    for event in stored:
        if event.greeting in printed:
            read_to[event.partition] = max(event.offset, read_to.get(event.partition, -1))
    return [
        event
        for event in stored
        if event.greeting not in dealt_with
        and (event.time >= long_ago or event.offset > read_to.get(event.partition, -1))
    ]
