"""What happened in a run, in one order: what workers logged, what we did, what the broker says.

A history is all that checks and pictures need. Saved as JSON Lines, it can be read years later
without a broker.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import TypeVar, cast

from electionlab import events as ev
from electionlab import faults, groups, publishers, saved, spans, stretch
from electionlab.events import Event
from electionlab.faults import Fault
from electionlab.groups import Generation, StoredGeneration
from electionlab.leading import DERIVED, with_leaderships
from electionlab.publishers import Publisher
from electionlab.spans import Span, Spans, pair

__all__ = ["Fault", "Generation", "History", "Publisher", "Span", "Spans", "StoredGeneration"]

E = TypeVar("E", bound=Event)


class History:
    """Events in order of time; those at the same time in the order they were given.

    The events `LeadershipGained` and `LeadershipLost` follow from the others and are added here.
    `about` tells what ran (names and versions), for whoever reads it later. All times asked for
    and given are Unix seconds.
    """

    def __init__(self, events: Iterable[Event], about: dict[str, str] | None = None) -> None:
        self.about = dict(about or {})
        given = [event for event in events if type(event) not in DERIVED]
        given.sort(key=attrgetter("time"))
        self.events: tuple[Event, ...] = tuple(with_leaderships(given))

    def __len__(self) -> int:
        return len(self.events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def of(self, *kinds: type[E], worker: str | None = None) -> list[E]:
        """The events of these kinds, of one worker or of all."""
        found: list[int] = []
        runs = 0
        for kind, of_kind in self._places.items():
            if issubclass(kind, kinds):
                runs += 1
                found += of_kind if worker is None else self._places_of(kind, worker)
        if runs > 1:
            found.sort()
        events = self.events
        return cast(list[E], [events[place] for place in found])

    @cached_property
    def _places(self) -> dict[type[Event], array[int]]:
        """Where in the history the events of each kind stand, so that `of` need not look at all."""
        places: dict[type[Event], array[int]] = {}
        for place, event in enumerate(self.events):
            kind = type(event)
            if kind not in places:
                places[kind] = array("L")
            places[kind].append(place)
        return places

    def _places_of(self, kind: type[Event], worker: str) -> Iterator[int]:
        return (place for place in self._places[kind] if self.events[place].worker == worker)

    @cached_property
    def start(self) -> float:
        """Unix time of the first event, from which relative times count; 0 for none."""
        return self.events[0].time if self.events else 0.0

    @cached_property
    def end(self) -> float:
        """Unix time of the last event; 0 for none."""
        return self.events[-1].time if self.events else 0.0

    @cached_property
    def over(self) -> float:
        """When we began to stop all workers, from which nothing is expected any more; the end of
        the history if we did not."""
        return min((event.time for event in self.of(ev.RunEnding)), default=self.end)

    def at(self, time: float) -> float:
        """Seconds since the start of the history."""
        return time - self.start

    @cached_property
    def workers(self) -> list[str]:
        """The names of all workers, sorted."""
        outside = {"kafka", "lab"}
        return sorted({event.worker for event in self.events} - outside)

    # Spans in workers' lives

    @cached_property
    def leaderships(self) -> Spans[Span]:
        """When each worker was Faust's leader in its own eyes, in order of start."""
        return self._spans(ev.LeadershipGained, ev.LeadershipLost)

    @cached_property
    def lives(self) -> Spans[Span]:
        """When each worker process ran."""
        return spans.lives(self.of(ev.WorkerStarted, ev.WorkerExited), self.end)

    @cached_property
    def freezes(self) -> Spans[Span]:
        """When a worker stood still."""
        return self._spans(ev.WorkerFrozen, ev.WorkerThawed, ev.WorkerExited)

    @cached_property
    def cuts(self) -> Spans[Span]:
        """When a worker's network was cut."""
        return self._spans(ev.WorkerCut, ev.WorkerHealed, ev.WorkerExited)

    @cached_property
    def slowdowns(self) -> Spans[Span]:
        """When a worker's network was slow."""
        return self._spans(ev.WorkerSlowed, ev.WorkerHealed, ev.WorkerExited)

    @cached_property
    def blocks(self) -> Spans[Span]:
        """When a worker's event loop was blocked: for the seconds asked for, or to its exit."""
        return faults.blocks(self.of(ev.LoopBlocked), self.lives, self.end)

    @cached_property
    def rebalances(self) -> Spans[Span]:
        """When a worker had given its partitions back and had no new ones yet."""
        return self._spans(ev.PartitionsRevoked, ev.PartitionsAssigned, ev.WorkerExited)

    @cached_property
    def broker_outages(self) -> Spans[Span]:
        """When a broker was down: from when its end was asked for to when it answered again. The
        span's `worker` is `broker 1`, …"""
        return faults.outages(self.of(ev.Action), self.end)

    @cached_property
    def faults(self) -> Spans[Fault]:
        """What we did to workers and brokers, and when it was at work: a kill or Ctrl+C until the
        worker had ended."""
        return faults.named(
            {
                "Ctrl+C": self._spans(ev.WorkerInterrupted, ev.WorkerExited, ev.WorkerStarted),
                "kill -9": self._spans(ev.WorkerKilled, ev.WorkerExited, ev.WorkerStarted),
                "freeze": self.freezes,
                "cut": self.cuts,
                "slow network": self.slowdowns,
                "blocked loop": self.blocks,
                "outage": self.broker_outages,
            }
        )

    def _spans(self, begins: type[Event], *ends: type[Event]) -> Spans[Span]:
        return pair(self.of(begins, *ends), begins, self.end)

    # The group, as its members' logs and as the broker's tell of it

    @cached_property
    def member_joins(self) -> list[ev.MemberJoined]:
        """Each time a worker was taken into a generation of the group."""
        return self.of(ev.MemberJoined)

    @cached_property
    def generations(self) -> list[Generation]:
        """The generations of the group, in order, as its members' logs tell of them."""
        return groups.generations(
            self.of(ev.MemberJoined, ev.GroupLeaderElected, ev.PartitionsAssigned)
        )

    @cached_property
    def member_names(self) -> dict[str, str]:
        """The workers' names by member id."""
        return groups.member_names(self.of(ev.GroupStored), self.member_joins)

    def name_of(self, member_id: str) -> str:
        """The name of the worker behind a member id; the id itself where nobody told of one."""
        return self.member_names.get(member_id, member_id)

    @cached_property
    def stored_generations(self) -> list[StoredGeneration]:
        """The generations of the group as the broker stored them, in order of time; empty where
        its log was not read."""
        return groups.stored_generations(self.of(ev.GroupStored), self.name_of, self.end)

    @cached_property
    def broker_leaderships(self) -> Spans[Span]:
        """When each worker was Faust's leader according to the broker's log."""
        return groups.broker_leaderships(self.stored_generations, self.end)

    def group_generation(self, time: float) -> StoredGeneration | None:
        """What the broker had stored last, at a time."""
        return self._stored_times.at(time)

    @cached_property
    def _stored_times(self) -> groups.Steps[StoredGeneration]:
        return groups.Steps((told.start, told) for told in self.stored_generations)

    def generation_of(self, worker: str, time: float) -> int | None:
        """The generation in which a worker believed itself at a time: the last that it had joined
        in its life; None before and after."""
        steps = self._beliefs.get(worker)
        return steps.at(time) if steps else None

    @cached_property
    def _beliefs(self) -> dict[str, groups.Steps[int]]:
        return groups.beliefs(self.of(ev.WorkerStarted, ev.MemberJoined, ev.WorkerExited))

    # Leaders and publishers

    def stored_workers(self) -> set[str]:
        """The workers in the newest generation that the broker stored; empty if it tells none."""
        stored = self.stored_generations
        return set(stored[-1].members) if stored else set()

    def leaders(self, time: float) -> list[str]:
        """Who leads in their own eyes at a time."""
        return [span.worker for span in self.leaderships.at(time)]

    @cached_property
    def present_leadership(self) -> Span | None:
        """The leadership that goes on at the end of the history; the youngest, if two do."""
        now = [span for span in self.leaderships if not span.end_is_known]
        return max(now, key=lambda span: span.start) if now else None

    @property
    def leader(self) -> str | None:
        """Who leads at the end of the history: the one whose leadership is youngest."""
        return self.present_leadership.worker if self.present_leadership else None

    def published_by_leader(self, count: int) -> bool:
        """Whether the present leader has published at least `count` times since it leads."""
        span = self.present_leadership
        if span is None:
            return False
        return (
            sum(event.time in span for event in self.of(ev.Published, worker=span.worker)) >= count
        )

    def publisher_of(self, stored: ev.GreetingStored) -> Publisher | None:
        """Who published a greeting of this history, found by time; None where nobody fits."""
        return self._publishers.get(stored)

    @cached_property
    def _publishers(self) -> dict[ev.GreetingStored, Publisher]:
        return publishers.match(self.of(ev.GreetingStored), self.of(ev.Published))

    def between(self, start: float, end: float) -> History:
        """What happened from one Unix time to another, as a history of its own that also knows who
        led and what was broken when it began."""
        events = stretch.between(self.events, self.member_names, start, end)
        return History(events, self.about)

    # Saved and loaded

    def save(self, path: Path | str) -> Path:
        """Write the history as JSON Lines: what it is about, then one event a line."""
        path = Path(path)
        path.write_text(self.to_json_lines(), encoding="utf-8")
        return path

    def to_json_lines(self) -> str:
        return saved.to_json_lines(self.events, self.about)

    @classmethod
    def load(cls, path: Path | str) -> History:
        """Read a saved history. Raises LabError that names the line where it is none, was cut off
        or is of a newer version."""
        return cls(*saved.read(Path(path)))
