"""Rounds as tables: what came too late, by fault and remedy, and what a remedy costs."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from electionlab.checks.fencing import stale_stamps, stamp
from electionlab.fencing.model import FAULTS, REMEDIES, Round
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.pictures.tables import Table


def topic(history: History) -> Table:
    """The greetings in the order of the topic, as all readers get them: the offset, the second at
    which it was made, its generation, and whether it came too late."""
    late = {one.greeting: one.was_read for one in stale_stamps(history)}
    words = {True: "too late, and read", False: "too late, and refused"}
    stored = sorted(history.of(ev.GreetingStored), key=lambda e: (e.partition, e.offset))
    return Table(
        ["offset", "made at second", "generation", "came"],
        [
            (
                event.offset,
                f"{history.at(event.time):.2f}",
                stamp(event.greeting),
                words[late[event]] if event in late else "in time",
            )
            for event in stored
        ],
    )


def stale(rounds: Sequence[Round]) -> Table:
    """How many greetings of a former leader a reader took after one of its successor, by remedy and
    fault, and in how many rounds; `–` where that was not tried."""
    faults = [fault for fault in FAULTS if any(one.fault == fault for one in rounds)]
    rows = []
    for remedy, (program, taken) in REMEDIES.items():
        row = [remedy]
        for fault in faults:
            counts = [taken(one) for one in rounds if (one.program, one.fault) == (program, fault)]
            row.append(_counted(counts))
        rows.append(row)
    return Table(["remedy", *faults], rows)


def silences(rounds: Sequence[Round]) -> Table:
    """For how long no greeting that counts was made in each round: the median and the longest, in
    seconds, by program and fault; `–` where that was not tried."""
    faults = [fault for fault in FAULTS if any(one.fault == fault for one in rounds)]
    programs = dict.fromkeys(one.program for one in rounds)
    rows = []
    for program in programs:
        row = [f"{program}.py"]
        for fault in faults:
            seconds = [
                one.silence_s
                for one in rounds
                if (one.program, one.fault) == (program, fault) and one.silence_s is not None
            ]
            row.append(
                f"{statistics.median(seconds):.1f} s (at most {max(seconds):.1f} s)"
                if seconds
                else "–"
            )
        rows.append(row)
    return Table(["program", *faults], rows)


def _counted(counts: Sequence[int]) -> str:
    if not counts:
        return "–"
    if not any(counts):
        return f"0 in {len(counts)} rounds" if len(counts) > 1 else "0"
    some = sum(count > 0 for count in counts)
    return f"{sum(counts)}, in {some} of {len(counts)} rounds" if len(counts) > 1 else str(*counts)
