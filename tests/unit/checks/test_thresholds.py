"""Each duration that decides a verdict: what lies just within it counts otherwise than just beyond.

The times are written out, so that a threshold which is changed has to be changed here as well, with
the sentences that quote it.
"""

import pytest
from histories import (
    assigned,
    frozen,
    given,
    group_stored,
    joined,
    printed,
    published,
    run_of,
    stored,
    thawed,
    view,
)

from electionlab import checks
from electionlab.checks import causes
from electionlab.failover import verdicts
from electionlab.failover.model import Round, Settings
from electionlab.history import leader_views
from electionlab.storm import breaches


@pytest.mark.parametrize(("over_s", "explains"), [(4.9, "freeze"), (5.1, "")])
def test_a_fault_explains_a_breach_for_5_s_after_its_end(over_s, explains):
    history = run_of(frozen(3, "A"), thawed(10, "A"))
    assert breaches.cause_of(history, "A", 10 + over_s) == explains


@pytest.mark.parametrize(("over_s", "is_cause"), [(9.9, True), (10.1, False)])
def test_a_fault_is_a_reason_for_10_s_after_its_end(over_s, is_cause):
    history = run_of(frozen(3, "A"), thawed(10, "A"))
    assert bool(causes.cause(history, "A", 10 + over_s)) == is_cause
    told = causes.fault_before(history, 10 + over_s)
    assert told == ("after freeze of A at 3.000 s" if is_cause else "after no fault")


@pytest.mark.parametrize(("apart_s", "is_told"), [(4.9, True), (5.1, False)])
def test_a_fault_within_5_s_of_a_greeting_is_told_with_it(apart_s, is_told):
    history = run_of(frozen(10, "A"), thawed(12, "A"))
    for time in (10 - apart_s, 12 + apart_s):
        assert ("freeze of A" in causes.going_on_near(history, time, time)) == is_told


@pytest.mark.parametrize(("before_end_s", "outcome"), [(4.9, "held"), (5.1, "unknown")])
def test_a_generation_may_be_unread_for_5_s(before_end_s, outcome):
    history = run_of(
        *(joined(1, "A", 1), group_stored(1, 1, "A", leader="A")),
        *(joined(30, "A", 2), assigned(30, "A", True)),
        end=30 + before_end_s,
    )
    assert checks.broker_knows_one_leader(history).outcome == outcome


@pytest.mark.parametrize(("late_s", "outcome"), [(0.99, "held"), (1.01, "broken")])
def test_views_may_differ_for_1_s(late_s, outcome):
    history = run_of(
        *(joined(1, "A", 1), group_stored(1, 1, "AB", leader="A")),
        *(group_stored(10, 2, "AB", leader="B"), assigned(10 + late_s, "A", False)),
    )
    assert checks.views_agree(history).outcome == outcome
    assert len(list(breaches.views_differ(history))) == (outcome == "broken")


@pytest.mark.parametrize(("late_s", "cause"), [(0.99, "rebalance on its way"), (1.01, "")])
def test_a_generation_may_be_on_its_way_for_1_s(late_s, cause):
    history = run_of(
        *(joined(1, "A", 1), group_stored(1, 1, "AB", leader="A"), joined(10, "B", 2)),
        *(group_stored(10, 2, "AB", leader="B"), assigned(10, "B", True)),
        *(published(10 + late_s, "A"), stored(10 + late_s, "0.1")),
        *(joined(10 + late_s, "A", 2), assigned(10 + late_s, "A", False)),
    )
    (two,) = breaches.two_leaders(history)
    (greeting,) = breaches.stale_greetings(history)
    assert (two.cause, greeting.cause) == (cause, cause)


@pytest.mark.parametrize(("gap_s", "outcome"), [(9.9, "held"), (10.1, "broken")])
def test_nobody_may_lead_for_10_s(gap_s, outcome):
    history = run_of(assigned(10, "A", False), assigned(10 + gap_s, "B", True))
    assert checks.always_a_leader(history).outcome == outcome
    assert len(list(breaches.no_leader(history))) == (outcome == "broken")


@pytest.mark.parametrize(("left_s", "outcome"), [(9.9, "unknown"), (10.1, "broken")])
def test_a_successor_is_waited_for_10_s(left_s, outcome):
    history = run_of(assigned(20, "A", False), end=20 + left_s)
    assert checks.new_leader_after_each_loss(history).outcome == outcome


@pytest.mark.parametrize(("early_s", "outcome"), [(0.09, "held"), (0.11, "broken")])
def test_a_gain_may_be_logged_a_tenth_of_a_second_late(early_s, outcome):
    history = run_of(published(10 - early_s, "B"), assigned(10, "B", True))
    assert checks.only_the_leader_publishes(history).outcome == outcome


@pytest.mark.parametrize(("share", "outcome"), [(0.91, "held"), (0.89, "broken"), (1.11, "broken")])
def test_an_interval_may_differ_by_a_tenth(share, outcome):
    history = run_of(*(published(2 + 2 * share * number, "A") for number in range(5)))
    assert checks.publishes_at_interval(history).outcome == outcome


@pytest.mark.parametrize(("gaps", "outcome"), [(2, "unknown"), (3, "held")])
def test_an_interval_is_judged_by_3_gaps(gaps, outcome):
    history = run_of(*(published(2 + 2 * number, "A") for number in range(gaps + 1)))
    assert checks.publishes_at_interval(history).outcome == outcome


@pytest.mark.parametrize(("greetings", "outcome"), [(32, "unknown"), (33, "broken")])
def test_a_worker_with_2_of_8_partitions_is_left_out_from_33_greetings_on(greetings, outcome):
    given_to = (given(1, "A", 0, 1, 2), given(1, "B", 3, 4, 5), given(1, "C", 6, 7))
    prints = (printed(2 + number, "AB"[number % 2], str(number)) for number in range(greetings))
    history = run_of(*given_to, *prints, workers="ABC", end=100)
    assert checks.greetings_spread(history).outcome == outcome


@pytest.mark.parametrize(
    ("after_s", "is_publisher"), [(0.24, True), (0.26, False), (-0.009, True), (-0.011, False)]
)
def test_a_greeting_is_made_up_to_a_quarter_of_a_second_after_its_publish(after_s, is_publisher):
    greeting = stored(10 + after_s, "0.1")
    assert bool(run_of(published(10, "A"), greeting).publisher_of(greeting)) == is_publisher


@pytest.mark.parametrize(("silent_s", "spans"), [(2.9, [(2, 6.9)]), (3.1, [(2, 4), (7.1, 7.1)])])
def test_a_worker_that_is_silent_for_3_s_was_not_heard_in_between(silent_s, spans):
    answers = [view(time, "A", True) for time in (2, 3, 4, 4 + silent_s)]
    assert [(span.start, span.end) for span in leader_views.by_http(run_of(*answers))] == spans


@pytest.mark.parametrize(("late_s", "is_told"), [(0.19, False), (0.21, True)])
def test_a_disagreement_counts_from_a_fifth_of_a_second_on(late_s, is_told):
    history = run_of(
        *(joined(1, "A", 1), group_stored(1, 1, "A", leader="A")),
        *(group_stored(10, 2), assigned(10 + late_s, "A", False)),
    )
    assert bool(leader_views.only_by_log(history)) == is_told


# Failovers

SIX = Settings(6, 1, 2)


def took(late_s=0.0, **steps):
    quickest = {"noticed": 5.0, "told": 0.0, "regrouped": 0.0, "assigned": 0.0, "ticked": 0.0}
    return Round("kill", SIX, {**quickest, **steps}, late_s)


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ({"told": 1.29}, "held"),
        ({"told": 1.31}, "broken"),
        ({"noticed": 4.71}, "held"),
        ({"noticed": 4.69}, "broken"),
        ({"regrouped": 0.99}, "held"),
        ({"regrouped": 1.01}, "broken"),
    ],
)
def test_a_step_that_waits_may_be_300_ms_off_and_one_that_works_may_take_1_s(steps, outcome):
    assert verdicts.follows_the_settings([took(**steps)], "kill").outcome == outcome


@pytest.mark.parametrize(("late_s", "set_aside"), [(0.5, 0), (0.51, 1)])
def test_a_round_is_set_aside_when_the_machine_was_half_a_second_late(late_s, set_aside):
    verdict = verdicts.follows_the_settings([took(), took(late_s)], "kill")
    assert verdict.figures["late"] == set_aside


@pytest.mark.parametrize(("rounds", "outcome"), [(5, "unknown"), (6, "held")])
def test_the_longest_wait_is_that_of_6_rounds(rounds, outcome):
    slow = Round("kill", Settings(6, 1, 4), {**took().took, "ticked": 3.0})
    quick = took(ticked=1.9)
    verdict = verdicts.waits_grow([quick] * rounds + [slow] * rounds)
    assert verdict.outcome == outcome
