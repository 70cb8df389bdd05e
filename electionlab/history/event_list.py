"""Events in order of time, looked up by kind and worker without scanning all of them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import TypeVar, cast

from electionlab.history import events as ev
from electionlab.history.events import Event

E = TypeVar("E", bound=Event)


class EventList:
    """Events that are already in order of time. All times are Unix seconds.

    `zero` is the time from which seconds are counted, wherever these events are shown; without it,
    that of the first event.
    """

    def __init__(self, events: Iterable[Event], zero: float | None = None) -> None:
        self.events: tuple[Event, ...] = tuple(events)
        self.zero = self.start if zero is None else zero
        self._places_of_worker: dict[type[Event], dict[str, array[int]]] = {}

    def __len__(self) -> int:
        return len(self.events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def of(self, *kinds: type[E], worker: str | None = None) -> list[E]:
        """The events of these kinds, of one worker or of all."""
        of_kinds = [
            places if worker is None else self._places_by_worker(kind).get(worker, ())
            for kind, places in self._places.items()
            if issubclass(kind, kinds)
        ]
        places = of_kinds[0] if len(of_kinds) == 1 else sorted(chain.from_iterable(of_kinds))
        return cast(list[E], list(map(self.events.__getitem__, places)))

    @cached_property
    def _places(self) -> dict[type[Event], array[int]]:
        """The positions in the list of each kind's events."""
        places: defaultdict[type[Event], array[int]] = defaultdict(lambda: array("L"))
        for place, kind in enumerate(map(type, self.events)):
            places[kind].append(place)
        return dict(places)

    def _places_by_worker(self, kind: type[Event]) -> dict[str, array[int]]:
        if kind not in self._places_of_worker:
            by_worker: dict[str, array[int]] = {}
            for place in self._places[kind]:
                by_worker.setdefault(self.events[place].worker, array("L")).append(place)
            self._places_of_worker[kind] = by_worker
        return self._places_of_worker[kind]

    @cached_property
    def start(self) -> float:
        """Time of the first event; 0 if there is none."""
        return self.events[0].time if self.events else 0.0

    @cached_property
    def end(self) -> float:
        """Time of the last event; 0 if there is none."""
        return self.events[-1].time if self.events else 0.0

    @cached_property
    def over(self) -> float:
        """When we began to stop all workers, after which nothing is expected; the end if we did
        not."""
        return min((event.time for event in self.of(ev.RunEnding)), default=self.end)

    @property
    def length_s(self) -> float:
        """Seconds from the first event to the last."""
        return self.end - self.start

    def at(self, time: float) -> float:
        """Seconds since `zero`: what pictures, tables, evidence and log lines show of a time."""
        return time - self.zero

    @cached_property
    def workers(self) -> list[str]:
        """The names of all workers, sorted."""
        outside = {"kafka", "lab"}
        return sorted({event.worker for event in self.events} - outside)
