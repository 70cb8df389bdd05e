"""Which fault explains what happened, and what else was going on near a time."""

from __future__ import annotations

from bisect import bisect_left
from itertools import takewhile
from operator import itemgetter

from electionlab.checks.verdict import interval
from electionlab.history.history import Fault, History
from electionlab.history.intervals import Interval, union

AFTERMATH_S = 10.0
"""How many seconds after its end a fault may still be the reason for what happens: a worker that
was frozen notices that it was expelled and joins again, which is one more rebalance."""

NEAR_S = 5.0  # faults within so many seconds of a greeting are named with it


def near(
    history: History, worker: str, time: float, within_s: float, since: float = float("-inf")
) -> Fault | None:
    """The worker's last fault that was at work at a time (Unix seconds) or had ended at most
    `within_s` seconds before, and that began at `since` or later; if the worker has none, a
    broker's."""
    brokers = {span.worker for span in history.broker_outages}
    for name in (worker, *sorted(brokers)):
        faults = history.faults.touching(time - within_s, time, name)
        faults = [fault for fault in faults if fault.start >= since]
        if faults:
            return faults[-1]
    return None


def cause(history: History, worker: str, time: float, since: float = float("-inf")) -> Fault | None:
    """The fault behind what happened to a worker at a time (Unix seconds): the last one near it or,
    if that one began while another was at work, the other one."""
    last = near(history, worker, time, AFTERMATH_S, since)
    return _first_of_chain(history, last, since) if last else None


def _first_of_chain(history: History, fault: Fault, since: float) -> Fault:
    while True:
        touched = history.faults.touching(fault.start, fault.start, fault.worker)
        earlier = [other for other in touched if since <= other.start < fault.start]
        if not earlier:
            return fault
        fault = earlier[0]


def in_words(history: History, fault: Fault) -> str:
    """`kill -9 of 6066 at 9.000 s`"""
    return f"{fault.what} of {fault.worker} at {history.at(fault.start):.3f} s"


def fault_before(history: History, time: float) -> str:
    """The last fault of any worker or broker shortly before a time, in words."""
    faults = history.faults.touching(time - AFTERMATH_S, time)
    return f"after {in_words(history, faults[-1])}" if faults else "after no fault"


def going_on_near(history: History, start: float, end: float) -> str:
    """The faults and rebalances from NEAR_S before `start` to NEAR_S after `end` (Unix seconds), in
    words that begin with a semicolon; empty if there were none. What comes after the end of the run
    is left out."""
    start, end = start - NEAR_S, min(end + NEAR_S, max(end, history.over))
    going_on = [in_words(history, fault) for fault in history.faults.touching(start, end)]
    rebalances, ends = history.cached(_rebalances)
    first = bisect_left(rebalances, start, key=itemgetter(1))
    going_on += [
        f"rebalance from {interval(history, *whole)}{'' if whole[1] in ends else ' and on'}"
        for whole in takewhile(lambda whole: whole[0] <= end, rebalances[first:])
    ]
    return f"; near it {', '.join(going_on)}" if going_on else ""


def _rebalances(history: History) -> tuple[list[Interval], set[float]]:
    """When the group was rebalanced, whichever of its workers knew of it, in order; and which ends
    of these are known."""
    spans = history.rebalances
    whole = union((span.start, span.end) for span in spans)
    return whole, {span.end for span in spans if span.end_is_known}
