"""What a storm is judged by: one declaration for each promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from electionlab import checks
from electionlab.checks import Verdict
from electionlab.checks.verdict import Evidence
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.readable import number_of
from electionlab.storm import breaches, delivery_breaches

Check = Callable[[History], Verdict]
Rule = Literal["must hold", "may break, with a cause", "is reported"]


def no_breaches(_: History) -> Iterable[Evidence]:
    """None: whatever the check finds, no fault explains it."""
    return ()


@dataclass(frozen=True)
class Promise:
    """A check, and how a storm is judged by it.

    An invariant must hold whatever we do, and be known, unless it `may_be_unknown`. Other promises
    may be broken by faults, and then each breach needs a cause: `breaches` finds them, and its
    docstring says what explains one. What is reported only is changed by faults, and nobody
    promises it.
    """

    check: Check
    rule: Rule = "must hold"
    breaches: Callable[[History], Iterable[Evidence]] = no_breaches
    may_be_unknown: bool = False

    @property
    def name(self) -> str:
        return self.check.__name__


def may_break(check: Check, breaches: Callable[[History], Iterable[Evidence]]) -> Promise:
    return Promise(check, "may break, with a cause", breaches)


def recovers_after_each_round(history: History) -> Verdict:
    """Whether the election recovered after each round: one leader that publishes, the leader in the
    broker's eyes too; all workers in the newest generation; and a greeting printed. Round 0 is the
    start, before anything is done.

    Figures: `rounds`, `never`.
    """
    claim = "The election recovers after each round."
    ends = history.of(ev.RoundEnded)
    if not ends:
        return Verdict(claim, "unknown", "No round has ended.")
    rounds = history.of(ev.RoundBegun)
    never = [event for event in ends if event.missing]
    figures = {"rounds": len(rounds), "never": len(never)}
    if never:
        evidence = tuple(
            Evidence.of(
                event, f"{history.at(event.time):.3f} s, round {event.number}: {event.missing}"
            )
            for event in never
        )
        return Verdict(claim, "broken", f"Not after {len(never)} of them.", evidence, figures)
    return Verdict(claim, "held", f"{number_of(len(rounds), 'round')}.", (), figures)


def nobody_ends_by_itself(history: History) -> Verdict:
    """Whether each worker ran until it was interrupted or killed. Figures: `ended`."""
    claim = "No worker ends by itself."
    ended = tuple(breaches.ended_by_itself(history))
    figures = {"ended": len(ended)}
    if ended:
        return Verdict(claim, "broken", f"{len(ended)} did.", ended, figures)
    return Verdict(claim, "held", f"Workers started: {len(history.lives)}.", (), figures)


PROMISES: tuple[Promise, ...] = (
    Promise(recovers_after_each_round),
    Promise(checks.only_the_leader_publishes),
    Promise(checks.one_leader_in_each_generation),
    Promise(checks.broker_knows_one_leader),
    Promise(checks.new_leader_after_each_loss, may_be_unknown=True),  # a storm may lose no leader
    may_break(checks.at_most_one_leader, breaches.two_leaders),
    may_break(checks.views_agree, breaches.views_differ),
    may_break(checks.always_a_leader, breaches.no_leader),
    may_break(checks.leader_moved_only_for_a_reason, breaches.needless_moves),
    may_break(checks.no_stale_publishes, breaches.stale_publishes),
    may_break(checks.one_effective_publisher, breaches.stale_greetings),
    may_break(checks.no_greeting_is_lost, delivery_breaches.never_printed),
    may_break(checks.each_greeting_printed_once, delivery_breaches.printed_twice),
    may_break(checks.printed_in_order, delivery_breaches.out_of_order),
    may_break(nobody_ends_by_itself, breaches.ended_by_itself),
    Promise(checks.publishes_at_interval, "is reported"),
    Promise(checks.greetings_spread, "is reported"),
    Promise(checks.each_worker_has_partitions, "is reported"),
)
"""All that a storm is judged by, in the order of its report."""
