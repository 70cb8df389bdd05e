"""Who leads, as three witnesses tell it: the workers' logs, their answers over HTTP, the broker.

A worker that was cut off or stood still may lead in its own eyes while the group has another
leader. That is what these views are laid beside each other for.
"""

from __future__ import annotations

from collections.abc import Iterable

from electionlab import events as ev
from electionlab.history import History, Span

SILENCE_S = 3.0
"""A worker that gave no answer for longer than this (seconds) was not heard in between."""
AT_LEAST_S = 0.2
"""A disagreement shorter than this (seconds) is the time that messages and logs take."""


def by_log(history: History) -> list[Span]:
    """When each worker led according to its own log."""
    return history.leaderships


def by_http(history: History, silence_s: float = SILENCE_S) -> list[Span]:
    """When each worker said over HTTP that it holds the leader partition.

    A span goes from the first such answer to the last before another one, or before more than
    `silence_s` seconds without any. Its end is unknown where no answer of the worker follows.
    """
    runs: dict[str, list[ev.WorkerView]] = {}
    heard: dict[str, float] = {}
    found = []
    for view in history.of(ev.WorkerView):
        run = runs.setdefault(view.worker, [])
        silent = view.time - heard.get(view.worker, view.time) > silence_s
        if run and (silent or not view.leads):
            found.append(Span(view.worker, run[0].time, run[-1].time))
            run.clear()
        if view.leads:
            run.append(view)
        heard[view.worker] = view.time
    found += [Span(name, run[0].time, run[-1].time, False) for name, run in runs.items() if run]
    return sorted(found, key=lambda span: span.start)


def by_broker(history: History) -> list[Span]:
    """When each worker led according to the generations that the broker stored."""
    return list(history.broker_leaderships)


def only_in(
    first: Iterable[Span], second: Iterable[Span], at_least_s: float = AT_LEAST_S
) -> list[Span]:
    """The stretches of `first` in which `second` has no span of the same worker. Those shorter than
    `at_least_s` seconds are left out."""
    second = list(second)
    found = []
    for span in first:
        rest = [span]
        for other in second:
            if other.worker == span.worker:
                rest = [piece for left in rest for piece in _without(left, other)]
        found += [piece for piece in rest if piece.length_s >= at_least_s]
    return sorted(found, key=lambda span: span.start)


def _without(span: Span, other: Span) -> list[Span]:
    if not span.overlap(other):
        return [span]
    pieces = []
    if span.start < other.start:
        pieces.append(Span(span.worker, span.start, other.start, True, span.generation))
    if other.end < span.end:
        pieces.append(Span(span.worker, other.end, span.end, span.end_is_known, span.generation))
    return pieces


def only_by_log(history: History, at_least_s: float = AT_LEAST_S) -> list[Span]:
    """When a worker led in its own log and not in the broker's: a stale leader, if not a new one
    that the broker was slow to store. Up to the end of the run; empty if either view is missing."""
    if missing(history).keys() & {"log", "broker"}:
        return []
    return only_in(_in_run(history, by_log(history)), by_broker(history), at_least_s)


def only_by_broker(history: History, at_least_s: float = AT_LEAST_S) -> list[Span]:
    """When a worker led in the broker's eyes and not in its own log: it has ended or left, and the
    group does not know yet. Up to the end of the run; empty if either view is missing."""
    if missing(history).keys() & {"log", "broker"}:
        return []
    return only_in(_in_run(history, by_broker(history)), by_log(history), at_least_s)


def _in_run(history: History, spans: Iterable[Span]) -> list[Span]:
    """The spans up to where we began to stop all workers."""
    over = min((event.time for event in history.of(ev.RunEnding)), default=history.end)
    return [
        Span(span.worker, span.start, min(span.end, over), span.end_is_known, span.generation)
        for span in spans
        if span.start < over
    ]


def missing(history: History) -> dict[str, str]:
    """The views that the history does not have, each with why: `log`, `HTTP`, `broker`."""
    needed: dict[str, tuple[type[ev.Event], str]] = {
        "log": (ev.PartitionsAssigned, "no log tells of an assignment"),
        "HTTP": (ev.WorkerView, "no worker was asked over HTTP"),
        "broker": (ev.GroupStored, "what the broker stored of the group was not read"),
    }
    return {name: why for name, (kind, why) in needed.items() if not history.of(kind)}
