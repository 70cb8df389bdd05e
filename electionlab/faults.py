"""What we did to workers and brokers, as the time in which it was at work."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from electionlab import events as ev
from electionlab.spans import Span, Spans, effect, pair


@dataclass(frozen=True, slots=True)
class Fault(Span):
    """The time in which something that we did to a worker or to a broker was at work. `what` says
    it in words; `worker` is the worker's name or `broker 1`, …"""

    what: str = ""


def named(spans: Mapping[str, Spans[Span]]) -> Spans[Fault]:
    """All these spans, each with its name."""
    return Spans(
        Fault(span.worker, span.start, span.end, span.end_is_known, what=what)
        for what, own in spans.items()
        for span in own
    )


def blocks(
    blocked: Iterable[ev.LoopBlocked], lives: Spans[Span], history_end: float
) -> Spans[Span]:
    """When event loops were blocked: for the seconds asked for, or until the worker's exit."""
    found = []
    for block in blocked:
        end = effect(block) + block.seconds
        life = next(iter(lives.touching(block.time, block.time, block.worker)), None)
        limit = life.end if life else history_end
        known = end <= limit or (life is not None and life.end_is_known)
        found.append(Span(block.worker, block.time, min(end, limit), known))
    return Spans(found)


def outages(actions: Iterable[ev.Action], history_end: float) -> Spans[Span]:
    """When brokers were down, from when that was asked for to when they answered again."""
    downs = (ev.BrokerStopped, ev.BrokerKilled)
    of_brokers = [
        dataclasses.replace(act, worker=f"broker {act.broker}")
        for act in actions
        if isinstance(act, (*downs, ev.BrokerStarted))
    ]
    return pair(of_brokers, downs, history_end)
