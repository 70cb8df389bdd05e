"""For how long what we did lasted: cuts, slow networks, blocked loops, brokers that were down.

A stretch is the widest: from when its beginning was asked for to when its end had taken effect.
"""

from __future__ import annotations

from collections.abc import Iterable

from electionlab import events as ev
from electionlab.events import Event
from electionlab.history import History, Span
from electionlab.words import BROKER_ACTIONS


def cuts(history: History) -> list[Span]:
    """When a worker's network was cut."""
    events = history.of(ev.WorkerCut, ev.WorkerHealed, ev.WorkerExited)
    return _paired(history, ((event.worker, event) for event in events), ev.WorkerCut)


def slowdowns(history: History) -> list[Span]:
    """When a worker's network was slow."""
    events = history.of(ev.WorkerSlowed, ev.WorkerHealed, ev.WorkerExited)
    return _paired(history, ((event.worker, event) for event in events), ev.WorkerSlowed)


def blocks(history: History) -> list[Span]:
    """When a worker's event loop was blocked: for the time asked for, or until the worker ended."""
    found = []
    for block in history.of(ev.LoopBlocked):
        exits = [exited.time for exited in history.of(ev.WorkerExited, worker=block.worker)]
        end = min([_effect(block) + block.seconds, *(t for t in exits if t >= block.time)])
        known = end <= history.end
        found.append(Span(block.worker, block.time, min(end, history.end), known))
    return found


def broker_outages(history: History) -> list[Span]:
    """When a broker was down. A span's `worker` is `broker 1`, …"""
    events = [event for event in history if isinstance(event, BROKER_ACTIONS)]
    named = ((f"broker {event.broker}", event) for event in events)
    return _paired(history, named, ev.BrokerStopped, ev.BrokerKilled)


def _effect(event: Event) -> float:
    effective = event.effective if isinstance(event, ev.Action) else None
    return event.time if effective is None else effective


def _paired(
    history: History, events: Iterable[tuple[str, Event]], *begins: type[Event]
) -> list[Span]:
    """Spans from an event that begins one to the next of the same name that does not."""
    begun: dict[str, float] = {}
    found = []
    for name, event in events:
        if isinstance(event, begins):
            begun.setdefault(name, event.time)
        elif name in begun:
            found.append(Span(name, begun.pop(name), _effect(event)))
    found += [Span(name, start, history.end, False) for name, start in begun.items()]
    return sorted(found, key=lambda span: span.start)
