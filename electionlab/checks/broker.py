"""Who leads according to the broker's log of the group, and whether the workers see the same."""

from __future__ import annotations

from electionlab import events as ev
from electionlab.checks.causes import fault_before
from electionlab.checks.verdict import Verdict, stretch
from electionlab.history import History, StoredGeneration
from electionlab.spans import Stretch, covered, subtract

NOT_READ = "The broker's log of the group was not read."

READ_WITHIN_S = 5.0
"""So long before a history ends, in seconds, a generation may be known to its members and not have
been read from the broker's log yet."""

SLACK_S = 1.0  # so long, in seconds, a rebalance may be on its way to all


def unread(history: History) -> str:
    """Why the broker's log of the group, as it was read, does not tell all, in words; empty if it
    does. The broker stores a generation before it gives anybody partitions in it; so if a worker
    was given some in a later one than the last that was read, reading ended too early."""
    if not history.stored_generations:
        return NOT_READ
    newest = max(told.number for told in history.stored_generations)
    for given in history.of(ev.PartitionsAssigned):
        own = history.generation_of(given.worker, given.time)
        if own is not None and own > newest and given.time < history.end - READ_WITHIN_S:
            return (
                f"The broker's log of the group was read up to generation {newest} only, and "
                f"{given.worker} was given partitions in generation {own}."
            )
    return ""


def behind(history: History, worker: str, time: float) -> StoredGeneration | None:
    """The generation that the group was at, where the broker had stored a later one than the worker
    had joined last; None where it had not."""
    own, told = history.generation_of(worker, time), history.group_generation(time)
    return told if own is not None and told is not None and told.number > own else None


def leader_then(history: History, time: float) -> str:
    """The broker's leader at a time, or `nobody`."""
    told = history.group_generation(time)
    return told.leader if told and told.leader else "nobody"


def apart(history: History) -> list[tuple[Stretch, str]]:
    """When a worker led in its own eyes and not in the broker's: each stretch with the worker."""
    return sorted(
        (alone, worker)
        for worker in history.workers
        for alone in subtract(
            [(span.start, span.end) for span in history.leaderships.of(worker)],
            [(span.start, span.end) for span in history.broker_leaderships.of(worker)],
        )
    )


def one_leader_in_each_generation(history: History) -> Verdict:
    """Whether in each generation of the group one worker at most held Faust's leader topic.

    Judged by the assignments that workers logged and, where it was read, by the broker's log. Any
    partition of the leader topic counts: with two of them two workers could hold one each. Figures:
    `generations`, `double`.
    """
    claim = "In each generation of the group one worker at most holds the leader topic."
    holders: dict[int, set[str]] = {}
    for event in history.of(ev.MemberJoined):
        holders.setdefault(event.generation, set())
    for given in history.of(ev.PartitionsAssigned):
        generation = history.generation_of(given.worker, given.time)
        if generation is not None and given.holds_leader_topic:
            holders.setdefault(generation, set()).add(given.worker)
    for told in history.stored_generations:
        holders.setdefault(told.number, set()).update(told.holders)
    if not any(holders.values()):
        return Verdict(claim, "unknown", "Nobody was seen to hold it.")
    double = {number: sorted(held) for number, held in sorted(holders.items()) if len(held) > 1}
    figures = {"generations": len(holders), "double": len(double)}
    if double:
        evidence = tuple(f"generation {n}: {' and '.join(held)}" for n, held in double.items())
        finding = f"{len(double)} of {len(holders)} generations had more."
        return Verdict(claim, "broken", finding, evidence, figures)
    evidence = tuple(
        f"generation {number}: {next(iter(held), 'nobody')}"
        for number, held in sorted(holders.items())
    )
    return Verdict(claim, "held", f"{len(holders)} generations.", evidence, figures)


def broker_knows_one_leader(history: History) -> Verdict:
    """Whether the broker never stored two holders of the leader topic at once.

    Unknown where the log was read only in part, and that part has no two. Figures: `generations`,
    `double`; `without`, those that had members and no holder.
    """
    claim = "In the broker's log one member at most leads at any time."
    stored = history.stored_generations
    if not stored:
        return Verdict(claim, "unknown", NOT_READ)
    double = [told for told in stored if len(told.holders) > 1]
    without = [told for told in stored if told.members and not told.holders]
    figures = {"generations": len(stored), "double": len(double), "without": len(without)}
    if double:
        evidence = tuple(
            f"{stretch(history, told.start, told.end)}: {' and '.join(told.holders)} "
            f"(generation {told.number})"
            for told in double
        )
        finding = f"{len(double)} of {len(stored)} generations had two."
        return Verdict(claim, "broken", finding, evidence, figures)
    if why := unread(history):
        return Verdict(claim, "unknown", why, (), figures)
    evidence = tuple(
        f"{stretch(history, span.start, span.end)}: {span.worker}, from generation "
        f"{span.generation}"
        for span in history.broker_leaderships
    )
    return Verdict(claim, "held", f"{len(stored)} generations.", evidence, figures)


def group_leader_leads(history: History) -> Verdict:
    """Whether in each generation of the group the member that computed the assignment was also
    given the leader partition: whether the group leader is Faust's leader.

    Judged by the broker's log. A generation of one member, which is both, does not count. This is
    a belief, no promise of anybody, so it is not among `ALL`. Figures: `generations`, `differ`.
    """
    claim = "The group leader is Faust's leader."
    told = [t for t in history.stored_generations if t.group_leader and t.leader]
    judged = [t for t in told if len(t.members) > 1]
    if not judged:
        why = (
            "No generation had two members and a leader."
            if history.stored_generations
            else NOT_READ
        )
        return Verdict(claim, "unknown", why)
    differ = [t for t in judged if t.group_leader != t.leader]
    figures = {"generations": len(judged), "differ": len(differ)}
    evidence = tuple(
        f"generation {t.number}, from {history.at(t.start):.3f} s: {t.group_leader} computed the "
        f"assignment, {t.leader} was given the leader partition"
        for t in judged
    )
    finding = f"In {len(differ)} of {len(judged)} generations they were two workers."
    return Verdict(claim, "broken" if differ else "held", finding, evidence, figures)


def views_agree(history: History, slack_s: float = SLACK_S) -> Verdict:
    """Whether who leads in its own eyes leads in the broker's as well.

    A disagreement of at most `slack_s` seconds is a rebalance on its way to all. The other way
    round is no disagreement: the broker's leader may just have ended. Figures: `total_s` and
    `longest_s` in which somebody led in its own eyes only; `acting_s`, the part of the total in
    which it ran (a frozen process notices nothing and does nothing); `stretches` longer than the
    slack.
    """
    claim = "Whoever leads in its own eyes leads in the broker's."
    if not history.leaderships:
        return Verdict(claim, "unknown", "Nobody ever led.")
    if why := unread(history):
        return Verdict(claim, "unknown", why)
    found = apart(history)
    total_s = covered(alone for alone, _ in found)
    acting_s = covered(acting for told in found for acting in _acting(history, *told))
    longest_s = max((end - start for (start, end), _ in found), default=0.0)
    long = [told for told in found if told[0][1] - told[0][0] > slack_s]
    figures = {
        "total_s": total_s,
        "longest_s": longest_s,
        "acting_s": acting_s,
        "stretches": len(long),
    }
    finding = f"They differed for {total_s:.2f} s in all{_frozen(total_s - acting_s)}, "
    if long:
        evidence = tuple(_told_apart(history, alone, worker) for alone, worker in long)
        finding += f"for {longest_s:.2f} s at a time."
        return Verdict(claim, "broken", finding, evidence, figures)
    return Verdict(claim, "held", f"{finding}never for more than {longest_s:.2f} s.", (), figures)


def _acting(history: History, alone: Stretch, worker: str) -> list[Stretch]:
    """The parts of a stretch in which the worker was not frozen."""
    return subtract([alone], [(span.start, span.end) for span in history.freezes.of(worker)])


def _told_apart(history: History, alone: Stretch, worker: str) -> str:
    start, end = alone
    frozen_s = end - start - covered(_acting(history, alone, worker))
    return (
        f"{stretch(history, start, end)}: {worker} in its own eyes{_frozen(frozen_s)}, the "
        f"broker's leader was {leader_then(history, start)}; {fault_before(history, start)}"
    )


def _frozen(seconds: float) -> str:
    return f" ({seconds:.2f} s of it frozen)" if seconds >= 0.005 else ""
