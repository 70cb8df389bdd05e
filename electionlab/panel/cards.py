"""The cards of a panel: one for each worker, with its state in words and its buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.group_state import GroupState
from electionlab.pictures.drawing import marks
from electionlab.pictures.replay_data import worker_now
from electionlab.pictures.replay_rules import FAULTS, caption

Card = dict[str, Any]
"""`name`, `colour` and `shape`; `state` in words and `faults`, a list of words; `leads` (in its own
eyes), `gone`, `generation` (None: in none), `holds` (partitions of the greetings, by number);
`greetings`, the last it published and printed, in words; `buttons`, a list of (act, label)."""

FROZEN, CUT = FAULTS[ev.WorkerFrozen], FAULTS[ev.WorkerCut]
SLOW = FAULTS[ev.WorkerSlowed]


class Cards:
    """The cards of a run. Add its events in the order in which they become known. `can_cut` says
    whether a worker's network can be cut, which takes a lab; `seconds` gives the seconds of the run
    at a Unix time."""

    def __init__(self, *, can_cut: bool, seconds: Callable[[float], float]) -> None:
        self.state = GroupState()
        self._can_cut, self._seconds = can_cut, seconds
        self._workers: set[str] = set()
        self._greetings: dict[tuple[str, type[Event]], Event] = {}

    def add(self, events: Iterable[Event]) -> Iterator[Event]:
        """Add events. Yields each, and behind it the change of leadership that follows from it."""
        for event in events:
            if isinstance(event, ev.WorkerStarted):
                self._workers.add(event.worker)
            elif isinstance(event, (ev.Published, ev.GreetingPrinted)):
                self._greetings[event.worker, type(event)] = event
            change = self.state.apply(event)
            yield event
            if change is not None:
                yield change

    @property
    def leaders(self) -> list[str]:
        """The workers that lead in their own eyes, by name."""
        return sorted(self.state.leaders)

    def at(self, time: float, *, over: bool = False) -> list[Card]:
        """The cards at a time (Unix seconds). Those of a run that is `over` have no buttons."""
        looks = marks.of(sorted(self._workers))
        return [self._card(name, look, time, over) for name, look in looks.items()]

    def _card(self, name: str, look: marks.Look, time: float, over: bool) -> Card:
        now = worker_now(self.state.of(name), time, leads=name in self.state.leaders)
        faults = now.get("faults", [])
        gone = bool(now.get("gone"))
        card: Card = {
            "name": name,
            "colour": look[0],
            "shape": look[1],
            "state": now.get("state", ""),
            "faults": [] if gone else faults,
            "leads": now.get("leads", False),
            "gone": gone,
            "generation": None if gone else now.get("generation"),
            "holds": [] if gone else now.get("holds", []),
            "greetings": list(self._last_greetings(name)),
        }
        return card | {"buttons": [] if over else buttons(card, can_cut=self._can_cut)}

    def _last_greetings(self, name: str) -> Iterator[str]:
        for kind in (ev.Published, ev.GreetingPrinted):
            if event := self._greetings.get((name, kind)):
                words = caption(event).removeprefix(f"{name} ")
                yield f"{self._seconds(event.time):.1f} s: {words}"


def buttons(card: Mapping[str, Any], *, can_cut: bool) -> list[tuple[str, str]]:
    """What can be done to a worker in this state: each act and its label."""
    if card["gone"]:
        return [("start", "Start again")]
    faults = card["faults"]
    offered = [("interrupt", "Ctrl+C"), ("kill", "kill -9")]
    offered.append(("thaw", "Thaw") if FROZEN in faults else ("freeze", "Freeze"))
    if can_cut:
        offered.append(("heal", "Heal") if CUT in faults or SLOW in faults else ("cut", "Cut"))
    return offered
