"""Intervals of time: spans in a worker's life, their overlaps, unions and differences."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Generic, TypeVar

from electionlab.history.events import Event
from electionlab.history.readable import Readable, time_of_day
from electionlab.history.states import Kinds, Processes, effect

Interval = tuple[float, float]  # from, to: Unix seconds
S = TypeVar("S", bound="Span")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, repr=False)
class Span(Readable):
    """An interval of time in a worker's life, in Unix seconds. `end_is_known` is False if the
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

    def overlap(self, other: Span) -> Interval | None:
        """The interval that both share, as (start, end); None if they share none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return (start, end) if start < end else None


class Spans(list[S], Generic[S]):
    """Spans in order of start, looked up by time and worker without scanning all of them."""

    def __init__(self, spans: Iterable[S] = ()) -> None:
        super().__init__(sorted(spans, key=attrgetter("start")))
        self._of: dict[str, list[S]] = {}
        for span in self:
            self._of.setdefault(span.worker, []).append(span)
        self._starts = {w: [span.start for span in own] for w, own in self._of.items()}
        # The latest end among a span and all those before it: how far back a search has to look.
        self._reach = {
            w: list(itertools.accumulate((span.end for span in own), max))
            for w, own in self._of.items()
        }

    def of(self, worker: str) -> list[S]:
        """The spans of one worker, in order of start."""
        return self._of.get(worker, [])

    def touching(self, start: float, end: float, worker: str | None = None) -> list[S]:
        """The spans of a worker, or of all workers, that touch the time from `start` to `end`, both
        included; in order of start."""
        spans: list[S] = []
        for name in self._of if worker is None else [worker]:
            own, reach = self.of(name), self._reach.get(name, [])
            number = bisect_right(self._starts.get(name, []), end) - 1
            while number >= 0 and reach[number] >= start:
                if own[number].end >= start:
                    spans.append(own[number])
                number -= 1
        return sorted(spans, key=attrgetter("start")) if len(spans) > 1 else spans

    def touch(self, start: float, end: float, worker: str) -> bool:
        """Whether a span of the worker touches the time from `start` to `end`, both included."""
        number = bisect_right(self._starts.get(worker, []), end) - 1
        return number >= 0 and self._reach[worker][number] >= start

    def at(self, time: float) -> list[S]:
        """The spans of all workers that contain a time, ends included; in order of start."""
        return self.touching(time, time)

    def begins_in(self, start: float, end: float, worker: str) -> bool:
        """Whether a span of the worker begins from `start` to `end`, both included."""
        starts = self._starts.get(worker, [])
        number = bisect_left(starts, start)
        return number < len(starts) and starts[number] <= end


class Steps(Generic[V]):
    """A value over time: each (time, value) counts until the next one. Iterating gives them in
    order of time."""

    def __init__(self, steps: Iterable[tuple[float, V | None]] = ()) -> None:
        self._times: list[float] = []
        self._values: list[V | None] = []
        for time, value in sorted(steps, key=itemgetter(0)):
            self.add(time, value)

    def __repr__(self) -> str:
        steps = (f"{time_of_day(time)} {value!r}" for time, value in self)
        return f"Steps({', '.join(steps)})"

    def __iter__(self) -> Iterator[tuple[float, V | None]]:
        return zip(self._times, self._values, strict=True)

    def add(self, time: float, value: V | None) -> None:
        """Add a step at the time of the last one, or later."""
        self._times.append(time)
        self._values.append(value)

    @property
    def last(self) -> V | None:
        """The value of the last step; None if there is none."""
        return self._values[-1] if self._values else None

    def at(self, time: float) -> V | None:
        """The value of the last step at or before a time; None before the first."""
        number = bisect_right(self._times, time)
        return self._values[number - 1] if number else None


def pair(
    events: Iterable[Event],
    begins: Kinds,
    ends: Kinds,
    history_end: float,
    *,
    for_certain: bool = False,
) -> Spans[Span]:
    """Pair each beginning with the worker's next event that ends it, with the end of its process,
    or with the end of the history.

    An action's span is as wide as possible: from when its beginning was requested until its end had
    taken effect. With `for_certain` it is as narrow: from when its beginning had taken effect until
    its end was requested. `events` must include each `WorkerStarted` and `WorkerExited` if they are
    about workers.
    """
    begins_at, ends_at = (effect, _requested) if for_certain else (_requested, effect)

    def span(begin: Event, end: float, known: bool) -> Span:
        generation = getattr(begin, "generation", None)
        return Span(begin.worker, begins_at(begin), end, known, generation)

    processes = Processes()
    begun: dict[str, Event] = {}
    spans = []
    for event in events:
        if processes.end_with(event):
            if event.worker in begun:
                spans.append(span(begun.pop(event.worker), event.time, True))
        elif isinstance(event, ends) and event.worker in begun:
            spans.append(span(begun.pop(event.worker), ends_at(event), True))
        if isinstance(event, begins):
            begun.setdefault(event.worker, event)
    spans += [span(event, history_end, False) for event in begun.values()]
    return Spans(spans)


def _requested(event: Event) -> float:
    return event.time


def overlaps(spans: Spans[Span]) -> Iterator[tuple[Span, Span, Interval]]:
    """Each pair of spans of different workers that overlap, with the interval they share."""
    open_: list[Span] = []
    for span in spans:
        open_ = [earlier for earlier in open_ if earlier.end > span.start]
        for earlier in open_:
            if earlier.worker != span.worker and (shared := earlier.overlap(span)):
                yield earlier, span, shared
        open_.append(span)


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as separate intervals, in order."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def covered(intervals: Iterable[Interval]) -> float:
    """The length in seconds of the union of intervals of time."""
    return sum(end - start for start, end in union(intervals))


def subtract(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What is left of the intervals' union outside `taken`, in order, without empty intervals."""
    left: list[Interval] = []
    away = union(taken)
    first = 0
    for start, end in union(intervals):
        while first < len(away) and away[first][1] <= start:
            first += 1
        reached = start
        for gone_from, gone_to in itertools.islice(away, first, None):
            if gone_from >= end:
                break
            left.append((reached, gone_from))
            reached = max(reached, gone_to)
        left.append((reached, end))
    return [(start, end) for start, end in left if start < end]


def in_both(intervals: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """The time that is in both, as intervals in order."""
    ours = union(intervals)
    return subtract(ours, subtract(ours, others))
