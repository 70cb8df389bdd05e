"""Whether whoever leads does what a leader is to do once."""

from __future__ import annotations

from electionlab.checks.verdict import Evidence, Verdict, interval
from electionlab.history import events as ev
from electionlab.history.history import History

WORDS = "THE TASK OF THE LEADER!"
"""What examples/found/once_at_start.py prints in its task."""


def each_leader_runs_its_task(history: History, words: str = WORDS) -> Verdict:
    """Whether each worker that led, in its own eyes, ran the task of the leader while it did: its
    log has a record with these words.

    A leadership in which nothing was published does not count, for its worker may have had no time
    yet; nor does what came after we began to stop all workers. Unknown if none counts. Figures:
    `leaderships`, `without`: how many of them went by without the task.
    """
    claim = "Each leader runs the leader's task."
    evidence: list[Evidence] = []
    without = 0
    for span in history.leaderships:
        mine = history.of(ev.Published, ev.Logged, worker=span.worker)
        here = [event for event in mine if span.start <= event.time <= min(span.end, history.over)]
        if not any(isinstance(event, ev.Published) for event in here):
            continue
        ran = any(isinstance(event, ev.Logged) and words in event.text for event in here)
        without += not ran
        did = "ran it" if ran else "did not run it"
        when = interval(history, span.start, span.end)
        evidence.append(
            Evidence.at(
                history,
                span.start,
                f"{when}: {span.worker} led, and {did}",
                worker=span.worker,
            )
        )
    figures = {"leaderships": len(evidence), "without": without}
    if without:
        finding = f"{without} of {len(evidence)} did not."
        return Verdict(claim, "broken", finding, tuple(evidence), figures)
    if not evidence:
        return Verdict(claim, "unknown", "No leader published anything.")
    return Verdict(claim, "held", f"All {len(evidence)} did.", tuple(evidence), figures)
