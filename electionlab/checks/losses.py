"""What follows when a leader is lost."""

from __future__ import annotations

import statistics
from bisect import bisect_right

from electionlab.checks.causes import cause, in_words
from electionlab.checks.leaders import PATIENCE_S, leading
from electionlab.checks.verdict import Evidence, Verdict, seconds, where
from electionlab.history import events as ev
from electionlab.history.history import History, Span
from electionlab.history.intervals import Steps


def new_leader_after_each_loss(history: History, patience_s: float = PATIENCE_S) -> Verdict:
    """Whether another worker took over each time the leader was lost, and how long that took.

    The time counts from what we did to the leader (or from the loss, if we did nothing) to the
    first publish of its successor: a worker that was given leadership after the lost leadership had
    begun. A frozen or cut leader still leads in its own eyes while its successor is elected. The
    same name in a new life is another worker. A worker that was started more than `patience_s`
    seconds after the loss is a successor only if none that ran at the loss kept running undisturbed
    until it published.

    A loss does not count if no other worker was running, or if all others ended as well; nor does
    the end of the run, or a loss less than `patience_s` before it without a successor. Figures:
    `median_s`, `longest_s`, `losses`.
    """
    claim = "After each loss of the leader another worker takes over."
    took: list[float] = []
    evidence: list[Evidence] = []
    missing: list[Evidence] = []
    successors = _Successors(history)
    for loss in history.of(ev.LeadershipLost):
        if loss.time > history.over:
            continue
        lost = _leadership(history, loss)
        moved = _moved(history, lost)
        fault = cause(history, loss.worker, moved, since=lost.start)
        since = fault.start if fault else loss.time
        heirs = [
            life
            for life in history.lives.at(moved)
            if life.worker != loss.worker and life.start < moved < life.end
        ]
        publish = successors.first_publish(lost, since)
        outcome = evidence
        if not heirs:
            what = ", and no other worker was running"
        elif publish and _comes_too_late(history, publish, heirs, moved, patience_s):
            what = f", and only {publish.worker}, started later, published after it"
            outcome = missing
        elif publish is not None:
            took.append(publish.time - since)
            what = f"; {publish.worker} published {took[-1]:.2f} s "
            what += f"after {in_words(history, fault)}" if fault else "later"
        elif all(heir.end < history.over for heir in heirs):
            what = ", and all others ended as well"
        elif history.over - since < patience_s:
            what = f", and the run was over {history.over - since:.2f} s later"
        else:
            what = ", and nobody published after it"
            outcome = missing
        words = f"{where(history, loss)}: lost by {loss.by}{what}"
        outcome.append(Evidence.of(loss, words, fault.what if fault else ""))
    if missing:
        finding = f"Losses without a successor: {len(missing)} of {len(took) + len(missing)}."
        return Verdict(claim, "broken", finding, (*missing, *evidence))
    if not took:
        return Verdict(claim, "unknown", "No leader was lost while others ran.", tuple(evidence))
    figures = {"median_s": statistics.median(took), "longest_s": max(took), "losses": len(took)}
    finding = f"From the fault to the successor's first publish: {seconds(took)}."
    return Verdict(claim, "held", finding, tuple(evidence), figures)


def _leadership(history: History, loss: ev.LeadershipLost) -> Span:
    """The leadership that ended with a loss."""
    touched = history.leaderships.touching(loss.time, loss.time, loss.worker)
    return next(span for span in touched if span.end == loss.time)


def _moved(history: History, lost: Span) -> float:
    """When leadership went to another worker while the loser still believed it was leading; when it
    was lost, if it did not go before."""
    inside = history.leaderships.touching(lost.start, lost.end)
    later = [span for span in inside if span.worker != lost.worker and span.start > lost.start]
    return later[0].start if later else lost.end


def _comes_too_late(
    history: History, publish: ev.Published, heirs: list[Span], moved: float, patience_s: float
) -> bool:
    """Whether a publish is by a worker that was started only after the heirs should have taken
    over, and one of them could have: it ran, and nothing was done to it or to a broker."""
    lives = history.lives.touching(publish.time, publish.time, publish.worker)
    if not lives or lives[-1].start <= moved + patience_s:
        return False
    disturbed = {fault.worker for fault in history.faults.touching(moved, publish.time)}
    if any(outage.worker in disturbed for outage in history.broker_outages):
        return False
    return any(heir.end > publish.time and heir.worker not in disturbed for heir in heirs)


class _Successors:
    """Finds who published first after a leadership was lost."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.publishes = history.of(ev.Published)
        self.times = [event.time for event in self.publishes]
        self.assigned = {
            worker: Steps(
                (event.time, event.time)
                for event in history.of(ev.PartitionsAssigned, worker=worker)
            )
            for worker in history.workers
        }

    def first_publish(self, lost: Span, since: float) -> ev.Published | None:
        for number in range(bisect_right(self.times, since), len(self.times)):
            event = self.publishes[number]
            if self._took_over(event, lost):
                return event
        return None

    def _took_over(self, event: ev.Published, lost: Span) -> bool:
        led = leading(self.history, event.worker, event.time)
        if not led:
            return False
        if event.worker == lost.worker:
            lives = self.history.lives.touching(event.time, event.time, event.worker)
            return bool(lives) and lives[-1].start > lost.end
        if led[-1].start > lost.start:
            return True
        return (self.assigned[event.worker].at(event.time) or 0.0) > lost.start
