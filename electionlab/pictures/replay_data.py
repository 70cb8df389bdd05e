"""A history as replay data: a small JSON object from which a browser plays the run.

    {
      "first": 0.0,                  the second at which it begins
      "seconds": 51.2,               and the one at which it ends
      "workers": [{"name": "6066", "colour": "#0891b2", "shape": "M-5 0a…"}, …],
      "partitions": 8,               of the greetings, numbered from 0
      "steps": [{"at": 3.1,          seconds, as the history counts them
                 "who": "6066",      a worker, `kafka`, `broker 1`, … or `lab`
                 "words": "6066 becomes leader",
                 "big": true,        an election or a fault
                 "now": {…}}, …],    the state of `who` from then on, if it is another one
      "greetings": [{"text": "0.46", "partition": 3,
                     "from": "6066", "sent": 5.1,
                     "printed": [[5.11, "6068"], …]}, …]
    }

The state of a worker: `state` (in words), `gone` (ended or killed), `faults` (a list of words),
`leads` (in its own eyes), `generation`, `holds` (partitions of the greetings). Of `kafka`:
`generation` and, where the broker's log was read, `leader` and `members`. Of a broker: `down`.
What is not so, or not known, is left out: who published a greeting is known only if the topic was
read, and a step without words has nothing to tell. Times are rounded to milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.group import greeting_partitions
from electionlab.history.group_state import GroupState, WorkerState
from electionlab.history.history import HasHistory, History, as_history
from electionlab.history.states import counts_from, effect, whose
from electionlab.pictures.drawing import marks
from electionlab.pictures.replay_rules import (
    BLOCKED,
    ELECTIONS_AND_FAULTS,
    FAULTS,
    STATES,
    caption,
)
from electionlab.pictures.wording import before_until

State = dict[str, Any]
Moment = tuple[float, Event, bool]
"""When something changes (Unix seconds), by which event, and whether the event itself happens then:
the end of a block, and a broker that answers again, come after their events."""


def replay_data(source: History | HasHistory) -> State:
    """The replay data of a history, or of a run so far."""
    history = as_history(source)
    steps = list(_Steps(history))
    held = [number for step in steps for number in step.get("now", {}).get("holds", ())]
    stored = [event.partition for event in history.of(ev.GreetingStored)]
    return {
        "first": _seconds(history, history.start),
        "seconds": _seconds(history, history.end),
        "workers": [
            {"name": name, "colour": colour, "shape": shape}
            for name, (colour, shape) in marks.of(history.workers).items()
        ],
        "partitions": max([*held, *stored], default=-1) + 1,
        "steps": steps,
        "greetings": _greetings(history),
    }


def _seconds(history: History, time: float) -> float:
    return round(history.at(time), 3)


class _Steps:
    """The steps of a history, in order of time. To be iterated once."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.state = GroupState()
        self.leading: list[str] = []
        self.down: set[str] = set()
        self.generation: int | None = None  # if the broker's log was not read
        self.shown: dict[str, State] = {}
        self.silent_until = before_until(history)
        self.broker_was_read = bool(history.of(ev.GroupStored))

    def __iter__(self) -> Iterator[State]:
        for time, event, happens in self._moments():
            words, is_big = "", False
            if happens:
                words, is_big = self._happens(event)
            elif isinstance(event, ev.BrokerStarted):
                self.down.discard(whose(event))
            if self._changes_kafka(event):
                yield from self._step(time, "kafka")
            silent = time <= self.silent_until
            yield from self._step(time, whose(event), "" if silent else words, is_big)

    def _step(self, time: float, who: str, words: str = "", is_big: bool = False) -> list[State]:
        """The step at a time, unless there is nothing to tell and nothing has changed."""
        step: State = {"at": _seconds(self.history, time), "who": who}
        if words:
            step["words"] = words
            if is_big:
                step["big"] = True
        now = self._now(who, time)
        if now != self.shown.get(who, {}):
            self.shown[who] = step["now"] = now
        return [step] if len(step) > 2 else []

    def _happens(self, event: Event) -> tuple[str, bool]:
        """Apply an event. Returns its caption, and whether it is an election or a fault."""
        before = self.generation
        self._apply(event)
        is_big = type(event).__name__ in ELECTIONS_AND_FAULTS or self.generation != before
        return caption(event, " and ".join(w for w in self.leading if w != event.worker)), is_big

    def _moments(self) -> list[Moment]:
        moments = [(counts_from(event), event, True) for event in self.history]
        for event in self.history.of(ev.LoopBlocked):
            moments.append((effect(event) + event.seconds, event, False))
        for start in self.history.of(ev.BrokerStarted):
            moments.append((effect(start), start, False))
        moments.sort(key=lambda moment: moment[0])
        return [moment for moment in moments if moment[0] <= self.history.end]

    def _changes_kafka(self, event: Event) -> bool:
        if isinstance(event, ev.BrokerStarted):
            return event.fresh
        return isinstance(event, ev.MemberJoined) and not self.broker_was_read

    def _apply(self, event: Event) -> None:
        if isinstance(event, ev.LeadershipGained):
            self.leading.append(event.worker)
        elif isinstance(event, ev.LeadershipLost):
            self.leading.remove(event.worker)
        elif isinstance(event, (ev.BrokerStopped, ev.BrokerKilled)):
            self.down.add(whose(event))
        elif isinstance(event, ev.MemberJoined) and not self.broker_was_read:
            self.generation = event.generation
        elif isinstance(event, ev.BrokerStarted) and event.fresh:
            self.generation = None
        self.state.apply(event)

    def _now(self, who: str, time: float) -> State:
        if who == "kafka":
            return self._kafka()
        if who.startswith("broker "):
            return {"down": True} if who in self.down else {}
        if who not in self.history.workers:
            return {}
        return worker_now(self.state.of(who), time, leads=who in self.leading)

    def _kafka(self) -> State:
        stored = self.state.stored
        if stored is None:
            return {"generation": self.generation} if self.generation is not None else {}
        name = self.history.name_of
        now: State = {"generation": stored.generation, "members": sorted(map(name, stored.members))}
        if stored.leader:
            now["leader"] = name(stored.leader)
        return now


def worker_now(state: WorkerState, time: float, *, leads: bool) -> State:
    """The state of a worker at a time (Unix seconds), as in replay data."""
    faults = [words for kind, words in FAULTS.items() if kind in state.held]
    if any(block.time <= time < effect(block) + block.seconds for block in state.blocks):
        faults.append(BLOCKED)
    last = state.newest(STATES)
    now: State = {
        "state": STATES[type(last)] if last else "",
        "faults": faults,
        "leads": leads,
        "gone": last is not None and not state.is_alive,
        "generation": state.joined.generation if state.joined else None,
        "holds": greeting_partitions(state.holds.partitions) if state.holds else [],
    }
    return {name: value for name, value in now.items() if _is_so(value)}


def _is_so(value: object) -> bool:
    return value is not False and value not in ("", [], None)


def _greetings(history: History) -> list[State]:
    """Each greeting: published, stored, printed, as far as that is known."""
    prints: dict[str, list[list[object]]] = {}
    for event in history.of(ev.GreetingPrinted):
        own = prints.setdefault(event.greeting, [])
        own.append([_seconds(history, event.time), event.worker])
    greetings, matched = [], set()
    for stored in history.of(ev.GreetingStored):
        greeting: State = {"text": stored.greeting, "partition": stored.partition}
        greeting["sent"] = _seconds(history, stored.time)
        if publisher := history.publisher_of(stored):
            matched.add(id(publisher.published))
            greeting["sent"] = _seconds(history, publisher.published.time)
            greeting["from"] = publisher.worker
        greeting["printed"] = prints.pop(stored.greeting, [])
        greetings.append(greeting)
    greetings += [
        {"from": event.worker, "sent": _seconds(history, event.time), "printed": []}
        for event in history.of(ev.Published)
        if id(event) not in matched
    ]
    greetings += [{"text": text, "printed": own} for text, own in prints.items()]
    greetings.sort(key=_begin)
    return greetings


def _begin(greeting: State) -> float:
    begin: float = greeting["sent"] if "sent" in greeting else greeting["printed"][0][0]
    return begin
