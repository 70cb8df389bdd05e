"""What follows when a leader is lost."""

from __future__ import annotations

import statistics
from bisect import bisect_right

from electionlab import events as ev
from electionlab.checks.causes import cause
from electionlab.checks.leaders import PATIENCE_S, leading
from electionlab.checks.verdict import Verdict, seconds, where
from electionlab.groups import Steps
from electionlab.history import History, Span


def new_leader_after_each_loss(history: History, patience_s: float = PATIENCE_S) -> Verdict:
    """Whether another worker took over each time the leader was lost, and how long that took.

    The time counts from what we did to the leader (or from the loss, if we did nothing) to the
    first publish of its successor: of a worker that was given leadership after the lost leadership
    had begun. A frozen or cut leader still leads in its own eyes while its successor is elected.
    The same name in a new life is another worker. A worker that was started more than `patience_s`
    after the loss is a successor only if none that ran at the loss ran on undisturbed until then.

    A loss after which no other worker was running is no test, and neither is the end of the run,
    nor one that came less than `patience_s` before it and found no successor any more. Figures:
    `median_s`, `longest_s`, `losses`.
    """
    claim = "After each loss of the leader another worker takes over."
    took, evidence, missing = [], [], []
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
        line = f"{where(history, loss)}: lost by {loss.by}"
        if not heirs:
            evidence.append(f"{line}, and no other worker was running")
        elif publish and _comes_too_late(history, publish, heirs, moved, patience_s):
            missing.append(f"{line}, and only {publish.worker}, started later, published after it")
        elif publish is not None:
            took.append(publish.time - since)
            evidence.append(f"{line}; {publish.worker} published {took[-1]:.2f} s later")
        elif all(heir.end < history.over for heir in heirs):
            evidence.append(f"{line}, and all others ended as well")
        elif history.over - since < patience_s:
            evidence.append(f"{line}, and the run was over {history.over - since:.2f} s later")
        else:
            missing.append(f"{line}, and nobody published after it")
    if missing:
        finding = f"{len(missing)} of {len(took) + len(missing)} losses had no successor."
        return Verdict(claim, "broken", finding, (*missing, *evidence))
    if not took:
        return Verdict(claim, "unknown", "No leader was lost while others ran.", tuple(evidence))
    figures = {"median_s": statistics.median(took), "longest_s": max(took), "losses": len(took)}
    finding = f"From the fault to the successor's first greeting: {seconds(took)}."
    return Verdict(claim, "held", finding, tuple(evidence), figures)


def _leadership(history: History, loss: ev.LeadershipLost) -> Span:
    """The leadership that ended with a loss."""
    touched = history.leaderships.touching(loss.time, loss.time, loss.worker)
    return next(span for span in touched if span.end == loss.time)


def _moved(history: History, lost: Span) -> float:
    """When leadership went to another worker while the loser still believed to lead; when it was
    lost, if none did before."""
    inside = history.leaderships.touching(lost.start, lost.end)
    later = [span for span in inside if span.worker != lost.worker and span.start > lost.start]
    return later[0].start if later else lost.end


def _comes_too_late(
    history: History, publish: ev.Published, heirs: list[Span], moved: float, patience_s: float
) -> bool:
    """Whether a publish is of a worker that was started when the heirs should have taken over, and
    one of them could have: it ran, and nothing was done to it or to a broker."""
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
