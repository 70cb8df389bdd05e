"""Events as lines to read during a run: the worker, the time, and what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from electionlab.history import events as ev
from electionlab.history.readable import moment, plural
from electionlab.pictures.wording import ACTIONS, OTHERS, what


def line(event: ev.Event, seconds: float) -> str:
    """`6066  31.415 s 14:03:22.123 publishes`: in the form of workers' own lines when a run is
    followed. `seconds` are those of the run when it happened."""
    return f"{event.worker} {moment(seconds, event.time)} {sentence(event)}"


def sentence(event: ev.Event) -> str:
    """What happened, without the worker and the time."""
    kind = type(event)
    if kind in ACTIONS or kind in OTHERS:
        return what(event)
    words = SENTENCES[kind]
    return words if isinstance(words, str) else words(event)


def _count(partitions: dict[str, tuple[int, ...]]) -> str:
    return _counted(sum(map(len, partitions.values())), "partition")


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {plural(number, noun)}"


def _given(event: ev.PartitionsAssigned) -> str:
    lead = ", the leader partition among them" if event.leads else ""
    return f"is given {_count(event.partitions)}{lead}"


SENTENCES: dict[type[ev.Event], str | Callable[[Any], str]] = {
    ev.Logged: lambda event: f"logs: {event.text.partition(chr(10))[0]}",
    ev.WorkerReady: "is ready",
    ev.WorkerStopping: "begins to stop",
    ev.GroupLeft: "has told Kafka it was leaving",
    ev.MemberJoined: lambda event: f"has joined generation {event.generation}",
    ev.PartitionsAssigned: _given,
    ev.PartitionsRevoked: lambda event: f"gives back {_count(event.partitions)}",
    ev.GreetingStored: lambda event: f"stores a greeting in partition {event.partition}",
    ev.GroupStored: lambda event: (
        f"stores generation {event.generation}, with {_counted(len(event.members), 'member')}"
    ),
    ev.OffsetCommitted: lambda event: f"stores a commit of partition {event.partition}",
    ev.GroupSeen: lambda event: (
        f"says that the group is {event.state.lower()}, with "
        f"{_counted(len(event.members), 'member')}"
    ),
    ev.WitnessFailed: lambda event: f"did not answer about the {event.asked}: {event.why}",
    ev.SessionExpired: "gives up a member that was silent for a whole session",
    ev.WorkerView: lambda event: f"says over HTTP that {event.leader or 'nobody'} leads",
    ev.RoundBegun: lambda event: f"round {event.number} begins",
    ev.RoundEnded: lambda event: f"round {event.number} is over",
    ev.HistoryEnded: "no more was seen",
}
"""The words for events that are not in a timeline's table."""
