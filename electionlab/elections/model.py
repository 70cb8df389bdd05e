"""A round of an election: one fault, and what came of it.

Whatever ran the election, a place observes it in the same words: who led, by their own word, and
what reached the receiver, in its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from electionlab.history.intervals import Span, Spans, covered, overlaps, subtract
from electionlab.history.readable import Readable

FAULTS = ("interrupt", "kill", "freeze", "cut")
"""The leader is ended by Ctrl+C, is killed, stands still, or is cut off from its server."""

ELECTIONS = {
    "faust": "Faust",
    "fenced": "Faust, fenced",
    "zookeeper": "ZooKeeper",
    "etcd": "etcd",
    "postgresql": "PostgreSQL",
    "redis": "Redis",
}
"""The elections by the words that name them here, each with the name to show."""


@dataclass(frozen=True, repr=False)
class Write(Readable):
    """A greeting at its receiver, `time` in Unix seconds. `term` puts the leaderships in order: the
    number is higher for a later one. `in_time` is whether a receiver that checks the tokens takes
    it."""

    time: float
    who: str
    term: float
    token: int
    in_time: bool


@dataclass(frozen=True)
class Observed:
    """What was seen of an election. `faults` are when a leader was broken, and which; `leaderships`
    when each member led, in its own eyes; `frozen` when it stood still; `writes` what the receiver
    has, in its order; `turned_away` how many others it refused to store. `about` names versions."""

    faults: Sequence[tuple[float, str]]
    leaderships: Sequence[Span]
    writes: Sequence[Write]
    frozen: Sequence[Span] = ()
    turned_away: int = 0
    about: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """`leaderless_s` is the time from the fault to the first greeting of another leader, None if
    there was none. `two_s` is for how long two led at once, each in its own eyes, and neither
    standing still. Of the `writes` from this fault until the next, `stale` are those of a former
    leader behind one of a later leader, `passed` the stale ones that a check of their tokens lets
    through, and `wronged` those in time that it refuses."""

    election: str
    fault: str
    leaderless_s: float | None
    two_s: float
    writes: int
    stale: int
    passed: int
    wronged: int


def rounds(observed: Observed, election: str, fault: str) -> list[Round]:
    """The rounds in which this fault happened again and again. The last goes on until the end."""
    late = stale(observed.writes)
    measured = []
    ends = [time for time, _ in observed.faults[1:]]
    for (begin, old), end in zip(observed.faults, [*ends, float("inf")], strict=True):
        here = [write for write in observed.writes if begin <= write.time < end]
        firsts = (write.time for write in here if write.who != old and write not in late)
        first = next(firsts, None)
        measured.append(
            Round(
                election=election,
                fault=fault,
                leaderless_s=None if first is None else first - begin,
                two_s=two_at_once(observed, begin, end),
                writes=len(here),
                stale=sum(write in late for write in here),
                passed=sum(write in late and write.in_time for write in here),
                wronged=sum(write not in late and not write.in_time for write in here),
            )
        )
    return measured


def stale(writes: Sequence[Write]) -> set[Write]:
    """Those that stand behind one of a later leadership."""
    late = set()
    newest = float("-inf")
    for write in writes:
        if write.term < newest:
            late.add(write)
        newest = max(newest, write.term)
    return late


def two_at_once(observed: Observed, begin: float, end: float) -> float:
    """For how many seconds between two times (Unix seconds) two members led, each in its own eyes,
    and neither stood still."""
    frozen = Spans(observed.frozen)
    shared = []
    for one, other, (start, stop) in overlaps(Spans(observed.leaderships)):
        still = [
            (span.start, span.end)
            for who in (one.worker, other.worker)
            for span in frozen.touching(start, stop, who)
        ]
        shared += subtract([(max(start, begin), min(stop, end))] if stop > begin else [], still)
    return covered([(start, stop) for start, stop in shared if start < stop])
