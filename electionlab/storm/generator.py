"""What a storm will do: rounds of faults, drawn in advance from a seed.

The same numbers always give the same schedule: kinds, targets, durations and their order. Which
worker is the leader or has a given rank when a round begins depends on the run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import NamedTuple

from electionlab.errors import LabError

FEWEST, MOST = 3, 5  # workers
LEADER = -1
"""The target that stands for Faust's leader when the round begins; other targets are ranks."""

BLOCK_S = 4.0
"""How many seconds a loop is blocked: examples/faulty.py takes one number for every time."""


@dataclass(frozen=True)
class Step:
    """One act of a round, `at_s` seconds after the round began.

    `act` is the name of a method of Lab, or `start`; `target` is an index into the round's targets,
    or a broker's id for the acts that end in `_broker`; `amount` is in seconds.
    """

    at_s: float
    act: str
    target: int = 0
    amount: float | None = None

    @property
    def is_on_broker(self) -> bool:
        return self.act.endswith("_broker")


@dataclass(frozen=True)
class Round:
    """Each of `targets` is LEADER or a rank: an index into the running workers that are not a
    target yet, in order of their names, wrapping around."""

    number: int
    kind: str
    targets: tuple[int, ...]
    steps: tuple[Step, ...]


def make(
    rounds: int,
    seed: int,
    *,
    workers: int = FEWEST,
    brokers: int = 1,
    without: Collection[str] = (),
) -> list[Round]:
    """The rounds of a storm that begins with `workers` workers, FEWEST to MOST.

    `without` are names of KINDS to leave out. LabError for numbers out of range or an unknown kind.
    """
    if rounds < 1:
        raise LabError(f"A storm has one round or more, not {rounds}.")
    if not FEWEST <= workers <= MOST:
        raise LabError(f"A storm has {FEWEST} to {MOST} workers, not {workers}.")
    if brokers not in (1, 3):
        raise LabError(f"A storm has 1 or 3 brokers, not {brokers}.")
    if unknown := sorted(set(without) - set(KINDS)):
        raise LabError(f"There is no kind of round {unknown[0]!r}. There are: {', '.join(KINDS)}.")
    random = Random(seed)
    made, running = [], workers
    for number in range(1, rounds + 1):
        possible = {
            name: kind.weight
            for name, kind in KINDS.items()
            if name not in without
            and not (name == "add" and running == MOST)
            and not (name == "remove" and running == FEWEST)
        }
        kind = random.choices(list(possible), list(possible.values()))[0]
        targets, steps = KINDS[kind].draw(_Draw(random, brokers))
        running += {"add": 1, "remove": -1}.get(kind, 0)
        made.append(Round(number, kind, targets, tuple(sorted(steps, key=lambda s: s.at_s))))
    return made


Drawn = tuple[tuple[int, ...], list[Step]]


class _Draw:
    """Draws the parts of rounds. Times are in tenths of a second: finer ones could not be kept
    anyway."""

    def __init__(self, random: Random, brokers: int) -> None:
        self.random = random
        self.brokers = brokers

    def seconds(self, low: float, high: float) -> float:
        return round(self.random.uniform(low, high), 1)

    def begin(self) -> float:
        """The first act falls anywhere between two ticks of the leader's timer."""
        return self.seconds(0.0, 2.0)

    def target(self) -> int:
        """The leader more often than all others together: its faults teach the most."""
        return LEADER if self.random.random() < 0.6 else self.rank()

    def rank(self) -> int:
        return self.random.randrange(MOST)

    def broker(self) -> int:
        return self.random.randint(1, self.brokers)


END = {"freeze": "thaw", "cut": "heal", "kill": "start", "interrupt": "start"}
"""What ends what an act has begun."""


def _one(act: str, low: float, high: float, d: _Draw) -> Drawn:
    """One worker, for `low` to `high` seconds."""
    at = d.begin()
    return (d.target(),), [Step(at, act), Step(at + d.seconds(low, high), END[act])]


def _slow(d: _Draw) -> Drawn:
    at, delay_s = d.begin(), d.seconds(0.1, 1.5)
    return (d.target(),), [
        Step(at, "slow", amount=delay_s),
        Step(at + d.seconds(2.0, 5.0), "heal"),
    ]


def _block(d: _Draw) -> Drawn:
    return (d.target(),), [Step(d.begin(), "block", amount=BLOCK_S)]


def _add(d: _Draw) -> Drawn:
    return (), [Step(d.begin(), "add")]


def _remove(d: _Draw) -> Drawn:
    return (d.target(),), [Step(d.begin(), "interrupt")]


def _outage(act: str, d: _Draw) -> Drawn:
    at, broker = d.begin(), d.broker()
    return (), [
        Step(at, act, broker),
        Step(at + d.seconds(0.5, 4.0), "start_broker", broker),
    ]


def _starting(d: _Draw) -> Drawn:
    """A worker ends, starts, and something is done to it before it is ready."""
    at = d.begin()
    again = at + d.seconds(0.0, 1.0)
    during = again + d.seconds(0.3, 2.5)
    steps = [Step(at, d.random.choice(["interrupt", "kill"])), Step(again, "start")]
    if d.random.random() < 0.5:
        steps += [Step(during, "freeze"), Step(during + d.seconds(0.5, 4.0), "thaw")]
    else:
        steps += [Step(during, "kill"), Step(during + d.seconds(0.0, 1.0), "start")]
    return (d.target(),), steps


def _pair(d: _Draw, act: str, target: int) -> list[Step]:
    at = d.begin()
    return [Step(at, act, target), Step(at + d.seconds(0.5, 5.0), END[act], target)]


def _two(d: _Draw) -> Drawn:
    """Two workers at once, the leader first; either may come back first."""
    first, second = d.random.choice([*END]), d.random.choice([*END])
    return (LEADER, d.rank()), [*_pair(d, first, 0), *_pair(d, second, 1)]


def _both(d: _Draw) -> Drawn:
    """One worker is cut off and frozen, and either may end first."""
    return (d.target(),), [*_pair(d, "freeze", 0), *_pair(d, "cut", 0)]


class Kind(NamedTuple):
    """A kind of round: how often it is drawn, as a weight, the kind in words, and what draws it."""

    weight: int
    words: str
    draw: Callable[[_Draw], Drawn]


KINDS: dict[str, Kind] = {
    "interrupt": Kind(3, "Ctrl+C, and started again", partial(_one, "interrupt", 0.0, 3.0)),
    "kill": Kind(3, "kill -9, and started again", partial(_one, "kill", 0.0, 3.0)),
    "freeze": Kind(4, "frozen for a while", partial(_one, "freeze", 0.3, 6.0)),
    "cut": Kind(4, "cut off for a while", partial(_one, "cut", 0.3, 6.0)),
    "slow": Kind(2, "a slow network for a while", _slow),
    "block": Kind(2, "a blocked event loop", _block),
    "add": Kind(1, "one worker more", _add),
    "remove": Kind(1, "one worker fewer", _remove),
    "stop broker": Kind(1, "a broker stopped, and started again", partial(_outage, "stop_broker")),
    "kill broker": Kind(1, "a broker killed, and started again", partial(_outage, "kill_broker")),
    "starting": Kind(2, "ended, started, and broken while it starts", _starting),
    "two": Kind(4, "two workers at once, the leader among them", _two),
    "both": Kind(2, "cut off and frozen", _both),
}
