"""What stands behind what happened: faults, and what went on near a time."""

from __future__ import annotations

from electionlab.checks.verdict import stretch
from electionlab.history import Fault, History
from electionlab.spans import union

AFTERMATH_S = 10.0
"""So long after a fault has ended, in seconds, it may still be the reason for what happens: a
worker that was frozen notices that it was expelled, joins again, and that is one more rebalance."""

NEAR_S = 5.0  # a fault before or after this many seconds is told with a greeting


def near(
    history: History, worker: str, time: float, within_s: float, since: float = float("-inf")
) -> Fault | None:
    """The worker's last fault that was at work at a time (Unix seconds) or had ended at most
    `within_s` before, and began at `since` or later; a broker's where there is none of the
    worker's."""
    brokers = {span.worker for span in history.broker_outages}
    for name in (worker, *sorted(brokers)):
        found = history.faults.touching(time - within_s, time, name)
        found = [fault for fault in found if fault.start >= since]
        if found:
            return found[-1]
    return None


def cause(history: History, worker: str, time: float, since: float = float("-inf")) -> Fault | None:
    """The fault behind what happened to a worker at a time (Unix seconds): the last one near it; if
    that came while another was at work, that other one."""
    last = near(history, worker, time, AFTERMATH_S, since)
    return _first_of_chain(history, last, since) if last else None


def _first_of_chain(history: History, fault: Fault, since: float) -> Fault:
    while True:
        touched = history.faults.touching(fault.start, fault.start, fault.worker)
        earlier = [other for other in touched if since <= other.start < fault.start]
        if not earlier:
            return fault
        fault = earlier[0]


def told(history: History, fault: Fault) -> str:
    """`kill -9 of 6066 at 9.000 s`"""
    return f"{fault.what} of {fault.worker} at {history.at(fault.start):.3f} s"


def fault_before(history: History, time: float) -> str:
    """In words, the last fault on anybody that was at work shortly before a time."""
    found = history.faults.touching(time - AFTERMATH_S, time)
    return f"after {told(history, found[-1])}" if found else "after no fault"


def meanwhile(history: History, start: float, end: float) -> str:
    """In words, what was going on from `start` to `end` (Unix seconds) and NEAR_S around: faults
    and rebalances; begins with `; `, and is empty for nothing."""
    start, end = start - NEAR_S, end + NEAR_S
    going_on = [told(history, fault) for fault in history.faults.touching(start, end)]
    rebalances = history.rebalances.touching(start, end)
    going_on += [
        f"rebalance from {stretch(history, *whole)}"
        for whole in union((span.start, span.end) for span in rebalances)
    ]
    return f"; near it {', '.join(going_on)}" if going_on else ""
