"""How leadership moves from one worker to another, how long that takes, and why it does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from electionlab import events as ev
from electionlab.checks.causes import cause, told
from electionlab.checks.verdict import Verdict
from electionlab.history import Fault, History
from electionlab.leading import LOGGED_LATE_S


@dataclass(frozen=True)
class Move:
    """Leadership was given to `worker` at `time` (Unix seconds), and was the worker `former`'s.

    `former_since` is when that one was given it, `fault` what we had done to it or to a broker, and
    `reason` the same in words, or that it had ended; None for neither. `returned` is whether
    `worker` had led in its own eyes all the time. `published` is its first publish after the move.
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
        """Seconds from the fault to the new leader's first publish; None without either, or where
        the fault is older than the former's leadership."""
        if self.fault is None or self.published is None or self.fault.start < self.former_since:
            return None
        return self.published.time - self.fault.start


def moves(history: History) -> list[Move]:
    """Each time leadership was given to another worker than before, in order of time, up to the end
    of the run."""
    publishes = {worker: history.of(ev.Published, worker=worker) for worker in history.workers}
    times = {worker: [event.time for event in own] for worker, own in publishes.items()}
    found = []
    for former, given in pairwise(_grants(history)):
        if given.worker == former.worker or given.time > history.over:
            continue
        fault, reason = _why(history, former, given.time)
        led = history.leaderships.touching(given.time, given.time, given.worker)
        first = bisect_right(times[given.worker], given.time - LOGGED_LATE_S)
        found.append(
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
    return found


def _grants(history: History) -> Iterator[ev.PartitionsAssigned]:
    """Each time a worker was given leadership. An assignment of a generation that is over, told
    late by a worker that stood still, is none."""
    newest = 0
    for given in history.of(ev.PartitionsAssigned):
        generation = history.generation_of(given.worker, given.time) or newest
        if given.leads and generation >= newest:
            newest = generation
            yield given


def _why(
    history: History, former: ev.PartitionsAssigned, moved: float
) -> tuple[Fault | None, str | None]:
    """Why leadership left a worker that had been given it: the fault, and the reason in words."""
    led = history.leaderships.touching(former.time, former.time, former.worker)[-1]
    if fault := cause(history, former.worker, min(moved, led.end)):
        return fault, told(history, fault)
    lives = history.lives.touching(led.start, led.start, former.worker)
    if lives and lives[-1].end_is_known and lives[-1].end <= moved:
        return None, f"the end of {former.worker} at {history.at(lives[-1].end):.3f} s"
    return None, None


def leader_moved_only_for_a_reason(history: History) -> Verdict:
    """Whether leadership stayed with a worker as long as nothing was done to it.

    A move is an assignment that gives leadership to another worker than the one before, in a later
    generation; a worker that was cut off and gets it back is one too, though in its own eyes it led
    all the time. It has a reason where the old leader had ended, or where a fault (Ctrl+C, kill,
    freeze, cut, slow network, blocked loop) on it or on a broker was at work or had ended at most
    `causes.AFTERMATH_S` before. Other workers that come, go or break are no reason. Figures:
    `moves`, `needless`; `returned`, those of the needless that went back to a worker which had led
    in its own eyes all the time.
    """
    claim = "Leadership moves only when something happens to the leader."
    found = moves(history)
    needless = [move for move in found if move.reason is None]
    returned = sum(move.returned for move in needless)
    figures = {"moves": len(found), "needless": len(needless), "returned": returned}
    if needless:
        evidence = tuple(
            f"{_line(history, move)}, generation {move.generation}, though nothing had been done "
            f"to {move.former}, which had been given it at {history.at(move.former_since):.3f} s"
            + (f"; {move.worker} had led in its own eyes all the time" if move.returned else "")
            for move in needless
        )
        finding = f"{len(needless)} of {len(found)} moves without a reason"
        finding += f", {returned} of them back to who had not noticed." if returned else "."
        return Verdict(claim, "broken", finding, evidence, figures)
    if not found:
        return Verdict(claim, "unknown", "Leadership never moved.", (), figures)
    evidence = tuple(f"{_line(history, move)}, after {move.reason}" for move in found)
    return Verdict(claim, "held", f"{len(found)} moves, each for a reason.", evidence, figures)


def _line(history: History, move: Move) -> str:
    return f"{history.at(move.time):.3f} s: from {move.former} to {move.worker}"
