"""What can be waited for in a run: each a function of its history so far."""

from __future__ import annotations

from collections.abc import Callable

from electionlab import events as ev
from electionlab.history import History

Condition = Callable[[History], object]


def leads_and_published(count: int) -> Condition:
    """The present leader has published so many times since it leads."""
    return lambda history: history.published_by_leader(count)


def led_by_another(old: str, count: int) -> Condition:
    """Another worker than `old` leads and has published so many times since."""
    return lambda history: history.leader != old and history.published_by_leader(count)


def is_back(woken: str) -> Condition:
    """A worker that was thawed has been given partitions anew, and a greeting was published after
    that."""

    def condition(history: History) -> bool:
        thaws = history.of(ev.WorkerThawed, worker=woken)
        given = history.of(ev.PartitionsAssigned, worker=woken)
        since = [event.time for event in given if thaws and event.time > thaws[-1].time]
        return bool(since) and any(event.time > since[0] for event in history.of(ev.Published))

    return condition


def has_members(count: int) -> Condition:
    """The newest generation in the broker's journal has `count` members, and each of them has its
    partitions."""

    def condition(history: History) -> bool:
        stored = history.of(ev.GroupStored)
        if not stored or len(stored[-1].members) != count:
            return False
        told = {event.member_id: event for event in history.of(ev.MemberJoined)}
        given = {event.worker: event.time for event in history.of(ev.PartitionsAssigned)}
        joined = [told.get(member) for member in stored[-1].members]
        return all(
            event
            and event.generation == stored[-1].generation
            and given.get(event.worker, 0.0) >= event.time
            for event in joined
        )

    return condition


def nobody_leads(seconds: float) -> Condition:
    """Nobody has led for so many seconds in a row, each worker in its own eyes."""

    def condition(history: History) -> bool:
        ends = [span.end for span in history.leaderships]
        return history.leader is None and history.end - max(ends, default=history.start) >= seconds

    return condition


def has_more(kind: type[ev.Event], count: int, before: History) -> Condition:
    """So many more events of this kind have happened than there were in an earlier history."""
    wanted = len(before.of(kind)) + count
    return lambda history: len(history.of(kind)) >= wanted
