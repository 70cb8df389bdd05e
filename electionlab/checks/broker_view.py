"""Who leads according to the broker's log of the group, and whether the workers see the same."""

from __future__ import annotations

from electionlab.checks.causes import fault_before
from electionlab.checks.verdict import Evidence, Verdict, interval
from electionlab.history import events as ev
from electionlab.history.history import History, Span, StoredGeneration
from electionlab.history.intervals import Interval, covered, subtract
from electionlab.history.leader_views import only_by_broker, only_by_log
from electionlab.history.readable import number_of

NOT_READ = "The broker's log of the group was not read."

READ_WITHIN_S = 5.0
"""How many seconds before the end of a history a generation may be known to its members and not
have been read from the broker's log yet."""

SLACK_S = 1.0  # seconds that a rebalance may take to reach all members


def unread(history: History) -> str:
    """Why the broker's log of the group was not read completely, in words; empty if it was. The
    broker stores a generation before it gives anybody partitions in it; so if a worker was given
    some in a later generation than the last one read, reading ended too early."""
    if not history.stored_generations:
        return NOT_READ
    newest: dict[int, int] = {}  # of each Kafka: all begin to count at 1
    for generation in history.stored_generations:
        kafka = history.kafka_at(generation.start)
        newest[kafka] = max(newest.get(kafka, 0), generation.number)
    for given in history.of(ev.PartitionsAssigned):
        joined = history.membership(given.worker, given.time)
        if joined is None or given.time >= history.end - READ_WITHIN_S:
            continue
        known = newest.get(history.kafka_at(joined.time), 0)
        if joined.generation > known:
            return (
                f"The broker's log of the group was read up to generation {known} only, and "
                f"{given.worker} was given partitions in generation {joined.generation}."
            )
    return ""


def overtaken_by(history: History, worker: str, time: float) -> StoredGeneration | None:
    """The generation that the group was at, if the broker had stored a later one than the worker
    had joined last; None if it had not, or if the worker's Kafka had been replaced
    (`kafka_gone_since`): then there is nothing to compare."""
    own, newest = history.generation_of(worker, time), history.group_generation(time)
    if own is None or newest is None or kafka_gone_since(history, worker, time) is not None:
        return None
    return newest if newest.number > own else None


def kafka_gone_since(history: History, worker: str, time: float) -> float | None:
    """When (Unix seconds) the Kafka whose group a worker had joined last went away, if it was gone
    by `time`; None if it was not."""
    joined = history.membership(worker, time)
    if joined is None:
        return None
    kafka = history.kafka_at(joined.time)
    return history.replacements[kafka] if kafka < history.kafka_at(time) else None


def broker_leader_at(history: History, time: float) -> str:
    """The broker's leader at a time, or `nobody`."""
    generation = history.group_generation(time)
    return generation.leader if generation and generation.leader else "nobody"


def one_leader_in_each_generation(history: History) -> Verdict:
    """Whether in each generation of the group at most one worker held Faust's leader topic.

    Judged by the assignments that workers logged and, if it was read, by the broker's log. Any
    partition of the leader topic counts: if it had two, two workers could hold one each. Figures:
    `generations`, `double`.
    """
    claim = "In each generation of the group one worker at most holds the leader topic."
    holders: dict[tuple[int, int], set[str]] = {}  # by Kafka and generation
    for event in history.of(ev.MemberJoined):
        holders.setdefault((history.kafka_at(event.time), event.generation), set())
    for given in history.of(ev.PartitionsAssigned):
        joined = history.membership(given.worker, given.time)
        if joined is not None and given.holds_leader_topic:
            holders[history.kafka_at(joined.time), joined.generation].add(given.worker)
    for generation in history.stored_generations:
        place = history.kafka_at(generation.start), generation.number
        holders.setdefault(place, set()).update(generation.holders)
    if not any(holders.values()):
        return Verdict(claim, "unknown", "Nobody was seen to hold it.")
    double = {place: sorted(held) for place, held in sorted(holders.items()) if len(held) > 1}
    figures = {"generations": len(holders), "double": len(double)}
    if double:
        evidence = tuple(
            f"generation {number}{_of_kafka(kafka)}: {' and '.join(held)}"
            for (kafka, number), held in double.items()
        )
        finding = f"{len(double)} of {len(holders)} generations had more."
        return Verdict(claim, "broken", finding, evidence, figures)
    evidence = tuple(
        f"generation {number}{_of_kafka(kafka)}: {next(iter(held), 'nobody')}"
        for (kafka, number), held in sorted(holders.items())
    )
    return Verdict(claim, "held", f"{number_of(len(holders), 'generation')}.", evidence, figures)


def _of_kafka(number: int) -> str:
    return f" of Kafka {number + 1}" if number else ""


def broker_knows_one_leader(history: History) -> Verdict:
    """Whether the broker never stored two holders of the leader topic at once.

    Unknown if the log was read only in part, and that part shows no two. Figures: `generations`;
    `double`; `without`, those that had members and no holder.
    """
    claim = "In the broker's log one member at most leads at any time."
    stored = history.stored_generations
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    double = [generation for generation in stored if len(generation.holders) > 1]
    without = [generation for generation in stored if generation.members and not generation.holders]
    figures = {"generations": len(stored), "double": len(double), "without": len(without)}
    if double:
        evidence = tuple(
            Evidence(
                f"{interval(history, generation.start, generation.end)}: "
                f"{' and '.join(generation.holders)} (generation {generation.number})",
                time=generation.start,
            )
            for generation in double
        )
        finding = f"{len(double)} of {len(stored)} generations had two."
        return Verdict(claim, "broken", finding, evidence, figures)
    if why := history.cached(unread):
        return Verdict(claim, "unknown", why, (), figures)
    evidence = tuple(
        Evidence(
            f"{interval(history, span.start, span.end)}: {span.worker}, from generation "
            f"{span.generation}",
            time=span.start,
            worker=span.worker,
        )
        for span in history.broker_leaderships
    )
    return Verdict(claim, "held", f"{number_of(len(stored), 'generation')}.", evidence, figures)


def group_leader_leads(history: History) -> Verdict:
    """Whether in each generation of the group the member that computed the assignment was also
    given the leader partition: whether the group leader is Faust's leader.

    Judged by the broker's log. A generation of one member, which is both, does not count. This is a
    belief that nobody promises, so it is not among `ALL`. Figures: `generations`, `differ`.
    """
    claim = "The group leader is Faust's leader."
    judged = [
        generation
        for generation in history.stored_generations
        if generation.group_leader and generation.leader and len(generation.members) > 1
    ]
    if not judged:
        why = (
            "No generation had two members and a leader."
            if history.stored_generations
            else NOT_READ
        )
        return Verdict(claim, "unknown", why)
    differ = [generation for generation in judged if generation.group_leader != generation.leader]
    figures = {"generations": len(judged), "differ": len(differ)}
    evidence = tuple(
        Evidence(
            f"generation {generation.number}, from {history.at(generation.start):.3f} s: "
            f"{generation.group_leader} computed the assignment, {generation.leader} was given the "
            "leader partition",
            time=generation.start,
            worker=generation.leader or "",
        )
        for generation in judged
    )
    finding = f"In {len(differ)} of {len(judged)} generations they were two workers."
    return Verdict(claim, "broken" if differ else "held", finding, evidence, figures)


def views_agree(history: History, slack_s: float = SLACK_S) -> Verdict:
    """Whether a worker that leads in its own eyes leads in the broker's as well.

    A disagreement of at most `slack_s` seconds is a rebalance that has not reached everyone yet.
    The reverse breaks nothing, for then nobody acts: the broker's leader has ended or said goodbye,
    and the others have not rejoined yet. The finding tells how long that lasted, too. What comes
    after we began to stop all workers does not count. Figures: `total_s` and `longest_s`, for which
    somebody led in its own eyes only; `acting_s`, the part of the total in which it ran (a frozen
    process notices nothing and does nothing); `stretches`, the number of disagreements longer than
    the slack; `gone_s` and `longest_gone_s`, for which somebody led in the broker's eyes only.
    """
    claim = "Whoever leads in its own eyes leads in the broker's."
    if not history.leaderships:
        return Verdict(claim, "unknown", "Nobody ever led.")
    if why := history.cached(unread):
        return Verdict(claim, "unknown", why)
    alone, gone = only_by_log(history, at_least_s=0.0), only_by_broker(history, at_least_s=0.0)
    total_s = covered((span.start, span.end) for span in alone)
    acting_s = covered(acting for span in alone for acting in _acting(history, span))
    longest_s = max((span.length_s for span in alone), default=0.0)
    long = [span for span in alone if span.length_s > slack_s]
    figures = {
        "total_s": total_s,
        "longest_s": longest_s,
        "acting_s": acting_s,
        "stretches": len(long),
        "gone_s": covered((span.start, span.end) for span in gone),
        "longest_gone_s": max((span.length_s for span in gone), default=0.0),
    }
    evidence = tuple(_disagreement(history, span) for span in long)
    finding = (
        f"In its own eyes alone somebody led for {total_s:.2f} s in all"
        f"{_frozen(total_s - acting_s)}, {longest_s:.2f} s at most at a time; in the broker's eyes "
        f"alone for {figures['gone_s']:.2f} s in all, {figures['longest_gone_s']:.2f} s at most at "
        "a time."
    )
    return Verdict(claim, "broken" if long else "held", finding, evidence, figures)


def _acting(history: History, alone: Span) -> list[Interval]:
    """The parts of a span in which its worker was not frozen."""
    freezes = history.freezes.of(alone.worker)
    return subtract([(alone.start, alone.end)], [(span.start, span.end) for span in freezes])


def _disagreement(history: History, alone: Span) -> Evidence:
    frozen_s = alone.length_s - covered(_acting(history, alone))
    return Evidence.at(
        history,
        alone.start,
        f"{interval(history, alone.start, alone.end)}: {alone.worker} in its own eyes"
        f"{_frozen(frozen_s)}, the broker's leader was {broker_leader_at(history, alone.start)}; "
        f"{fault_before(history, alone.start)}",
        worker=alone.worker,
    )


def _frozen(seconds: float) -> str:
    return f" ({seconds:.2f} s of it frozen)" if seconds >= 0.005 else ""
