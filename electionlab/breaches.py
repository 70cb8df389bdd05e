"""Each single time that a promise was broken, and what explains it.

The checks say whether a promise held in a history, and find where it did not. Here each such breach
is attributed to a cause by a rule that is stated beside it. A breach without a cause is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from electionlab import events as ev
from electionlab.checks import moves, publishing
from electionlab.checks.broker import SLACK_S, apart
from electionlab.checks.causes import near
from electionlab.checks.leaders import PATIENCE_S, leaderless
from electionlab.checks.verdict import stretch, where
from electionlab.history import History, Span
from electionlab.spans import overlaps

AFTER_S = 5.0
"""A fault counts as a cause for so many seconds after it has ended: a session of 3 s runs out, the
worker asks for its next heartbeat after 1 s, and the others join again before anyone is told."""

ON_ITS_WAY_S = 1.0
"""So many seconds a new generation may take from the broker's log to the last of its members."""

ON_ITS_WAY = "rebalance on its way"
RETURN = "the leader returns"


@dataclass(frozen=True)
class Breach:
    """From `start` to `end` (Unix seconds) a promise was broken: what happened, in words. `cause`
    is the kind of thing that explains it, and empty if nothing does."""

    start: float
    end: float
    words: str
    cause: str = ""


def cause_of(history: History, worker: str, time: float) -> str:
    """The kind of fault behind what happened to a worker at a time; empty for none."""
    fault = near(history, worker, time, AFTER_S)
    return fault.what if fault else ""


def two_leaders(history: History) -> Iterator[Breach]:
    """Two lead at once. Explained by a fault of the older one (or of a broker) that was at work
    when the overlap began, or just before; or if both learned of one and the same generation, the
    old leader at most ON_ITS_WAY_S later than the new one."""
    for older, younger, (start, end) in overlaps(history.leaderships):
        words = f"{stretch(history, start, end)}: {older.worker} and {younger.worker} led"
        cause = cause_of(history, older.worker, start)
        if not cause and end - start <= ON_ITS_WAY_S and _learned(history, older, younger):
            cause = ON_ITS_WAY
        yield Breach(start, end, words, cause)


def _learned(history: History, older: Span, younger: Span) -> bool:
    """Whether what ended the older leadership was the generation that began the younger."""
    return history.generation_of(older.worker, older.end) == younger.generation


def views_differ(history: History) -> Iterator[Breach]:
    """A worker leads in its own eyes and not in the broker's, for more than SLACK_S. Explained by a
    fault of that worker, or of a broker."""
    for (start, end), worker in apart(history):
        if end - start > SLACK_S:
            words = f"{stretch(history, start, end)}: {worker} led in its own eyes alone"
            yield Breach(start, end, words, cause_of(history, worker, start))


def stale_publishes(history: History) -> Iterator[Breach]:
    """A worker publishes in a generation that the group has left behind. Explained by a fault of
    that worker or of a broker; or if the broker stored the new generation less than ON_ITS_WAY_S
    before."""
    for event, own, told, since in publishing.stale_publishes(history):
        cause = cause_of(history, event.worker, event.time)
        if not cause and event.time - since <= ON_ITS_WAY_S and told.number == own + 1:
            cause = ON_ITS_WAY
        words = f"{where(history, event)}: published in generation {own} of {told.number}"
        yield Breach(since, event.time, words, cause)


def stale_greetings(history: History) -> Iterator[Breach]:
    """A greeting in the topic comes from a worker that the broker had replaced. Explained as a
    stale publish is."""
    for greeting, publisher in publishing.stale_greetings(history):
        if not publisher.certain:
            continue
        worker, time = publisher.worker, greeting.time
        cause = cause_of(history, worker, time)
        told = history.group_generation(time)
        if not cause and told and time - told.start <= ON_ITS_WAY_S:
            cause = ON_ITS_WAY
        words = f"{where(history, publisher.published)}: published {greeting.greeting}"
        yield Breach(time, time, words, cause)


def no_leader(history: History) -> Iterator[Breach]:
    """Nobody leads for more than PATIENCE_S, while a worker lives. Explained by any fault at work
    meanwhile: whoever was to take over may have been broken as well."""
    for start, end in leaderless(history):
        if end - start > PATIENCE_S:
            faults = history.faults.touching(start - AFTER_S, end)
            cause = faults[-1].what if faults else ""
            yield Breach(start, end, f"{stretch(history, start, end)}: nobody led", cause)


def needless_moves(history: History) -> Iterator[Breach]:
    """Leadership goes to another worker. Explained by what `moves` gives as its reason: a fault of
    the former holder or of a broker, or the holder's end. Or by the return of a leader that had
    been cut off or frozen and led in its own eyes all the time: it brings along the assignment
    that it had, two claim the leader partition, and the order of their ids decides who keeps it
    (`_unassign_overassigned` in faust/assignor/copartitioned_assignor.py).
    """
    for move in moves(history):
        cause = move.fault.what if move.fault else "its end" if move.reason else ""
        if not cause and move.returned and cause_of(history, move.worker, move.time):
            cause = RETURN
        words = f"{history.at(move.time):.3f} s: from {move.former} to {move.worker}"
        yield Breach(move.time, move.time, words, cause)


def ended_by_itself(history: History) -> Iterator[Breach]:
    """A worker ends though nobody told it to. Explained by a fault of the worker in this life, or
    of a broker."""
    told = (ev.WorkerInterrupted, ev.WorkerKilled)
    for life in history.lives:
        if not life.end_is_known or life.end > history.over:
            continue
        if any(life.start <= act.time <= life.end for act in history.of(*told, worker=life.worker)):
            continue
        words = f"{history.at(life.end):.3f} s: {life.worker} ended by itself"
        fault = near(history, life.worker, life.end, AFTER_S)
        in_this_life = fault is not None and fault.end >= life.start
        yield Breach(life.end, life.end, words, fault.what if fault and in_this_life else "")
