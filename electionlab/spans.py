"""Stretches of time: the span of something in a worker's life, and what spans have in common."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, TypeVar

from electionlab import events as ev
from electionlab.events import Event

Stretch = tuple[float, float]  # from, to: Unix seconds
S = TypeVar("S", bound="Span")


@dataclass(frozen=True, slots=True)
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

    def overlap(self, other: Span) -> Stretch | None:
        """The stretch that both share, as (start, end); None where they share none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return (start, end) if start < end else None


class Spans(list[S], Generic[S]):
    """Spans in order of their start, found by time and worker without looking at all of them."""

    def __init__(self, spans: Iterable[S] = ()) -> None:
        super().__init__(sorted(spans, key=attrgetter("start")))
        self._of: dict[str, list[S]] = {}
        for span in self:
            self._of.setdefault(span.worker, []).append(span)
        self._starts = {w: [span.start for span in own] for w, own in self._of.items()}
        # The latest end of a span and all before it: how far back a search has to look.
        self._reach = {
            w: list(itertools.accumulate((span.end for span in own), max))
            for w, own in self._of.items()
        }

    def of(self, worker: str) -> list[S]:
        """The spans of one worker, in order of start."""
        return self._of.get(worker, [])

    def touching(self, start: float, end: float, worker: str | None = None) -> list[S]:
        """The spans of a worker, or of all, that have a moment in common with `start` to `end`,
        both included; in order of start."""
        found: list[S] = []
        names = self._of if worker is None else self._of.keys() & {worker}
        for name in names:
            own, reach = self._of[name], self._reach[name]
            number = bisect_right(self._starts[name], end) - 1
            while number >= 0 and reach[number] >= start:
                if own[number].end >= start:
                    found.append(own[number])
                number -= 1
        return sorted(found, key=attrgetter("start"))

    def at(self, time: float) -> list[S]:
        """The spans of all workers in which a time is, their ends included; in order of start."""
        return self.touching(time, time)

    def begins_in(self, start: float, end: float, worker: str) -> bool:
        """Whether a span of the worker begins from `start` to `end`, both included."""
        starts = self._starts.get(worker, [])
        number = bisect_left(starts, start)
        return number < len(starts) and starts[number] <= end


def pair(
    events: Iterable[Event], begins: type[Event] | tuple[type[Event], ...], history_end: float
) -> Spans[Span]:
    """Pair each beginning with the worker's next event that is none, or with the history's end.

    An action's span is the widest: from when its beginning was asked for to when its end had taken
    effect.
    """
    begun: dict[str, Event] = {}
    found = []
    for event in events:
        if isinstance(event, begins):
            begun.setdefault(event.worker, event)
        elif event.worker in begun:
            found.append(_span(begun.pop(event.worker), effect(event), True))
    found += [_span(event, history_end, False) for event in begun.values()]
    return Spans(found)


def lives(told: Iterable[Event], history_end: float) -> Spans[Span]:
    """When each worker process ran, from `WorkerStarted` and `WorkerExited` in order of time.

    We may see that a process has ended a moment after we started the next one of its name: an exit
    belongs to the oldest process that has none yet, which ended before the next one began.
    """
    begun: dict[str, list[float]] = {}
    found = []
    for event in told:
        starts = begun.setdefault(event.worker, [])
        if isinstance(event, ev.WorkerStarted):
            starts.append(event.time)
        elif starts:
            start = starts.pop(0)
            found.append(Span(event.worker, start, min([event.time, *starts[:1]])))
    for worker, starts in begun.items():
        found += [Span(worker, *both) for both in itertools.pairwise(starts)]
        found += [Span(worker, start, history_end, False) for start in starts[-1:]]
    return Spans(found)


def _span(begin: Event, end: float, known: bool) -> Span:
    return Span(begin.worker, begin.time, end, known, getattr(begin, "generation", None))


def effect(event: Event) -> float:
    """From when an event had its effect: Unix seconds."""
    if isinstance(event, ev.Action) and event.effective is not None:
        return event.effective
    return event.time


def overlaps(spans: Spans[Span]) -> Iterator[tuple[Span, Span, Stretch]]:
    """Each two spans of different workers that share some time, and that time."""
    open_: list[Span] = []
    for span in spans:
        open_ = [earlier for earlier in open_ if earlier.end > span.start]
        for earlier in open_:
            if earlier.worker != span.worker and (shared := earlier.overlap(span)):
                yield earlier, span, shared
        open_.append(span)


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time as stretches that are apart from each other, in order."""
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def covered(stretches: Iterable[Stretch]) -> float:
    """The length in seconds of the union of stretches of time."""
    return sum(end - start for start, end in union(stretches))


def subtract(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """What is left of the stretches' union outside `taken`, in order; nothing of no length."""
    left: list[Stretch] = []
    away = union(taken)
    first = 0
    for start, end in union(stretches):
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


def in_both(stretches: Iterable[Stretch], others: Iterable[Stretch]) -> list[Stretch]:
    """The time that is in both, as stretches in order."""
    ours = union(stretches)
    return subtract(ours, subtract(ours, others))
