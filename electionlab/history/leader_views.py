"""Who leads, according to three witnesses: the workers' logs, their HTTP answers, the broker.

A worker that was cut off or frozen may lead in its own eyes while the group has another leader.
Comparing these views shows it.
"""

from __future__ import annotations

from electionlab.history import events as ev
from electionlab.history.history import History, Span, Spans
from electionlab.history.intervals import subtract

SILENCE_S = 3.0
"""A worker that gives no answer for longer than this (seconds) counts as silent in between."""
AT_LEAST_S = 0.2
"""A disagreement shorter than this (seconds) is just the time that messages and logs take."""


def by_http(history: History) -> list[Span]:
    """When each worker said over HTTP that it holds the leader partition.

    A span runs from the first such answer to the last one before a different answer, or before more
    than `SILENCE_S` seconds without any. Its end is unknown if the history ends first, while the
    worker is running.
    """
    runs: dict[str, list[ev.WorkerView]] = {}
    heard: dict[str, float] = {}
    spans = []
    for view in history.of(ev.WorkerView):
        run = runs.setdefault(view.worker, [])
        silent = view.time - heard.get(view.worker, view.time) > SILENCE_S
        if run and (silent or not view.leads):
            spans.append(Span(view.worker, run[0].time, run[-1].time))
            run.clear()
        if view.leads:
            run.append(view)
        heard[view.worker] = view.time
    spans += [
        Span(name, run[0].time, run[-1].time, _ended_or_silent(history, run[-1]))
        for name, run in runs.items()
        if run
    ]
    return sorted(spans, key=lambda span: span.start)


def _ended_or_silent(history: History, last: ev.WorkerView) -> bool:
    """Whether a worker ended after its last answer, or was silent until the end of the history."""
    lives = history.lives.touching(last.time, last.time, last.worker)
    ended = bool(lives) and all(life.end_is_known for life in lives)
    return ended or history.end - last.time > SILENCE_S


def only_by_log(history: History, at_least_s: float = AT_LEAST_S) -> list[Span]:
    """When a worker led in its own log and not in the broker's: a stale leader, or a new one that
    the broker was slow to store. Only spans of at least `at_least_s` seconds, up to the end of the
    run; empty if either view is missing."""
    return _only_in(history.leaderships, history.broker_leaderships, history, at_least_s)


def only_by_broker(history: History, at_least_s: float = AT_LEAST_S) -> list[Span]:
    """When a worker led in the broker's eyes and not in its own log: it has ended or left, and the
    group does not know yet. Only spans of at least `at_least_s` seconds, up to the end of the run;
    empty if either view is missing."""
    return _only_in(history.broker_leaderships, history.leaderships, history, at_least_s)


def _only_in(
    first: Spans[Span], second: Spans[Span], history: History, at_least_s: float
) -> list[Span]:
    """The parts of `first`, up to the end of the run, in which `second` has no span of the same
    worker."""
    if missing(history).keys() & {"log", "broker"}:
        return []
    parts = []
    for span in first:
        last = min(span.end, history.over)
        others = second.touching(span.start, last, span.worker)
        taken = [(other.start, other.end) for other in others]
        for start, end in subtract([(span.start, last)], taken):
            known = span.end_is_known or end < last
            parts.append(Span(span.worker, start, end, known, span.generation))
    return [span for span in parts if span.length_s >= at_least_s]


def missing(history: History) -> dict[str, str]:
    """The views (`log`, `HTTP`, `broker`) that the history lacks, each with the reason."""
    needed: dict[str, tuple[type[ev.Event], str]] = {
        "log": (ev.PartitionsAssigned, "no log tells of an assignment"),
        "HTTP": (ev.WorkerView, "no worker was asked over HTTP"),
        "broker": (ev.GroupStored, "what the broker stored of the group was not read"),
    }
    return {name: why for name, (kind, why) in needed.items() if not history.of(kind)}
