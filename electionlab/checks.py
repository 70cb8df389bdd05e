"""What the playbook claims, judged by what happened: each check takes a history, returns a verdict.

A verdict is `held`, `broken` or `unknown` (the history does not tell), with its evidence: times,
workers and log lines. A page shows it, a test asserts it.
"""

from __future__ import annotations

import html
import itertools
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from electionlab import events as ev
from electionlab.events import Event
from electionlab.history import History, Span

Outcome = Literal["held", "broken", "unknown"]
SIGNS = {"held": "✓", "broken": "✗", "unknown": "?"}

TIMER_INTERVAL_S = 2.0  # @app.timer(2.0, …) in leader.py


@dataclass(frozen=True)
class Verdict:
    """What a check found: the claim in words, the outcome, the figure in words, the evidence.

    `figures` has the numbers behind it by name; a name ends in its unit (`longest_s`).
    """

    claim: str
    outcome: Outcome
    finding: str
    evidence: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    def expect(self, *outcomes: Outcome) -> Verdict:
        """Return the verdict if its outcome is among `outcomes`; raise AssertionError otherwise.

        This is what makes a page red when Faust, Kafka or the page itself stops being true.
        """
        if self.outcome not in outcomes:
            raise AssertionError(
                f"Expected {' or '.join(outcomes)}, and it is {self.outcome}: {self.claim}\n"
                f"{self.finding}\n" + "\n".join(self.evidence)
            )
        return self

    def __str__(self) -> str:
        head = f"{SIGNS[self.outcome]} {self.outcome}: {self.claim} {self.finding}"
        return "\n".join([head, *(f"    {line}" for line in self.evidence)])

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self.evidence)
        proof = f"<details><summary>Evidence</summary><ul>{lines}</ul></details>" if lines else ""
        return (
            f'<div class="verdict verdict-{self.outcome}" role="note">'
            f"<p><strong>{SIGNS[self.outcome]} {self.outcome}</strong> · "
            f"{html.escape(self.claim)} {html.escape(self.finding)}</p>{proof}</div>"
        )


def _where(history: History, event: Event) -> str:
    line = f", line {event.line} of its log" if event.line else ""
    return f"{history.at(event.time):.3f} s, worker {event.worker}{line}"


def _seconds(values: Sequence[float]) -> str:
    """`median 2.0 s (1.9 to 2.1 s, 14 times)`; `2.0 s` for one value alone."""
    if len(values) == 1:
        return f"{values[0]:.2f} s"
    spread = f"{min(values):.2f} to {max(values):.2f} s, {len(values)} times"
    return f"median {statistics.median(values):.2f} s ({spread})"


def at_most_one_leader(history: History) -> Verdict:
    """Whether no two workers led at the same time, each in its own eyes.

    Figures: `overlap_s`, the total time with two leaders or more, and `acting_s`, the part of it
    in which no leader of the two stood frozen.
    """
    claim = "At most one worker leads at any time."
    spans = history.leaderships
    if not spans:
        return Verdict(claim, "unknown", "Nobody ever led.")
    overlaps = [
        (first, second, shared)
        for first, second in itertools.combinations(spans, 2)
        if first.worker != second.worker and (shared := first.overlap(second))
    ]
    overlap_s = _covered([shared for _, _, shared in overlaps])
    acting_s = overlap_s - _covered(
        [
            both
            for first, second, shared in overlaps
            for freeze in history.freezes
            if freeze.worker in (first.worker, second.worker)
            and (both := freeze.overlap(Span("", *shared)))
        ]
    )
    figures = {"overlap_s": overlap_s, "acting_s": acting_s, "leaderships": len(spans)}
    if not overlaps:
        finding = f"{len(spans)} leaderships, one after the other."
        return Verdict(claim, "held", finding, _leaderships(history), figures)
    evidence = tuple(
        f"{history.at(start):.3f} to {history.at(end):.3f} s: {first.worker} (generation "
        f"{first.generation}) and {second.worker} (generation {second.generation})"
        for first, second, (start, end) in overlaps
    )
    finding = (
        f"Two led at once for {overlap_s:.2f} s, {acting_s:.2f} s of it with both of them running."
    )
    return Verdict(claim, "broken", finding, evidence, figures)


def _covered(stretches: Sequence[tuple[float, float]]) -> float:
    """The length in seconds of the union of stretches of time."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(stretches):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _leaderships(history: History) -> tuple[str, ...]:
    return tuple(
        f"{span.worker}: {history.at(span.start):.3f} to {history.at(span.end):.3f} s"
        f"{'' if span.end_is_known else ' and on'}, generation {span.generation}"
        for span in history.leaderships
    )


def new_leader_after_each_loss(history: History) -> Verdict:
    """Whether another worker took over each time the leader was lost, and how long that took.

    The time counts from what we did to the leader (or from the loss, if we did nothing) to the
    first publish of its successor. A loss after which no other worker was running is no test, and
    neither is the end of the run.
    Figures: `median_s`, `longest_s`.
    """
    claim = "After each loss of the leader another worker takes over."
    took, evidence, missing = [], [], []
    over = min((event.time for event in history.of(ev.RunEnding)), default=history.end)
    for loss in history.of(ev.LeadershipLost):
        if loss.time > over:
            continue
        cause = _cause(history, loss)
        heirs = [
            life.worker
            for life in history.lives
            if life.worker != loss.worker and life.start < loss.time < life.end
        ]
        next_publish = next(
            (
                event
                for event in history.of(ev.Published)
                if event.time > cause
                and event.worker != loss.worker
                and _by_its_leader(history, event)
            ),
            None,
        )
        told = f"{_where(history, loss)}: lost by {loss.by}"
        if not heirs:
            evidence.append(f"{told}, and no other worker was running")
        elif next_publish is None:
            missing.append(f"{told}, and nobody published after it")
        else:
            seconds = next_publish.time - cause
            took.append(seconds)
            evidence.append(f"{told}; {next_publish.worker} published {seconds:.2f} s later")
    evidence += missing
    if missing:
        finding = f"{len(missing)} of {len(took) + len(missing)} losses had no successor."
        return Verdict(claim, "broken", finding, tuple(evidence))
    if not took:
        return Verdict(claim, "unknown", "No leader was lost while others ran.", tuple(evidence))
    figures = {"median_s": statistics.median(took), "longest_s": max(took), "losses": len(took)}
    finding = f"From the fault to the successor's first greeting: {_seconds(took)}."
    return Verdict(claim, "held", finding, tuple(evidence), figures)


def _cause(history: History, loss: ev.LeadershipLost) -> float:
    """When the fault behind a loss was done; the loss itself where there was none."""
    ours = history.of(ev.WorkerInterrupted, ev.WorkerKilled, ev.WorkerFrozen, worker=loss.worker)
    since = max(
        span.start
        for span in history.leaderships
        if span.worker == loss.worker and span.start <= loss.time
    )
    return next((act.time for act in reversed(ours) if since <= act.time <= loss.time), loss.time)


def _by_its_leader(history: History, event: Event) -> bool:
    """Whether the event's worker led, in its own eyes, when it happened."""
    return event.worker in history.leaders(event.time)


def only_the_leader_publishes(history: History) -> Verdict:
    """Whether each publish was made by a worker that led at that time, in its own eyes."""
    claim = "Only the leader publishes."
    publishes = history.of(ev.Published)
    if not publishes:
        return Verdict(claim, "unknown", "Nothing was published.")
    strangers = [event for event in publishes if not _by_its_leader(history, event)]
    figures = {"publishes": len(publishes), "by_others": len(strangers)}
    counts = Counter(event.worker for event in publishes)
    evidence = tuple(f"worker {worker}: {counts[worker]}" for worker in history.workers)
    if strangers:
        finding = f"{len(strangers)} of {len(publishes)} came from a worker that did not lead."
        return Verdict(
            claim, "broken", finding, tuple(_where(history, event) for event in strangers), figures
        )
    finding = f"All {len(publishes)} came from the worker that led at that time."
    return Verdict(claim, "held", finding, evidence, figures)


def publishes_at_interval(
    history: History, interval_s: float = TIMER_INTERVAL_S, tolerance: float = 0.1
) -> Verdict:
    """Whether each leader published about every `interval_s` seconds.

    Held where the median gap within a leadership differs by less than the share `tolerance`; single
    gaps vary more (a busy machine, a rebalance) and are shown. Figures: `median_s`, `longest_s`.
    """
    claim = f"The leader publishes about every {interval_s:g} s."
    gaps = [
        later.time - earlier.time
        for span in history.leaderships
        for earlier, later in itertools.pairwise(
            event for event in history.of(ev.Published, worker=span.worker) if event.time in span
        )
        if not any(
            freeze.worker == span.worker and earlier.time <= freeze.start <= later.time
            for freeze in history.freezes
        )
    ]
    if len(gaps) < 3:
        return Verdict(claim, "unknown", f"Only {len(gaps)} gaps between greetings were seen.")
    median = statistics.median(gaps)
    figures = {"median_s": median, "longest_s": max(gaps), "shortest_s": min(gaps)}
    held = abs(median - interval_s) < tolerance * interval_s
    return Verdict(claim, "held" if held else "broken", f"{_seconds(gaps)}.", (), figures)


def no_greeting_is_lost(history: History) -> Verdict:
    """Whether each greeting in the topic was printed at least once.

    Needs what the broker stored (`Workers.read_topic`); without it the verdict is unknown. Figures:
    `stored`, `lost`.
    """
    claim = "Each greeting is printed at least once."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", "What the broker stored was not read.")
    printed = {event.greeting for event in history.of(ev.GreetingPrinted)}
    lost = [event for event in stored if event.greeting not in printed]
    figures = {"stored": len(stored), "lost": len(lost)}
    if lost:
        evidence = tuple(
            f"{event.greeting} (partition {event.partition}): not printed" for event in lost
        )
        return Verdict(claim, "broken", f"{len(lost)} of {len(stored)} never.", evidence, figures)
    return Verdict(claim, "held", f"None of {len(stored)} was lost.", (), figures)


def each_greeting_printed_once(history: History) -> Verdict:
    """Whether each greeting in the topic was printed exactly once, and by whom.

    Needs what the broker stored (`Workers.read_topic`); without it the verdict is unknown. Figures:
    `stored`, `printed`, `lost`, `twice`.
    """
    claim = "Each greeting is printed exactly once."
    stored = history.of(ev.GreetingStored)
    if not stored:
        return Verdict(claim, "unknown", "What the broker stored was not read.")
    printers: dict[str, list[ev.GreetingPrinted]] = {}
    for event in history.of(ev.GreetingPrinted):
        printers.setdefault(event.greeting, []).append(event)
    lost = [event for event in stored if event.greeting not in printers]
    twice = [event for event in stored if len(printers.get(event.greeting, ())) > 1]
    figures = {
        "stored": len(stored),
        "printed": sum(len(printers.get(event.greeting, ())) for event in stored),
        "lost": len(lost),
        "twice": len(twice),
    }
    evidence = [f"{event.greeting} (partition {event.partition}): not printed" for event in lost]
    evidence += [
        f"{event.greeting} (partition {event.partition}): printed by "
        + " and ".join(_where(history, printed) for printed in printers[event.greeting])
        for event in twice
    ]
    if evidence:
        finding = f"Of {len(stored)} in the topic {len(lost)} not at all, {len(twice)} repeatedly."
        return Verdict(claim, "broken", finding, tuple(evidence), figures)
    counts = Counter(printers[event.greeting][0].worker for event in stored)
    evidence = [f"worker {worker}: {counts[worker]}" for worker in history.workers]
    finding = f"All {len(stored)} in the topic, each by one worker."
    return Verdict(claim, "held", finding, tuple(evidence), figures)


def greetings_spread(history: History) -> Verdict:
    """Whether greetings were printed by more than one worker, and by how many each.

    Figures: `greetings`, `workers`, and `share_largest` (0 to 1).
    """
    claim = "Any running worker may print a greeting."
    printed = history.of(ev.GreetingPrinted)
    if len(history.workers) < 2 or len(printed) < 5:
        finding = f"{len(printed)} greetings and {len(history.workers)} workers are too few."
        return Verdict(claim, "unknown", finding)
    counts = Counter(event.worker for event in printed)
    share = max(counts.values()) / len(printed)
    figures = {"greetings": len(printed), "workers": len(counts), "share_largest": share}
    evidence = tuple(f"worker {worker}: {counts[worker]}" for worker in history.workers)
    by = ", ".join(f"{worker} printed {counts[worker]}" for worker in history.workers)
    outcome: Outcome = "held" if len(counts) > 1 else "broken"
    return Verdict(claim, outcome, f"Of {len(printed)}: {by}.", evidence, figures)


ALL = (
    only_the_leader_publishes,
    publishes_at_interval,
    at_most_one_leader,
    new_leader_after_each_loss,
    no_greeting_is_lost,
    each_greeting_printed_once,
    greetings_spread,
)
"""The checks of the playbook's claims, in the playbook's order."""
