"""Statistics of many runs: is a spread random, how certain is a median. Only what the pages need.

Nothing here assumes a distribution of the times, and every call gives the same result. The standard
library is enough: scipy would take 169 MB in .venv, and 0.8 s and 97 MB in each kernel, to save 50
lines.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

FEWEST_EXPECTED = 5.0
"""With fewer expected per class the chi-square distribution is too coarse, and the test uses random
draws instead (Cochran 1954, "Some methods for strengthening the common χ² tests", Biometrics 10).
"""

DRAWS = 10_000

ERROR = 0.05
"""How often an interval may miss its median."""


@dataclass(frozen=True)
class Fit:
    """How well counts fit equal shares: Pearson's statistic, its degrees of freedom, and the
    probability of one as large by chance. `drawn` is whether that was estimated from random draws.
    """

    statistic: float
    freedom: int
    p_value: float
    drawn: bool


@dataclass(frozen=True)
class Repeats:
    """How often a value of a sequence equals the one before it: in `count` of `pairs` of
    neighbours, and the probability of a number at least as unlikely by chance."""

    count: int
    pairs: int
    p_value: float


def goodness_of_fit(counts: Sequence[int]) -> Fit:
    """Whether `counts` may come from independent draws in which each class is equally likely. It
    does not look at their order: `repeats` does.

    `counts` has one number for each class, 0 for an empty class. ValueError for fewer than two
    classes, or if all are empty.
    """
    total = sum(counts)
    if len(counts) < 2 or total == 0:
        raise ValueError(f"no test can be made of counts {counts}")
    expected = total / len(counts)
    statistic, freedom = _pearson(counts, expected), len(counts) - 1
    if expected >= FEWEST_EXPECTED:
        return Fit(statistic, freedom, chi_square_tail(statistic, freedom), False)
    # Counting the observed one among the draws keeps the test valid: Phipson and Smyth 2010,
    # "Permutation p-values should never be zero".
    as_large = 1 + sum(
        _pearson(drawn, expected) >= statistic - 1e-9 for drawn in _draws(len(counts), total)
    )
    return Fit(statistic, freedom, as_large / (DRAWS + 1), True)


def _pearson(counts: Sequence[int], expected: float) -> float:
    return sum((seen - expected) ** 2 / expected for seen in counts)


def _draws(classes: int, total: int) -> list[list[int]]:
    chance = random.Random(20)  # the same draws each time: a page must not change its mind
    drawn = (Counter(chance.choices(range(classes), k=total)) for _ in range(DRAWS))
    return [[counts[number] for number in range(classes)] for counts in drawn]


def repeats(sequence: Sequence[Hashable], classes: int) -> Repeats:
    """Whether the order of a sequence may come from independent draws of `classes` equally likely
    values.

    If it does (the null hypothesis), a value equals the one before it with probability 1 /
    `classes`, whatever came earlier, and the number of such repeats is binomial. Taking turns gives
    too few, staying with one value for a while too many: both are unlikely. ValueError for a
    sequence of fewer than two, for fewer than two classes, and for more values than classes.
    """
    if len(sequence) < 2 or classes < 2 or len(set(sequence)) > classes:
        raise ValueError(f"no test of {len(sequence)} in {classes} classes can be made")
    pairs = len(sequence) - 1
    count = sum(former == value for former, value in itertools.pairwise(sequence))
    return Repeats(count, pairs, binomial_test(count, pairs, 1 / classes))


def binomial_test(number: int, count: int, share: float) -> float:
    """The exact two-sided binomial test: the probability that `number` of `count` independent
    trials succeed, or any number that is at least as unlikely, if each succeeds with probability
    `share` (above 0, below 1)."""
    chances = [_binomial(other, count, share) for other in range(count + 1)]
    # Equal chances may differ in their last digits.
    return min(1.0, sum(chance for chance in chances if chance <= chances[number] * (1 + 1e-7)))


def chi_square_tail(statistic: float, freedom: int) -> float:
    """The probability of a chi-square value of at least `statistic`, with `freedom` degrees of
    freedom (Abramowitz and Stegun, 26.4.4 and 26.4.5)."""
    half = statistic / 2
    if half <= 0:
        return 1.0
    if freedom % 2:
        tail, powers = math.erfc(math.sqrt(half)), [n + 0.5 for n in range(freedom // 2)]
    else:
        tail, powers = 0.0, [float(n) for n in range(freedom // 2)]
    terms = (math.exp(power * math.log(half) - half - math.lgamma(power + 1)) for power in powers)
    return min(1.0, tail + sum(terms))


def median_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """The two values between which the median of their distribution lies with a probability of at
    least 95 %. None if there are fewer than 6, which are too few.

    How many of n independent values lie below the median follows a binomial distribution, whatever
    theirs is (Conover, "Practical Nonparametric Statistics", 3.2). Each side errs with at most half
    of the remaining probability.
    """
    left, missed = 0, 0.0  # how many values lie left of the interval, and as many right of it
    while (missed := missed + _binomial(left, len(values), 0.5)) <= ERROR / 2:
        left += 1
    return (sorted(values)[left - 1], sorted(values)[-left]) if left else None


def _binomial(number: int, count: int, share: float) -> float:
    """The probability of `number` successes in `count` trials, each of probability `share` (above
    0, below 1)."""
    ways = math.lgamma(count + 1) - math.lgamma(number + 1) - math.lgamma(count - number + 1)
    return math.exp(ways + number * math.log(share) + (count - number) * math.log1p(-share))
