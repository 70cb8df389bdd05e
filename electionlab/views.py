"""Who leads, as three witnesses tell it: the workers' logs, their answers over HTTP, the broker.

A worker that was cut off or stood still may lead in its own eyes while the group has another
leader. That is what these views are laid beside each other for.
"""

from __future__ import annotations

from electionlab import events as ev
from electionlab.history import History, Span, Spans
from electionlab.spans import subtract

SILENCE_S = 3.0
"""A worker that gave no answer for longer than this (seconds) was not heard in between."""
AT_LEAST_S = 0.2
"""A disagreement shorter than this (seconds) is the time that messages and logs take."""


def by_http(history: History) -> list[Span]:
    """When each worker said over HTTP that it holds the leader partition.

    A span goes from the first such answer to the last before another one, or before more than
    `SILENCE_S` seconds without any. Its end is unknown where no answer of the worker follows.
    """
    runs: dict[str, list[ev.WorkerView]] = {}
    heard: dict[str, float] = {}
    found = []
    for view in history.of(ev.WorkerView):
        run = runs.setdefault(view.worker, [])
        silent = view.time - heard.get(view.worker, view.time) > SILENCE_S
        if run and (silent or not view.leads):
            found.append(Span(view.worker, run[0].time, run[-1].time))
            run.clear()
        if view.leads:
            run.append(view)
        heard[view.worker] = view.time
    found += [Span(name, run[0].time, run[-1].time, False) for name, run in runs.items() if run]
    return sorted(found, key=lambda span: span.start)


def only_by_log(history: History, at_least_s: float = AT_LEAST_S) -> list[Span]:
    """When a worker led in its own log and not in the broker's: a stale leader, if not a new one
    that the broker was slow to store. Those of `at_least_s` seconds or more, up to the end of the
    run; empty if either view is missing."""
    return _only_in(history.leaderships, history.broker_leaderships, history, at_least_s)


def only_by_broker(history: History, at_least_s: float = AT_LEAST_S) -> list[Span]:
    """When a worker led in the broker's eyes and not in its own log: it has ended or left, and the
    group does not know yet. Those of `at_least_s` seconds or more, up to the end of the run; empty
    if either view is missing."""
    return _only_in(history.broker_leaderships, history.leaderships, history, at_least_s)


def _only_in(
    first: Spans[Span], second: Spans[Span], history: History, at_least_s: float
) -> list[Span]:
    """The parts of `first`, up to the end of the run, in which `second` has no span of the same
    worker."""
    if missing(history).keys() & {"log", "broker"}:
        return []
    found = []
    for span in first:
        last = min(span.end, history.over)
        others = second.touching(span.start, last, span.worker)
        taken = [(other.start, other.end) for other in others]
        for start, end in subtract([(span.start, last)], taken):
            known = span.end_is_known or end < last
            found.append(Span(span.worker, start, end, known, span.generation))
    return [span for span in found if span.length_s >= at_least_s]


def missing(history: History) -> dict[str, str]:
    """The views that the history does not have, each with why: `log`, `HTTP`, `broker`."""
    needed: dict[str, tuple[type[ev.Event], str]] = {
        "log": (ev.PartitionsAssigned, "no log tells of an assignment"),
        "HTTP": (ev.WorkerView, "no worker was asked over HTTP"),
        "broker": (ev.GroupStored, "what the broker stored of the group was not read"),
    }
    return {name: why for name, (kind, why) in needed.items() if not history.of(kind)}
