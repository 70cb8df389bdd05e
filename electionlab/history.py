"""What happened in a run, in one order: what workers logged, what we did, what the broker says.

A history is all that checks and pictures need. Saved as JSON Lines, it can be read years later
without a broker.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from electionlab import events as ev
from electionlab.errors import LabError
from electionlab.events import Event

FORMAT = "electionlab-history"
VERSION = 2
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Span:
    """A stretch of time in a worker's life: Unix seconds. `end_is_known` is False where the
    history ends first."""

    worker: str
    start: float
    end: float
    end_is_known: bool = True
    generation: int | None = None

    @property
    def length_s(self) -> float:
        return self.end - self.start

    def __contains__(self, time: float) -> bool:
        return self.start <= time <= self.end

    def overlap(self, other: Span) -> tuple[float, float] | None:
        """The stretch that both share, as (start, end); None where they share none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return (start, end) if start < end else None


@dataclass(frozen=True)
class Generation:
    """A generation of the consumer group, as its members' logs tell of it. `group_leader` computed
    the assignment, `leader` got Faust's leader partition; None where no log tells."""

    number: int
    members: tuple[str, ...]
    group_leader: str | None
    leader: str | None


class History:
    """Events in order of time; those at the same time in the order they were given.

    The events `LeadershipGained` and `LeadershipLost` follow from the others and are added here.
    `about` tells what ran (names and versions), for whoever reads it later.
    """

    def __init__(self, events: Iterable[Event], about: dict[str, str] | None = None) -> None:
        self.about = dict(about or {})
        given = [event for event in events if not isinstance(event, _DERIVED)]
        given.sort(key=lambda event: event.time)
        self.events: tuple[Event, ...] = tuple(_with_leaderships(given))

    def __len__(self) -> int:
        return len(self.events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def of(self, *kinds: type[E], worker: str | None = None) -> list[E]:
        """The events of these kinds, of one worker or of all."""
        return [
            event
            for event in self.events
            if isinstance(event, kinds) and worker in (None, event.worker)
        ]

    @cached_property
    def start(self) -> float:
        """Unix time of the first event, from which relative times count; 0 for none."""
        return self.events[0].time if self.events else 0.0

    @cached_property
    def end(self) -> float:
        """Unix time of the last event; 0 for none."""
        return self.events[-1].time if self.events else 0.0

    def at(self, time: float) -> float:
        """Seconds since the start of the history."""
        return time - self.start

    @cached_property
    def workers(self) -> list[str]:
        """The names of all workers, sorted."""
        outside = {"kafka", "lab"}
        return sorted({event.worker for event in self.events} - outside)

    @cached_property
    def leaderships(self) -> list[Span]:
        """When each worker was Faust's leader in its own eyes, in order of start."""
        return self._spans(ev.LeadershipGained, ev.LeadershipLost)

    @cached_property
    def lives(self) -> list[Span]:
        """When each worker process ran."""
        return self._spans(ev.WorkerStarted, ev.WorkerExited)

    @cached_property
    def freezes(self) -> list[Span]:
        """When a worker stood still."""
        return self._spans(ev.WorkerFrozen, (ev.WorkerThawed, ev.WorkerExited))

    @cached_property
    def rebalances(self) -> list[Span]:
        """When a worker had given its partitions back and had no new ones yet."""
        return self._spans(ev.PartitionsRevoked, (ev.PartitionsAssigned, ev.WorkerExited))

    @cached_property
    def member_joins(self) -> list[ev.MemberJoined]:
        """Each time a worker was taken into a generation of the group."""
        return self.of(ev.MemberJoined)

    @cached_property
    def generations(self) -> list[Generation]:
        """The generations of the group, in order."""
        current: dict[str, int] = {}
        members: dict[int, list[str]] = {}
        group_leader: dict[int, str] = {}
        leader: dict[int, str] = {}
        for event in self.of(ev.MemberJoined, ev.GroupLeaderElected, ev.PartitionsAssigned):
            if isinstance(event, ev.MemberJoined):
                current[event.worker] = event.generation
                members.setdefault(event.generation, []).append(event.worker)
            elif event.worker in current:
                if isinstance(event, ev.GroupLeaderElected):
                    group_leader[current[event.worker]] = event.worker
                elif isinstance(event, ev.PartitionsAssigned) and event.leads:
                    leader[current[event.worker]] = event.worker
        return [
            Generation(
                number, tuple(sorted(members[number])), group_leader.get(number), leader.get(number)
            )
            for number in sorted(members)
        ]

    def stored_workers(self) -> set[str]:
        """The workers in the newest generation of the broker's journal; empty if it tells none."""
        stored = self.of(ev.GroupStored)
        names = {joined.member_id: joined.worker for joined in self.member_joins}
        return {names.get(member, member) for member in stored[-1].members} if stored else set()

    def leaders(self, time: float) -> list[str]:
        """Who leads in their own eyes at a time (Unix seconds)."""
        return [span.worker for span in self.leaderships if time in span]

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

    def between(self, start: float, end: float) -> History:
        """What happened from one Unix time to another, as a history of its own.

        What was so at its beginning (who ran, in which generation, with which partitions, what was
        frozen or cut off) stands at that time, so that it tells who led then.
        """
        before: dict[tuple[str, type[Event]], Event] = {}
        within: list[Event] = []
        for event in self.events:
            if start <= event.time <= end:
                if not isinstance(event, ev.HistoryEnded):
                    within.append(event)
            elif event.time < start:
                if isinstance(event, (ev.WorkerExited, ev.WorkerKilled)):
                    before = {key: e for key, e in before.items() if key[0] != event.worker}
                elif type(event) in _UNDOES:
                    for undone in _UNDOES[type(event)]:
                        before.pop((event.worker, undone), None)
                elif isinstance(event, _STATE):
                    before.pop((event.worker, type(event)), None)  # the newest comes last
                    before[event.worker, type(event)] = event
        known = [dataclasses.replace(event, time=start) for event in before.values()]
        ended = ev.HistoryEnded(time=end, worker="lab")
        return History([*known, *within, ended], self.about)

    def _spans(
        self, begins: type[Event], ends: type[Event] | tuple[type[Event], ...]
    ) -> list[Span]:
        """Pair each beginning with the worker's next end, or with the end of the history."""
        begun: dict[str, Event] = {}
        found = []
        for event in self.events:
            if isinstance(event, begins):
                begun.setdefault(event.worker, event)
            elif isinstance(event, ends) and event.worker in begun:
                found.append(_span(begun.pop(event.worker), event.time, True))
        found += [_span(event, self.end, False) for event in begun.values()]
        return sorted(found, key=lambda span: span.start)

    def save(self, path: Path | str) -> Path:
        """Write the history as JSON Lines: what it is about, then one event a line."""
        path = Path(path)
        path.write_text(self.to_json_lines(), encoding="utf-8")
        return path

    def to_json_lines(self) -> str:
        head = {
            "format": FORMAT,
            "version": VERSION,
            "start": self.start,
            "events": len(self.events),
            "about": self.about,
        }
        lines = [head, *(event_to_json(event, self.start) for event in self.events)]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    @classmethod
    def load(cls, path: Path | str) -> History:
        """Read a saved history. Raises LabError that names the line where it is none, was cut off
        or is of a newer version."""
        path = Path(path)
        # Not splitlines: JSON may hold characters that it takes for ends of lines.
        try:
            lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise LabError(f"{path} cannot be read as a history: {error}") from error
        numbered = enumerate(lines, start=1)
        try:
            _, first = next(numbered)
            head = json.loads(first)
            version = int(head["version"])
            if head["format"] != FORMAT:
                raise KeyError(head["format"])
        except (ValueError, KeyError, TypeError) as error:
            raise LabError(
                f"{path} is no history: its first line should be a JSON object with "
                f'"format": "{FORMAT}" and a "version".'
            ) from error
        if version > VERSION:
            raise LabError(
                f"{path} has version {version} of the history format; this workbook reads "
                f"up to {VERSION}. Read it with the workbook that wrote it, or a newer one."
            )
        found = []
        for number, line in numbered:
            try:
                found.append(event_from_json(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise LabError(
                    f"{path}, line {number}, is not an event: {line[:60]!r}. "
                    "The file may have been cut off while it was written."
                ) from error
        if len(found) < head.get("events", 0):
            raise LabError(
                f"{path} has {len(found)} of {head['events']} events: it was cut off while it was "
                "written or copied."
            )
        return cls(found, head.get("about"))


_STATE = (
    *(ev.WorkerStarted, ev.WorkerReady, ev.MemberJoined, ev.PartitionsAssigned),
    *(ev.WorkerFrozen, ev.WorkerCut, ev.WorkerSlowed, ev.GroupStored),
)
"""What holds until an event of the same kind, or one that undoes it."""
_UNDOES: dict[type[Event], tuple[type[Event], ...]] = {
    ev.WorkerThawed: (ev.WorkerFrozen,),
    ev.WorkerHealed: (ev.WorkerCut, ev.WorkerSlowed),
}
_DERIVED = (ev.LeadershipGained, ev.LeadershipLost)


def _span(begin: Event, end: float, known: bool) -> Span:
    return Span(begin.worker, begin.time, end, known, getattr(begin, "generation", None))


def _with_leaderships(events: Iterable[Event]) -> Iterator[Event]:
    """Add when leadership was gained and lost, in the worker's own eyes.

    Faust asks whether its cached assignment holds the leader partition. A rebalance under way does
    not change that; the next assignment, leaving the group or the end of the process does.
    """
    leading: set[str] = set()
    generation: dict[str, int] = {}
    for event in events:
        yield event
        worker, lost = event.worker, None
        if isinstance(event, ev.MemberJoined):
            generation[worker] = event.generation
        elif isinstance(event, ev.PartitionsAssigned):
            if event.leads and worker not in leading:
                leading.add(worker)
                yield ev.LeadershipGained(
                    time=event.time,
                    worker=worker,
                    line=event.line,
                    generation=generation.get(worker),
                )
            elif not event.leads:
                lost = "assignment"
        elif isinstance(event, ev.GroupLeft):
            lost = "leaving"
        elif isinstance(event, (ev.WorkerExited, ev.WorkerKilled)):
            lost = "exit"
        if lost and worker in leading:
            leading.remove(worker)
            yield ev.LeadershipLost(time=event.time, worker=worker, line=event.line, by=lost)


def event_to_json(event: Event, start: float = 0.0) -> dict[str, object]:
    """An event as a JSON object; `at` is in seconds after the Unix time `start`."""
    fields = dataclasses.asdict(event)
    return {"event": type(event).__name__, "at": round(event.time - start, 3), **fields}


def event_from_json(told: object) -> Event:
    """The event that `event_to_json` wrote. ValueError, KeyError or TypeError if it is none."""
    if not isinstance(told, dict):
        raise TypeError(f"an object was expected: {told!r}")
    kind = ev.EVENT_TYPES[str(told.pop("event"))]
    told.pop("at")
    if isinstance(partitions := told.get("partitions"), dict):
        told["partitions"] = {topic: tuple(numbers) for topic, numbers in partitions.items()}
    for name in ("members", "holders", "workers"):  # JSON has no tuples
        if name in told:
            told[name] = tuple(told[name])
    return kind(**told)
