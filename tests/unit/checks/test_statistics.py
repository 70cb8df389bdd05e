"""Figures against values from tables, and against drawing."""

import math
import random
from fractions import Fraction

import pytest

from electionlab.checks.statistics import (
    Repeats,
    binomial_test,
    chi_square_tail,
    goodness_of_fit,
    median_interval,
    repeats,
)


@pytest.mark.parametrize(
    ("freedom", "five_percent", "one_permille"),
    [(1, 3.841, 10.828), (2, 5.991, 13.816), (5, 11.070, 20.515), (10, 18.307, 29.588)],
)
def test_the_tail_is_that_of_the_printed_table(freedom, five_percent, one_permille):
    assert chi_square_tail(five_percent, freedom) == pytest.approx(0.05, rel=1e-3)
    assert chi_square_tail(one_permille, freedom) == pytest.approx(0.001, rel=1e-3)


def test_nothing_is_beyond_certainty():
    assert chi_square_tail(0, 3) == 1
    assert 0 <= chi_square_tail(5000, 7) < 1e-100


def test_a_die_thrown_sixty_times():
    # The worked example of https://en.wikipedia.org/wiki/Pearson's_chi-squared_test
    fit = goodness_of_fit([5, 8, 9, 8, 10, 20])
    assert fit.statistic == pytest.approx(13.4)
    assert (fit.freedom, fit.drawn) == (5, False)
    assert fit.p_value == pytest.approx(0.0199, abs=1e-4)


def test_few_counts_are_judged_by_drawing_as_the_exact_sum_says():
    # All 3 in one of 3 classes: 3 of the 27 ways.
    fit = goodness_of_fit([3, 0, 0])
    assert fit.drawn
    assert fit.p_value == pytest.approx(3 / 27, abs=0.01)
    assert goodness_of_fit([1, 1, 1]).p_value == 1
    assert goodness_of_fit([3, 0, 0]) == fit


def test_drawing_and_distribution_agree_where_both_apply(monkeypatch):
    counts = [30, 18, 25, 27]
    by_distribution = goodness_of_fit(counts)
    monkeypatch.setattr("electionlab.checks.statistics.FEWEST_EXPECTED", 1000)
    drawn = goodness_of_fit(counts)
    assert drawn.drawn and not by_distribution.drawn
    assert drawn.p_value == pytest.approx(by_distribution.p_value, abs=0.02)


@pytest.mark.parametrize("counts", [[], [5], [0, 0]])
def test_what_cannot_be_tested_is_refused(counts):
    with pytest.raises(ValueError, match="no test"):
        goodness_of_fit(counts)


def test_random_spreads_are_called_unlikely_as_often_as_said():
    chance = random.Random(3)
    p_values = []
    for _ in range(400):
        draws = chance.choices(range(8), k=200)
        p_values.append(goodness_of_fit([draws.count(number) for number in range(8)]).p_value)
    assert sum(p < 0.05 for p in p_values) / 400 == pytest.approx(0.05, abs=0.025)


# Order


def test_the_exact_test_is_that_of_the_book():
    # 682 of 925 where 3/4 are expected: the example of Conover, 3.1, and of R's binom.test.
    assert binomial_test(682, 925, 0.75) == pytest.approx(0.3825, abs=5e-5)


@pytest.mark.parametrize("count", [1, 2, 9, 30])
@pytest.mark.parametrize("classes", [2, 3, 8])
def test_the_exact_test_is_the_sum_of_what_is_as_unlikely(count, classes):
    ways = [math.comb(count, k) * (classes - 1) ** (count - k) for k in range(count + 1)]
    for number in range(count + 1):
        exact = Fraction(sum(way for way in ways if way <= ways[number]), classes**count)
        assert binomial_test(number, count, 1 / classes) == pytest.approx(float(exact))


def test_repeats_are_neighbours_that_are_equal():
    # Three pairs, each equal or not: none or all of them equal are 2 of the 8 ways.
    assert repeats("ABAB", 2) == Repeats(0, 3, pytest.approx(0.25))
    assert repeats("AAAA", 2) == Repeats(3, 3, pytest.approx(0.25))
    assert repeats([0, 0, 1, 0], 2) == Repeats(1, 3, pytest.approx(1))


def test_taking_turns_is_even_in_counts_and_not_random_in_order():
    turns = [number % 4 for number in range(800)]
    assert goodness_of_fit([turns.count(number) for number in range(4)]).p_value == 1
    assert repeats(turns, 4) == Repeats(0, 799, pytest.approx(0, abs=1e-50))


def test_staying_with_one_for_a_while_is_not_random_in_order():
    sticky = [number // 20 % 4 for number in range(800)]
    assert goodness_of_fit([sticky.count(number) for number in range(4)]).p_value == 1
    assert repeats(sticky, 4).p_value < 1e-50


def test_random_orders_are_called_unlikely_as_often_as_said():
    chance = random.Random(11)
    p_values = [repeats(chance.choices(range(4), k=300), 4).p_value for _ in range(400)]
    assert sum(p < 0.05 for p in p_values) / 400 == pytest.approx(0.05, abs=0.025)


def test_thousands_in_a_row_are_judged():
    # Of 4,999 neighbours an eighth is expected to be equal: 625.
    in_runs = [number // 8 % 8 for number in range(5000)]
    assert repeats(in_runs, 8) == Repeats(4375, 4999, pytest.approx(0, abs=1e-50))
    one_in_eight = [(7 * block + step) % 8 for block in range(625) for step in (0, *range(7))]
    found = repeats(one_in_eight, 8)
    assert (found.count, found.pairs) == (625, 4999)
    assert found.p_value > 0.9


@pytest.mark.parametrize(("sequence", "classes"), [([], 4), ([1], 4), ([1, 1], 1), ([1, 2, 3], 2)])
def test_an_order_that_cannot_be_tested_is_refused(sequence, classes):
    with pytest.raises(ValueError, match="no test"):
        repeats(sequence, classes)


# A median's interval


# The ranks of the printed tables for a median's interval at 95 %.
@pytest.mark.parametrize(
    ("count", "low", "high"), [(6, 1, 6), (10, 2, 9), (15, 4, 12), (20, 6, 15)]
)
def test_a_medians_interval_has_the_ranks_of_the_printed_table(count, low, high):
    assert median_interval([float(rank) for rank in range(count, 0, -1)]) == (low, high)


@pytest.mark.parametrize("count", [0, 5])
def test_too_few_values_have_no_interval(count):
    assert median_interval([1.0] * count) is None


def test_an_interval_holds_the_median_as_often_as_said():
    chance = random.Random(5)
    held = 0
    for _ in range(500):
        low, high = median_interval([chance.expovariate(1) for _ in range(100)])
        held += low <= math.log(2) <= high
    assert held / 500 >= 0.94


def test_thousands_of_values_have_an_interval():
    low, high = median_interval([float(number) for number in range(5000)])
    assert 2400 < low < 2500 < high < 2600
