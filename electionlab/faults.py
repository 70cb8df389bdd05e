"""For how long what we did lasted: cuts, slow networks, blocked loops, brokers that were down.

A stretch begins and ends when the action had taken effect, where the history knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from electionlab import events as ev
from electionlab.events import Event
from electionlab.history import History, Span
from electionlab.words import BROKER_ACTIONS


def cuts(history: History) -> list[Span]:
    """When a worker's network was cut."""
    events = history.of(ev.WorkerCut, ev.WorkerHealed, ev.WorkerExited)
    return _paired(history, events, lambda event: isinstance(event, ev.WorkerCut))


def slow_stretches(history: History) -> list[Span]:
    """When a worker's network was slow."""
    events = history.of(ev.WorkerSlowed, ev.WorkerHealed, ev.WorkerExited)
    return _paired(
        history, events, lambda event: isinstance(event, ev.WorkerSlowed) and event.delay_s > 0
    )


def blocks(history: History) -> list[Span]:
    """When a worker's event loop was blocked: for the time asked for, or until the worker ended."""
    found = []
    for block in history.of(ev.LoopBlocked):
        start = _since(block)
        ends = [exited.time for exited in history.of(ev.WorkerExited, worker=block.worker)]
        end = min([start + block.seconds, *(time for time in ends if time >= start)])
        found.append(Span(block.worker, start, min(end, history.end), end <= history.end))
    return found


def broker_outages(history: History) -> dict[int, list[Span]]:
    """When each broker was down, by its id. The spans' `worker` is the event's (`kafka`)."""
    found = {}
    events = [event for event in history if isinstance(event, BROKER_ACTIONS)]
    for broker in sorted({event.broker for event in events}):
        own = [event for event in events if event.broker == broker]
        spans = _paired(history, own, lambda event: not isinstance(event, ev.BrokerStarted))
        if spans:
            found[broker] = spans
    return found


def _since(event: Event) -> float:
    effective = event.effective if isinstance(event, ev.Action) else None
    return event.time if effective is None else effective


def _paired(
    history: History, events: Sequence[Event], begins: Callable[[Event], bool]
) -> list[Span]:
    """Spans from an event that begins one to the same worker's next event that does not."""
    begun: dict[str, float] = {}
    found = []
    for event in events:
        if begins(event):
            begun.setdefault(event.worker, _since(event))
        elif event.worker in begun:
            found.append(Span(event.worker, begun.pop(event.worker), _since(event)))
    found += [Span(worker, start, history.end, False) for worker, start in begun.items()]
    return sorted(found, key=lambda span: span.start)
