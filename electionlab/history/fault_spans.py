"""Faults: what we did to workers and brokers, and while it was at work."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from electionlab.history import events as ev
from electionlab.history.intervals import Span, Spans, pair
from electionlab.history.states import ENDED_BY, effect, whose

DOWN = (ev.BrokerStopped, ev.BrokerKilled)


@dataclass(frozen=True, slots=True, repr=False)
class Fault(Span):
    """The time during which something we did to a worker or a broker was at work. `what` names it
    in words; `worker` is the worker's name or `broker 1`, …"""

    what: str = ""


def named(spans: Mapping[str, Spans[Span]]) -> Spans[Fault]:
    """All these spans, each with the name it is listed under."""
    return Spans(
        Fault(span.worker, span.start, span.end, span.end_is_known, what=what)
        for what, own in spans.items()
        for span in own
    )


def blocks(
    blocked: Iterable[ev.LoopBlocked], lives: Spans[Span], history_end: float
) -> Spans[Span]:
    """When event loops were blocked: for the seconds requested, or until the worker's exit."""
    spans = []
    for block in blocked:
        end = effect(block) + block.seconds
        life = next(iter(lives.touching(block.time, block.time, block.worker)), None)
        limit = life.end if life else history_end
        known = end <= limit or (life is not None and life.end_is_known)
        spans.append(Span(block.worker, block.time, min(end, limit), known))
    return Spans(spans)


def outages(actions: Iterable[ev.Action], history_end: float) -> Spans[Span]:
    """When brokers were down, from when that was requested until they answered again."""
    ends = ENDED_BY[ev.BrokerKilled]
    of_brokers = [
        dataclasses.replace(act, worker=whose(act))
        for act in actions
        if isinstance(act, (*DOWN, *ends))
    ]
    return pair(of_brokers, DOWN, ends, history_end)


def replacements(actions: Iterable[ev.Action]) -> list[float]:
    """When each Kafka that an empty one replaced had gone, in order: one that is asked to stop
    still takes commits before it ends."""
    down: dict[int, float] = {}
    times = []
    for act in actions:
        if isinstance(act, DOWN):
            down.setdefault(act.broker, effect(act))
        elif isinstance(act, ev.BrokerStarted):
            gone = down.pop(act.broker, act.time)
            if act.fresh:
                times.append(gone)
    return times
