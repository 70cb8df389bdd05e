"""How leadership moves from one worker to another, how long that takes, and why it does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from electionlab.checks.causes import cause, in_words
from electionlab.checks.verdict import Evidence, Verdict
from electionlab.history import events as ev
from electionlab.history.history import Fault, History
from electionlab.history.leadership import LOGGED_LATE_S
from electionlab.history.readable import Readable, number_of


@dataclass(frozen=True, repr=False)
class Move(Readable):
    """Leadership was given to `worker` at `time` (Unix seconds), and had been `former`'s.

    `former_since` is when `former` was given it, `fault` what we had done to `former` or to a
    broker, and `reason` the same in words, or that `former` or its Kafka had ended; None if there
    was none. `returned` is whether `worker` had led in its own eyes all along. `published` is its
    first publish after the move.
    """

    time: float
    former: str
    former_since: float
    worker: str
    generation: int | None
    fault: Fault | None
    reason: str | None
    returned: bool
    published: ev.Published | None

    @property
    def took_s(self) -> float | None:
        """Seconds from the fault to the new leader's first publish; None if either is missing, or
        if the fault is older than the former leadership."""
        if self.fault is None or self.published is None or self.fault.start < self.former_since:
            return None
        return self.published.time - self.fault.start


def moves(history: History) -> list[Move]:
    """Each time leadership was given to a different worker than before, in order of time, up to the
    end of the run."""
    publishes = {worker: history.of(ev.Published, worker=worker) for worker in history.workers}
    times = {worker: [event.time for event in own] for worker, own in publishes.items()}
    moved = []
    for former, given in pairwise(_grants(history)):
        if given.worker == former.worker or given.time > history.over:
            continue
        fault, reason = _why(history, former, given.time)
        led = history.leaderships.touching(given.time, given.time, given.worker)
        first = bisect_right(times[given.worker], given.time - LOGGED_LATE_S)
        moved.append(
            Move(
                time=given.time,
                former=former.worker,
                former_since=former.time,
                worker=given.worker,
                generation=history.generation_of(given.worker, given.time),
                fault=fault,
                reason=reason,
                returned=led[-1].start < former.time,
                published=next(iter(publishes[given.worker][first : first + 1]), None),
            )
        )
    return moved


def _grants(history: History) -> Iterator[ev.PartitionsAssigned]:
    """Each time a worker was given leadership. An assignment of a generation that is over, logged
    late by a worker that was frozen, does not count, nor does what is read of a worker that had
    been killed."""
    newest = 0, 0
    for given in history.of(ev.PartitionsAssigned):
        joined = history.membership(given.worker, given.time)
        place = (history.kafka_at(joined.time), joined.generation) if joined else newest
        led = history.leaderships.touch(given.time, given.time, given.worker)
        if given.leads and led and place >= newest:
            newest = place
            yield given


def _why(
    history: History, former: ev.PartitionsAssigned, moved: float
) -> tuple[Fault | None, str | None]:
    """Why leadership left a worker that had been given it: the fault, and the reason in words."""
    led = history.leaderships.touching(former.time, former.time, former.worker)[-1]
    if fault := cause(history, former.worker, min(moved, led.end)):
        return fault, in_words(history, fault)
    lives = history.lives.touching(led.start, led.start, former.worker)
    if lives and lives[-1].end_is_known and lives[-1].end <= moved:
        return None, f"the end of {former.worker} at {history.at(lives[-1].end):.3f} s"
    if gone := history.orphaned.touching(moved, moved, former.worker):
        end = history.at(gone[-1].start)
        return None, f"the end of the Kafka that had made {former.worker} leader, at {end:.3f} s"
    return None, None


def leader_moved_only_for_a_reason(history: History) -> Verdict:
    """Whether leadership stayed with a worker as long as nothing was done to it.

    A move is an assignment that gives leadership to another worker than the one before, in the same
    generation or a later one; giving it back to a worker that was cut off is a move too, though in
    its own eyes that worker led all along. A move has a reason if the old leader or its Kafka had
    ended, or if a fault (Ctrl+C, kill, freeze, cut, slow network, blocked loop) of the old leader
    or of a broker was at work or had ended at most `causes.AFTERMATH_S` before. Other workers that
    come, go or break are no reason. Figures: `moves`; `needless`; `returned`, those of the needless
    that went back to a worker that had led in its own eyes all along.
    """
    claim = "Leadership moves only when something happens to the leader."
    moved = history.cached(moves)
    needless = [move for move in moved if move.reason is None]
    returned = sum(move.returned for move in needless)
    figures = {"moves": len(moved), "needless": len(needless), "returned": returned}
    if needless:
        evidence = tuple(
            _evidence(
                history,
                move,
                f", generation {move.generation}, though nothing had been done to {move.former}, "
                f"which had been given it at {history.at(move.former_since):.3f} s"
                + (
                    f"; {move.worker} had led in its own eyes all the time" if move.returned else ""
                ),
            )
            for move in needless
        )
        finding = f"{len(needless)} of {len(moved)} moves without a reason"
        finding += f", {returned} of them back to who had not noticed." if returned else "."
        return Verdict(claim, "broken", finding, evidence, figures)
    if not moved:
        return Verdict(claim, "unknown", "Leadership never moved.", (), figures)
    evidence = tuple(_evidence(history, move, f", after {move.reason}") for move in moved)
    finding = f"{number_of(len(moved), 'move')}, each for a reason."
    return Verdict(claim, "held", finding, evidence, figures)


def _evidence(history: History, move: Move, why: str) -> Evidence:
    words = f"{history.at(move.time):.3f} s: from {move.former} to {move.worker}{why}"
    cause = move.fault.what if move.fault else ""
    return Evidence.at(history, move.time, words, worker=move.worker, cause=cause)
