"""Which workers print (each that has partitions of the greetings), and which have none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from electionlab.checks.verdict import Evidence, Outcome, Verdict, interval, seconds
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.intervals import Interval, Steps
from electionlab.history.readable import number_of

BY_CHANCE = 0.0001
"""A worker that printed none was left out if the probability of that by chance is below this: with
2 of 8 partitions that takes 33 greetings. A limit of one in a hundred would be wrong once in a
hundred runs."""

ENOUGH = 5  # greetings needed for a judgement

Held = frozenset[int]  # partitions of the greetings


@dataclass(frozen=True)
class Share:
    """What a worker printed and could have printed: the greetings `printed` by it; those that
    anybody printed while it had partitions of the greetings (`could`), or while it had been given
    none of them (`barred`). `chance` is the probability that it printed none, `partitions` are
    those that it had at those times. What was printed while a fault of the worker was at work
    counts in `printed` alone."""

    printed: int
    could: int
    barred: int
    chance: float
    partitions: frozenset[int]

    @property
    def left_out(self) -> bool:
        """It printed none, and chance hardly explains that."""
        return not self.printed and self.chance < BY_CHANCE

    @property
    def shut_out(self) -> bool:
        """It was given no partition of the greetings the whole time, while ENOUGH were printed."""
        return not self.printed and not self.could and self.barred >= ENOUGH

    @property
    def may_be_chance(self) -> bool:
        """It could have printed some; that it printed none may be chance."""
        return not self.printed and self.could > 0 and not self.left_out


def greetings_spread(history: History) -> Verdict:
    """Whether more than one worker printed greetings, and how many of those that could did.

    Broken if one worker printed all, or if one was left out: it had partitions of the greetings and
    printed none of so many that chance, which gives each greeting to any partition, hardly explains
    it (BY_CHANCE); or it was given none at all. Unknown if one that could have printed some printed
    none, and that may be chance. Figures: `greetings`; `workers`, how many printed; `able`, how
    many printed or had partitions meanwhile; `share_largest` (0 to 1); `left_out`.
    """
    claim = "Any running worker may print a greeting."
    printed = history.of(ev.GreetingPrinted)
    if len(history.workers) < 2 or len(printed) < ENOUGH:
        workers = number_of(len(history.workers), "worker")
        finding = f"{number_of(len(printed), 'greeting')} and {workers} are too few."
        return Verdict(claim, "unknown", finding)
    shares = _shares(history, printed)
    printers = sum(share.printed > 0 for share in shares.values())
    able = sum(share.printed > 0 or share.could > 0 for share in shares.values())
    left_out = sum(share.left_out or share.shut_out for share in shares.values())
    figures = {
        "greetings": len(printed),
        "workers": printers,
        "able": able,
        "share_largest": max(share.printed for share in shares.values()) / len(printed),
        "left_out": left_out,
    }
    evidence = tuple(f"worker {worker}: {_in_words(share)}" for worker, share in shares.items())
    by = ", ".join(f"{worker} printed {share.printed}" for worker, share in shares.items())
    finding = (
        f"Of {len(printed)} prints: {by}. {printers} of {able} workers that had partitions did."
    )
    outcome: Outcome = "held"
    if printers < 2 or left_out:
        outcome = "broken"
    elif any(share.may_be_chance for share in shares.values()):
        outcome = "unknown"
    return Verdict(claim, outcome, finding, evidence, figures)


def _in_words(share: Share) -> str:
    if share.shut_out:
        return f"0, for it had no partition while {share.barred} were printed"
    if share.left_out:
        return f"0, of partitions {', '.join(map(str, sorted(share.partitions)))}"
    if share.may_be_chance:
        return f"0, which may be chance: it had partitions while {share.could} were printed"
    return str(share.printed)


def _shares(history: History, printed: list[ev.GreetingPrinted]) -> dict[str, Share]:
    """What each worker printed and could have printed, by its name."""
    counts = Counter(event.worker for event in printed)
    partitions = history.cached(_known_partitions)
    shares = {}
    for worker in history.workers:
        steps = history.cached(_partitions_over_time)[worker]
        could, barred, chance, had = 0, 0, 1.0, Held()
        for event in printed:
            held = steps.at(event.time)
            if held is None or history.faults.touch(event.time, event.time, worker):
                continue
            could, barred = could + bool(held), barred + (not held)
            chance *= 1 - len(held) / len(partitions) if held else 1
            had |= held
        shares[worker] = Share(counts[worker], could, barred, chance, had)
    return shares


def idle(history: History) -> list[tuple[Interval, str]]:
    """When a worker that had joined the group had been given none of the greetings' partitions,
    though there were enough for all running workers: each interval with the worker, in order of
    start. What comes after we began to stop all workers does not count."""
    partitions = history.cached(_known_partitions)
    idlers = []
    for worker in history.workers:
        steps = list(history.cached(_partitions_over_time)[worker])
        ends = [min(time, history.over) for time, _ in steps[1:]]
        ends += [history.over] * bool(steps)
        idlers += [
            ((start, end), worker)
            for (start, held), end in zip(steps, ends, strict=True)
            if held == Held() and start < end and len(history.lives.at(start)) <= len(partitions)
        ]
    return sorted(idlers)


def each_worker_has_partitions(history: History) -> Verdict:
    """Whether each worker that joined the group was given partitions of the greetings, if there
    were enough for all that ran.

    One that was given none prints nothing, however long it runs, until the next rebalance. The
    evidence says which, since when and for how long. Figures: `idle`, how often one was given none;
    `total_s` and `longest_s`, how long that lasted; `workers`, how many it happened to.
    """
    claim = "Each worker of the group has partitions of the greetings."
    given = history.of(ev.PartitionsAssigned)
    if not any(map(_greetings_of, given)):
        return Verdict(claim, "unknown", "Nobody was given any.")
    idlers = idle(history)
    lengths = [end - start for (start, end), _ in idlers]
    figures = {
        "idle": len(idlers),
        "total_s": sum(lengths),
        "longest_s": max(lengths, default=0.0),
        "workers": len({worker for _, worker in idlers}),
    }
    if not idlers:
        finding = f"Each of {len(given)} assignments had some."
        return Verdict(claim, "held", finding, (), figures)
    evidence = tuple(
        Evidence(
            f"{interval(history, *times)}: {worker} had none for {times[1] - times[0]:.2f} s"
            + (" and on" if times[1] == history.over else ""),
            time=times[0],
            worker=worker,
        )
        for times, worker in idlers
    )
    finding = (
        f"{len(idlers)} of {len(given)} assignments had none, and their workers waited "
        f"{seconds(lengths)}."
    )
    return Verdict(claim, "broken", finding, evidence, figures)


def _partitions_over_time(history: History) -> dict[str, Steps[Held]]:
    """The greetings' partitions that each worker had over time; None while it holds no assignment.
    Two assignments in a row are two steps, even with the same partitions."""
    known: dict[Held, Held] = {}  # thousands of assignments give a few sets of partitions

    def greetings(held: ev.PartitionsAssigned | None) -> Held | None:
        return known.setdefault(numbers := _greetings_of(held), numbers) if held else None

    return {
        worker: Steps((time, greetings(held)) for time, held in history.held(worker))
        for worker in history.workers
    }


def _known_partitions(history: History) -> Held:
    """The greetings' partitions that anybody was ever given."""
    return Held().union(*map(_greetings_of, history.of(ev.PartitionsAssigned)))


def _greetings_of(given: ev.PartitionsAssigned) -> Held:
    """The greetings' partitions: Faust's own topics have `__` in their names."""
    return frozenset(
        number
        for topic, numbers in given.partitions.items()
        if "__" not in topic
        for number in numbers
    )
