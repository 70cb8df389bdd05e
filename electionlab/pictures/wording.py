"""Events in words: the same in pictures, in tables and for readers who cannot see a picture."""

from __future__ import annotations

from collections.abc import Sequence

from electionlab.history import events as ev
from electionlab.history.events import Event
from electionlab.history.history import History
from electionlab.history.window import CARRIED, NEXT_S

ACTIONS: dict[type[Event], str] = {
    ev.WorkerStarted: "start",
    ev.WorkerInterrupted: "Ctrl+C",
    ev.WorkerKilled: "kill -9",
    ev.WorkerFrozen: "freeze",
    ev.WorkerThawed: "thaw",
    ev.WorkerCut: "cut",
    ev.WorkerHealed: "heal",
    ev.WorkerSlowed: "slow",
    ev.LoopBlocked: "block",
    ev.BrokerStopped: "stop",
    ev.BrokerKilled: "kill -9",
    ev.BrokerStarted: "start",
    ev.RunEnding: "end of run",
}
BROKER_ACTIONS = (ev.BrokerStopped, ev.BrokerKilled, ev.BrokerStarted)
OTHERS: dict[type[Event], str] = {
    ev.LeadershipGained: "becomes leader",
    ev.LeadershipLost: "leads no longer",
    ev.RebalanceNoticed: "notices a rebalance",
    ev.GroupLeaderElected: "is group leader: computes the assignment",
    ev.Published: "publishes",
    ev.GreetingPrinted: "prints a greeting",
    ev.WorkerExited: "has ended",
}
SHOWN = (*ACTIONS, *OTHERS)
"""The kinds of events in a timeline's table."""


def what(event: Event) -> str:
    """What happened, without the worker: `freeze`, `block for 3 s`, `stop broker 2`."""
    words = ACTIONS.get(type(event)) or OTHERS[type(event)]
    return " ".join(part for part in (words, _which_broker(event), _how(event)) if part)


def label(event: Event) -> str:
    """What we did, with its target: `freeze 6066`, `block 6066 for 3 s`, `stop broker 2`."""
    target = _which_broker(event) or ("" if event.worker == "lab" else event.worker)
    return " ".join(part for part in (ACTIONS[type(event)], target, _how(event)) if part)


def label_of_all(events: Sequence[Event]) -> str:
    """What we did, to so many: `start ×9`, `kill -9 broker ×3`."""
    words = (ACTIONS[type(events[0])], _how(events[0]))
    broker = "broker" if isinstance(events[0], BROKER_ACTIONS) else ""
    return " ".join(part for part in (*words, broker, f"×{len(events)}") if part)


def is_alike(one: Event, other: Event) -> bool:
    """Whether the same was done both times, though not to the same worker or broker."""
    is_fresh = isinstance(one, ev.BrokerStarted) and one.fresh
    return type(one) is type(other) and _how(one) == _how(other) and not is_fresh


def _which_broker(event: Event) -> str:
    if isinstance(event, ev.BrokerStarted) and event.fresh:
        return f"an empty broker {event.broker}"
    return f"broker {event.broker}" if isinstance(event, BROKER_ACTIONS) else ""


def _how(event: Event) -> str:
    if isinstance(event, ev.WorkerSlowed):
        return f"by {event.delay_s:g} s"
    return f"for {event.seconds:g} s" if isinstance(event, ev.LoopBlocked) else ""


def actions_of(history: History) -> list[Event]:
    """What we did, up to the end of the run. Stopping all workers at the end is left out, and so is
    what was done before a window began."""
    actions = [event for event in history.of(*ACTIONS) if getattr(event, "by", "") != CARRIED]
    over = [number for number, event in enumerate(actions) if isinstance(event, ev.RunEnding)]
    return actions[: over[0] + 1] if over else actions


def before_until(history: History) -> float:
    """The Unix time up to which a window's events are the state at its start; earlier than any
    event if the history is no window."""
    is_window = any(action.by == CARRIED for action in history.of(ev.Action))
    return history.start + NEXT_S if is_window else history.start - 1


def listed(words: Sequence[str], most: int = 30) -> str:
    """The words joined by semicolons; beyond the first `most`, only how many more there are."""
    more = [f"and {len(words) - most} more, in the table"] if len(words) > most else []
    return "; ".join([*words[:most], *more])
