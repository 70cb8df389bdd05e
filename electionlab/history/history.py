"""What happened in a run, in order of time: what workers logged, what we did, what Kafka says.

A history is all that checks and pictures need. Saved as JSON Lines, it can be read years later
without a broker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Protocol, TypeVar, cast

from electionlab.errors import writing
from electionlab.history import attribution, jsonl, window
from electionlab.history import events as ev
from electionlab.history import generations as groups
from electionlab.history.attribution import Publisher
from electionlab.history.events import Event
from electionlab.history.fault_spans import Fault
from electionlab.history.generations import Generation, StoredGeneration
from electionlab.history.group_state import GroupState
from electionlab.history.intervals import Span, Spans, Steps
from electionlab.history.leadership import DERIVED, Replay
from electionlab.history.log_lines import LogLine
from electionlab.history.run_spans import RunSpans
from electionlab.history.states import ENDED_BY, ENDS, counts_from

__all__ = [
    "Fault",
    "Generation",
    "HasHistory",
    "History",
    "Publisher",
    "Span",
    "Spans",
    "StoredGeneration",
    "as_history",
]

R = TypeVar("R")


class History(RunSpans):
    """Events in order of time; those at the same time keep the order in which they were given.

    The events `LeadershipGained` and `LeadershipLost` follow from the others and are added here.
    `about` says what ran (names and versions), for whoever reads it later. All times are Unix
    seconds. Where they are shown, they are counted from `zero`, the beginning of the run, or of the
    experiment, even in a window of it; without `zero`, from the first event.
    """

    def __init__(
        self,
        events: Iterable[Event],
        about: dict[str, str] | None = None,
        zero: float | None = None,
    ) -> None:
        self.about = dict(about or {})
        given = [event for event in events if type(event) not in DERIVED]
        given.sort(key=attrgetter("time"))
        replay = Replay(given)
        super().__init__(replay.with_leaderships(), zero)
        self.state = replay.state
        """The state of the group at the end of the history."""
        self.log: Sequence[LogLine] = ()
        """The lines of the workers' logs, in order of time, of an experiment; empty if they were
        not kept. They are not saved."""
        self._joined, self._held = replay.joined, replay.held
        self._cache: dict[Callable[[History], object], object] = {}

    def __repr__(self) -> str:
        return (
            f"A history of {len(self)} events over {self.length_s:.1f} s, of "
            f"{', '.join(self.workers) or 'no workers'}"
        )

    def cached(self, find: Callable[[History], R]) -> R:
        """What a function finds in this history. It is called only once, and checks share what it
        returned: nobody may change that."""
        if find not in self._cache:
            self._cache[find] = find(self)
        return cast(R, self._cache[find])

    # The group, according to its members' logs and to the broker's

    @cached_property
    def member_joins(self) -> list[ev.MemberJoined]:
        """Each time a worker joined a generation of the group."""
        return self.of(ev.MemberJoined)

    @cached_property
    def generations(self) -> list[Generation]:
        """The generations of the group, in order, according to its members' logs."""
        events = self.of(ev.MemberJoined, ev.GroupLeaderElected, ev.PartitionsAssigned)
        return groups.generations(events, self.kafka_at)

    @cached_property
    def member_names(self) -> dict[str, str]:
        """The workers' names by member id."""
        return groups.member_names(self.of(ev.GroupStored), self.member_joins)

    def name_of(self, member_id: str) -> str:
        """The name of the worker behind a member id; the id itself where that is unknown."""
        return self.member_names.get(member_id, member_id)

    @cached_property
    def stored_generations(self) -> list[StoredGeneration]:
        """The generations of the group as the broker stored them, in order of time; empty if its
        log was not read."""
        return groups.stored_generations(
            self.of(ev.GroupStored), self.name_of, self.end, self.replacements
        )

    @cached_property
    def broker_leaderships(self) -> Spans[Span]:
        """When each worker was Faust's leader according to the broker's log."""
        return groups.broker_leaderships(self.stored_generations, self.end)

    def group_generation(self, time: float) -> StoredGeneration | None:
        """The last generation that the broker had stored at a time; None if it had not stored any
        yet."""
        return self._stored_times.at(time)

    @cached_property
    def _stored_times(self) -> Steps[StoredGeneration]:
        stored = ((generation.start, generation) for generation in self.stored_generations)
        return Steps([*stored, *((time, None) for time in self.replacements)])

    def generation_of(self, worker: str, time: float) -> int | None:
        """The generation that a worker believed it was in at a time: the last it had joined in its
        current life; None before it joined and after it ended."""
        joined = self.membership(worker, time)
        return joined.generation if joined else None

    def membership(self, worker: str, time: float) -> ev.MemberJoined | None:
        """A worker's last join of the group in its current life, as of a time; None before it
        joined and after it ended."""
        steps = self._joined.get(worker)
        return steps.at(time) if steps else None

    def held(self, worker: str) -> Steps[ev.PartitionsAssigned]:
        """The assignments whose partitions a worker held, over time; None while it held none."""
        return self._held.get(worker) or Steps()

    # Leaders and publishers

    def stored_workers(self) -> set[str]:
        """The workers in the newest generation that the broker stored; empty if there is none."""
        stored = self.stored_generations
        return set(stored[-1].members) if stored else set()

    def state_at(self, time: float) -> GroupState:
        """The state of the group at a time (Unix seconds), events of that moment included."""
        state = GroupState()
        for event in sorted(self.of(*ENDED_BY, *ENDS), key=counts_from):
            if counts_from(event) > time:
                break
            state.apply(event)
        return state

    def leaders(self, time: float) -> list[str]:
        """The workers that lead in their own eyes at a time."""
        return [span.worker for span in self.leaderships.at(time)]

    @property
    def leader(self) -> str | None:
        """Who leads at the end of the history: the worker whose leadership is newest."""
        return next(iter(self.state.leaders), None)

    def published_by_leader(self, count: int) -> bool:
        """Whether the current leader has published at least `count` times as leader."""
        gained = self.state.of(self.leader or "").gained
        if gained is None:
            return False
        published = self.of(ev.Published, worker=gained.worker)
        return sum(event.time >= gained.time for event in published) >= count

    def publisher_of(self, stored: ev.GreetingStored) -> Publisher | None:
        """Who published a greeting of this history, matched by time; None if nobody fits."""
        return self._publishers.get(stored)

    @cached_property
    def _publishers(self) -> dict[ev.GreetingStored, Publisher]:
        return attribution.match(
            self.of(ev.GreetingStored),
            self.of(ev.Published),
            self.of(ev.GreetingPrinted),
            self.cut_off,
        )

    def between(self, start: float, end: float, zero: float | None = None) -> History:
        """The window from one Unix time to another, as a history of its own that includes the state
        at its start: who led, what was broken. It counts seconds as this history does, or from the
        Unix time `zero`."""
        events = window.between(self.events, self.member_names, start, end)
        return History(events, self.about, self.zero if zero is None else zero)

    # Saved and loaded

    def save(self, path: Path | str) -> Path:
        """Write the history as JSON Lines: what it is about, then one event per line. Raises
        LabError if the file cannot be written."""
        path = Path(path)
        with writing(path):
            path.write_text(self.to_json_lines(), encoding="utf-8")
        return path

    def to_json_lines(self) -> str:
        return jsonl.to_json_lines(self.events, self.about, self.zero)

    @classmethod
    def load(cls, path: Path | str) -> History:
        """Read a saved history. Raises LabError if the file cannot be read, is not a history
        (naming the line), was cut off or has a newer version."""
        with jsonl.no_collections():
            return cls(*jsonl.read(Path(path)))


class HasHistory(Protocol):
    """A run, in progress or over: `Workers` or a `Lab`."""

    def history(self) -> History: ...


def as_history(source: History | HasHistory) -> History:
    """The history itself, or the history of a run so far."""
    return source if isinstance(source, History) else source.history()
