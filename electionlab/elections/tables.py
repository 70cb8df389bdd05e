"""Rounds as tables: time without a leader, time with two, and what came too late."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

from electionlab.elections.model import ELECTIONS, FAULTS, Observed, Round, stale
from electionlab.pictures.tables import Table

SETTINGS = (
    ("faust", "`broker_session_timeout` 6 s, heartbeat 1 s", "the group's generation"),
    ("fenced", "the same", "the producer's epoch, checked by Kafka"),
    ("zookeeper", "kazoo's `timeout` 6 s, `tickTime` 1 s", "the number of the candidate's node"),
    ("etcd", "the lease's `TTL` 6 s, kept alive each second", "the revision of the leader's key"),
    ("postgresql", "`idle_session_timeout` 6 s, a query each second", "a sequence beside the lock"),
    ("redis", "the lock's `timeout` 6 s, renewed each second", "a counter beside the lock"),
)
"""How each election was set here: after how long a silence its leader has lost, and its token."""


def settings() -> Table:
    """How each election is set, and what its token is."""
    return Table(
        ["election", "a leader has lost after", "fencing token"],
        [(ELECTIONS[name], limit.replace("`", ""), token) for name, limit, token in SETTINGS],
    )


def leaderless(rounds: Sequence[Round], missing: Mapping[str, str] | None = None) -> Table:
    """From a fault to the next leader's first greeting, in seconds: the median, and the range. An
    election that is `missing` has the reason in its row."""

    def cell(own: Sequence[Round]) -> str:
        times = [one.leaderless_s for one in own if one.leaderless_s is not None]
        return _spread(times) if len(times) == len(own) else "nobody led"

    return _by_fault(rounds, cell, missing)


def two_leaders(rounds: Sequence[Round], missing: Mapping[str, str] | None = None) -> Table:
    """For how long two led at once, each in its own eyes, and neither standing still: in seconds,
    the median and the range."""
    return _by_fault(rounds, lambda own: _spread([one.two_s for one in own]), missing)


def late(rounds: Sequence[Round], missing: Mapping[str, str] | None = None) -> Table:
    """How many greetings of a former leader its receiver took after one of a later leader; and how
    many if it checks their tokens."""

    def cell(own: Sequence[Round]) -> str:
        count, passed = sum(one.stale for one in own), sum(one.passed for one in own)
        if not count:
            return "0"
        some = sum(one.stale > 0 for one in own)
        many = f" in {some} of {len(own)} rounds" if len(own) > 1 else ""
        return f"{count}{many}; checked {passed}"

    return _by_fault(rounds, cell, missing)


def receiver(observed: Observed) -> Table:
    """The greetings at their receiver, in its order, from the fault on: the seconds after it, who,
    the token, and whether the greeting was in time."""
    begin = observed.faults[0][0]
    too_late = stale(observed.writes)
    words = {True: "too late; a check takes it", False: "too late; a check refuses it"}
    return Table(
        ["seconds after the fault", "who", "token", "came"],
        [
            (
                f"{write.time - begin:.2f}",
                write.who,
                write.token,
                words[write.in_time] if write in too_late else "in time",
            )
            for write in observed.writes
            if write.time >= begin
        ],
    )


def _by_fault(
    rounds: Iterable[Round],
    cell: Callable[[Sequence[Round]], str],
    missing: Mapping[str, str] | None,
) -> Table:
    reasons = missing or {}
    by_name: dict[tuple[str, str], list[Round]] = {}
    for one in rounds:
        by_name.setdefault((one.election, one.fault), []).append(one)
    elections = {election for election, _ in by_name}
    rows = []
    for election, shown in ELECTIONS.items():
        if election in elections:
            cells = [by_name.get((election, fault), []) for fault in FAULTS]
            rows.append([shown, *(cell(own) if own else "–" for own in cells)])
        elif election in reasons:
            empty = ["–"] * (len(FAULTS) - 1)
            rows.append([shown, f"not run: {reasons[election]}", *empty])
    return Table(["election", *FAULTS], rows)


def _spread(seconds: Sequence[float]) -> str:
    if len(seconds) == 1 or not any(seconds):
        return f"{_short(seconds[0])} s"
    lowest, highest = _short(min(seconds)), _short(max(seconds))
    return f"{_short(statistics.median(seconds))} s ({lowest} to {highest})"


def _short(seconds: float) -> str:
    """To a tenth; what is less, and still something, is not shown as nothing."""
    return "<0.1" if 0 < seconds < 0.05 else f"{seconds:.1f}" if seconds else "0"
