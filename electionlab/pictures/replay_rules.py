"""What a replay says and shows of each kind of event: one table for Python and for the browser.

A page's own run is turned into replay data by `replay_data`. A history that a reader drops on a
page is read there, by `player/parse.js`, which gets these tables, and those of `history`, as JSON.
"""

from __future__ import annotations

import re

from electionlab.history import attribution, group_state, jsonl, window
from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.group import LEADER_TOPIC_END, greeting_partitions
from electionlab.history.states import ENDED_BY, OF_PROCESSES
from electionlab.pictures.drawing import marks

CAPTIONS: dict[str, str] = {
    "WorkerStarted": "{worker} is started",
    "WorkerInterrupted": "Ctrl+C for {worker}",
    "WorkerKilled": "{worker} is killed with kill -9",
    "WorkerFrozen": "{worker} is frozen",
    "WorkerThawed": "{worker} is thawed",
    "WorkerCut": "the network of {worker} is cut",
    "WorkerHealed": "the network of {worker} is healed",
    "WorkerSlowed": "the network of {worker} is slowed by {delay_s} s",
    "LoopBlocked": "the loop of {worker} is blocked for {seconds} s",
    "BrokerStopped": "broker {broker} is stopped",
    "BrokerKilled": "broker {broker} is killed with kill -9",
    "BrokerStarted": "broker {broker} is started again",
    "BrokerStarted fresh": "an empty broker {broker} is started in place of the old one",
    "RunEnding": "the run is over: all workers are stopped",
    "LeadershipGained": "{worker} becomes leader",
    "LeadershipGained too": "{worker} becomes leader, and {others} still leads in its own eyes",
    "LeadershipLost": "{worker} leads no longer",
    "GroupStored": "Kafka stores generation {generation} of the group",
    "SessionExpired": "Kafka gives up a member that was silent for a whole session",
    "WorkerReady": "{worker} is ready",
    "WorkerStopping": "{worker} begins to stop",
    "GroupLeft": "{worker} tells Kafka that it leaves",
    "RebalanceNoticed": "{worker} notices a rebalance",
    "PartitionsRevoked": "{worker} gives its partitions back",
    "MemberJoined": "{worker} has joined generation {generation}",
    "GroupLeaderElected": "{worker} is group leader: it computes the assignment",
    "PartitionsAssigned": "{worker} is given {given}",
    "Published": "{worker} publishes a greeting",
    "GreetingPrinted": "{worker} prints greeting {greeting}",
    "WorkerExited": "{worker} has ended",
}
"""The caption of each kind of event; kinds without one are not shown."""

ELECTIONS_AND_FAULTS = {
    *("WorkerStarted", "WorkerInterrupted", "WorkerKilled", "WorkerFrozen", "WorkerThawed"),
    *("WorkerCut", "WorkerHealed", "WorkerSlowed", "LoopBlocked"),
    *("BrokerStopped", "BrokerKilled", "BrokerStarted", "RunEnding"),
    *("LeadershipGained", "LeadershipLost", "GroupStored"),
}
"""The kinds of events that are told aloud while a replay plays."""

STATES: dict[type[Event], str] = {
    ev.WorkerStarted: "starts",
    ev.PartitionsRevoked: "rebalances",
    ev.PartitionsAssigned: "runs",
    ev.WorkerInterrupted: "stops",
    ev.WorkerStopping: "stops",
    ev.GroupLeft: "has left the group",
    ev.WorkerKilled: "was killed",
    ev.WorkerExited: "has ended",
}
"""A worker's state after the newest of these events that holds."""

FAULTS: dict[type[Event], str] = {
    ev.WorkerFrozen: "frozen",
    ev.WorkerCut: "network cut",
    ev.WorkerSlowed: "network slow",
}
"""What is wrong with a worker while one of these events holds."""
BLOCKED = "loop blocked"


SHORT = 6
"""The most letters of a greeting that are shown."""


def caption(event: Event, others: str = "") -> str:
    """What happened, in words; empty for an event that is not shown. `others` are the workers that
    lead too."""
    kind = type(event).__name__
    if isinstance(event, ev.BrokerStarted) and event.fresh:
        kind += " fresh"
    elif isinstance(event, ev.LeadershipGained) and others:
        kind += " too"
    return re.sub(r"\{(\w+)\}", lambda hole: _value(event, hole[1], others), CAPTIONS.get(kind, ""))


def _value(event: Event, name: str, others: str) -> str:
    if name == "others":
        return others
    if name == "given" and isinstance(event, ev.PartitionsAssigned):
        numbers = ", ".join(map(str, greeting_partitions(event.partitions)))
        noun = "partitions" if not numbers or "," in numbers else "partition"
        leader = " and the leader partition" if event.leads else ""
        return f"{noun} {numbers}{leader}" if numbers else f"no partitions{leader}"
    value = getattr(event, name)
    if name == "greeting":  # sixteen digits tell no more than the first ones
        return value if len(value) <= SHORT else f"{value[: SHORT - 1]}…"
    return f"{value:g}" if isinstance(value, float) else str(value)


def rules() -> dict[str, object]:
    """All that the browser needs to read a history as Python does, as JSON."""
    return {
        "format": jsonl.FORMAT,
        "version": jsonl.VERSION,
        "kinds": sorted(ev.EVENT_TYPES),
        "ended_by": {
            kind.__name__: [end.__name__ for end in ends] for kind, ends in ENDED_BY.items()
        },
        "of_processes": [kind.__name__ for kind in OF_PROCESSES],
        "logged": [kind.__name__ for kind in group_state.LOGGED],
        "leader_topic": f"{LEADER_TOPIC_END}$",
        "publish_before_s": attribution.BEFORE_S,
        "publish_after_s": attribution.AFTER_S,
        "carried": window.CARRIED,
        "carried_s": window.NEXT_S,
        "captions": CAPTIONS,
        "elections_and_faults": sorted(ELECTIONS_AND_FAULTS),
        "states": {kind.__name__: words for kind, words in STATES.items()},
        "faults": {kind.__name__: words for kind, words in FAULTS.items()},
        "blocked": BLOCKED,
        "short": SHORT,
        "colours": marks.COLOURS,
        "shapes": marks.SHAPES,
    }
