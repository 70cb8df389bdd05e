"""Pages that were fetched twice, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from electionlab.checks.verdict import Evidence, Verdict, where
from electionlab.crawler.observed import Crawled
from electionlab.crawler.sites import Request
from electionlab.history import events as ev
from electionlab.history.readable import number_of

DONE_TO: dict[type[ev.Event], str] = {
    ev.WorkerKilled: "was killed",
    ev.WorkerFrozen: "was frozen",
    ev.WorkerCut: "was cut off",
}

ON_ITS_WAY_S = 0.5
"""For so long after its worker's death a request may be on its way to a busy site. A worker that is
started again takes longer to get ready."""
BROKEN_OFF = {
    "NOT ALL KEPT": "a worker's death or a rebalance delayed a visit's articles on their way to "
    "the table, or the word that they are in it",
    "NOT OURS": "the source moved to another worker in the midst of a visit",
}
"""How the crawler's lines begin that say why a visit was not recorded, and the reason in words."""


@dataclass(frozen=True)
class Repeat:
    """A page that was fetched again: both requests, and why; `why` is empty if nothing explains
    it. `logged` is the worker's line that says so, if one does."""

    first: Request
    again: Request
    why: str
    logged: ev.Logged | None = None


def repeats(crawled: Crawled) -> list[Repeat]:
    """The pages that were fetched again, in the order of time. One that was fetched three times is
    here twice."""
    last: dict[str, Request] = {}
    found = []
    for request in crawled.requests:
        if (first := last.get(request.url)) is not None:
            found.append(Repeat(first, request, *_why(crawled, first, request)))
        last[request.url] = request
    return found


def _why(crawled: Crawled, first: Request, again: Request) -> tuple[str, ev.Logged | None]:
    """What happened until the second fetch of a page that explains it, and the line that says so;
    empty if nothing did."""
    for visit in crawled.visits:
        if visit.problem and first.host in visit.source and first.time <= visit.time <= again.time:
            return "the source was tried again after a failure", None
    for event in crawled.history.of(ev.Logged, worker=first.worker):
        if first.time <= event.time <= again.time and first.host in event.text:
            for words, reason in BROKEN_OFF.items():
                if event.text.startswith(words):
                    return reason, event
    faults = [fault for fault in crawled.faults if fault.time <= again.time]
    for fault in faults:
        done = f"worker {fault.worker} {DONE_TO[type(fault)]}"
        if fault.worker == first.worker and fault.time >= first.time - ON_ITS_WAY_S:
            return done, None
        # Who stood still, or heard nothing, goes on until it hears that its sources have moved.
        if not isinstance(fault, ev.WorkerKilled) and fault.worker in (first.worker, again.worker):
            return f"{done}, and went on", None
    # The visit was broken off, or its record was not yet known to who took the source over.
    moved = [stored.time for stored in crawled.history.of(ev.GroupStored)]
    if first.worker != again.worker and any(first.time <= time <= again.time for time in moved):
        last = faults[-1] if faults else None
        after = f", after worker {last.worker} {DONE_TO[type(last)]}" if last else ""
        return f"the source moved to another worker{after}", None
    return "", None


def each_repeat_has_a_reason(crawled: Crawled) -> Verdict:
    """Whether each page that was fetched twice was so for a known reason. Figures: `pages` (all
    requests), `again` (for a page that was fetched before), `unexplained`."""
    claim = "A page is fetched again only where there is a reason."
    again = repeats(crawled)
    reasons: dict[str, list[Repeat]] = {}
    for repeat in again:
        reasons.setdefault(repeat.why, []).append(repeat)
    unexplained = [repeat for repeat in again if not repeat.why]
    figures = {
        "pages": len(crawled.requests),
        "again": len(again),
        "unexplained": len(unexplained),
    }
    if unexplained:
        evidence = tuple(
            Evidence(
                f"{repeat.again.url}: worker {repeat.first.worker}, and "
                f"{repeat.again.time - repeat.first.time:.2f} s later worker {repeat.again.worker}",
                time=repeat.again.time,
            )
            for repeat in unexplained
        )
        return Verdict(claim, "broken", f"{len(unexplained)} have none.", evidence, figures)
    evidence_of = tuple(_in_words(crawled, why, alike) for why, alike in reasons.items())
    finding = f"{len(again)} of {len(crawled.requests)} requests were for a page fetched before."
    return Verdict(claim, "held", finding, evidence_of, figures)


def _in_words(crawled: Crawled, why: str, alike: Sequence[Repeat]) -> Evidence:
    """How many requests were for a page again, for a reason, and the first line that says so."""
    words = f"{number_of(len(alike), 'request')}: {why}"
    logged = min((one.logged for one in alike if one.logged), key=attrgetter("time"), default=None)
    if logged is None:
        return Evidence(words)
    return Evidence.of(logged, f"{words}, first at {where(crawled.history, logged)}")
