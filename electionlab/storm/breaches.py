"""Every single breach of a promise, and what explains it.

The checks say whether a promise held in a history, and find where it did not. Here each such breach
is attributed to a cause by the rule stated beside it: a piece of evidence says when it began
(`time`) and what kind of thing explains it (`cause`). A breach without a cause is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from electionlab.checks import leader_moves, staleness
from electionlab.checks.broker_view import SLACK_S
from electionlab.checks.causes import near
from electionlab.checks.leaders import PATIENCE_S, leaderless, two_at_once
from electionlab.checks.verdict import Evidence, interval, where
from electionlab.history import events as ev
from electionlab.history.history import History, Span
from electionlab.history.leader_views import only_by_log

AFTER_S = 5.0
"""How many seconds after its end a fault still counts as a cause: a session of 3 s expires, the
worker sends its next heartbeat after 1 s, and the others join again before anyone hears of it."""

ON_ITS_WAY_S = 1.0
"""How many seconds a new generation may take from the broker's log to the last of its members."""

ON_ITS_WAY = "rebalance on its way"
RETURN = "the leader returns"


def cause_of(history: History, worker: str, time: float) -> str:
    """The kind of fault behind what happened to a worker at a time; empty for none."""
    fault = near(history, worker, time, AFTER_S)
    return fault.what if fault else ""


def two_leaders(history: History) -> Iterator[Evidence]:
    """Two workers lead at once. Explained by a fault of the older leader (or of a broker) that was
    at work when the overlap began, or just before; or if both learned of the same generation, the
    old leader at most ON_ITS_WAY_S later than the new one."""
    for older, younger, (start, end) in history.cached(two_at_once):
        words = f"{interval(history, start, end)}: {older.worker} and {younger.worker} led"
        cause = cause_of(history, older.worker, start)
        if not cause and end - start <= ON_ITS_WAY_S and _learned(history, older, younger):
            cause = ON_ITS_WAY
        yield Evidence(words, time=start, worker=older.worker, cause=cause)


def _learned(history: History, older: Span, younger: Span) -> bool:
    """Whether what ended the older leadership was the generation that began the younger."""
    return history.generation_of(older.worker, older.end) == younger.generation


def views_differ(history: History) -> Iterator[Evidence]:
    """A worker leads in its own eyes but not in the broker's for more than SLACK_S. Explained by a
    fault of that worker, or of a broker."""
    for span in only_by_log(history, at_least_s=0.0):
        if span.length_s > SLACK_S:
            whole = interval(history, span.start, span.end)
            words = f"{whole}: {span.worker} led in its own eyes alone"
            cause = cause_of(history, span.worker, span.start)
            yield Evidence(words, time=span.start, worker=span.worker, cause=cause)


def stale_publishes(history: History) -> Iterator[Evidence]:
    """A worker publishes in a generation that the group has left behind. Explained by a fault of
    that worker or of a broker; or if the broker stored the next generation at most ON_ITS_WAY_S
    before."""
    for event, own, group_at, since in history.cached(staleness.stale_publishes):
        cause = cause_of(history, event.worker, event.time)
        newest = group_at.number if group_at else 0
        if not cause and event.time - since <= ON_ITS_WAY_S and newest == own + 1:
            cause = ON_ITS_WAY
        words = f"{where(history, event)}: published in generation {own} of {newest}"
        yield Evidence(words, time=since, worker=event.worker, line=event.line, cause=cause)


def stale_greetings(history: History) -> Iterator[Evidence]:
    """A greeting in the topic comes from a worker that the broker had replaced. Explained like a
    stale publish."""
    for greeting, publisher in history.cached(staleness.stale_greetings):
        if not staleness.is_known(history, greeting, publisher):
            continue
        worker, time = publisher.worker, greeting.time
        cause = cause_of(history, worker, time)
        stored = history.group_generation(time)
        if not cause and stored and time - stored.start <= ON_ITS_WAY_S:
            cause = ON_ITS_WAY
        words = f"{where(history, publisher.published)}: published {greeting.greeting}"
        yield Evidence(words, time=time, worker=worker, cause=cause)


def no_leader(history: History) -> Iterator[Evidence]:
    """Nobody leads for more than PATIENCE_S while a worker lives. Explained by any fault at work
    then, or at most AFTER_S before: the worker that should take over may have been hit as well."""
    for start, end in history.cached(leaderless):
        if end - start > PATIENCE_S:
            faults = history.faults.touching(start - AFTER_S, end)
            cause = faults[-1].what if faults else ""
            yield Evidence(f"{interval(history, start, end)}: nobody led", time=start, cause=cause)


def needless_moves(history: History) -> Iterator[Evidence]:
    """Leadership goes to another worker. Explained by what `moves` gives as its reason: a fault of
    the former leader or of a broker, or the leader's end. Or by the return of a leader that had
    been cut off or frozen and led in its own eyes all along: it brings back the assignment that it
    had, two members claim the leader partition, and the order of their ids decides which keeps it
    (`_unassign_overassigned` in faust/assignor/copartitioned_assignor.py)."""
    for move in history.cached(leader_moves.moves):
        cause = move.fault.what if move.fault else "its end" if move.reason else ""
        if not cause and move.returned and cause_of(history, move.worker, move.time):
            cause = RETURN
        words = f"{history.at(move.time):.3f} s: from {move.former} to {move.worker}"
        yield Evidence(words, time=move.time, worker=move.worker, cause=cause)


def ended_by_itself(history: History) -> Iterator[Evidence]:
    """A worker ends though nobody interrupted or killed it. Explained by a fault of the worker in
    this life, or of a broker."""
    asked_to_end = (ev.WorkerInterrupted, ev.WorkerKilled)
    for life in history.lives:
        if not life.end_is_known or life.end > history.over:
            continue
        if any(
            life.start <= act.time <= life.end
            for act in history.of(*asked_to_end, worker=life.worker)
        ):
            continue
        words = f"{history.at(life.end):.3f} s: {life.worker} ended by itself"
        fault = near(history, life.worker, life.end, min(AFTER_S, life.length_s))
        cause = fault.what if fault else ""
        yield Evidence(words, time=life.end, worker=life.worker, cause=cause)
