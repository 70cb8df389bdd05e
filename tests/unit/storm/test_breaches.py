"""Each single breach of a promise in a storm: when it was, in words, and what explains it."""

import pytest
from histories import (
    assigned,
    broker_killed,
    broker_started,
    cut,
    ending,
    exited,
    frozen,
    group_stored,
    healed,
    interrupted,
    joined,
    killed,
    published,
    run_of,
    started,
    stored,
    thawed,
)
from storms import in_short

from electionlab.storm import breaches

IN_ONE_GENERATION = (*(joined(1, "A", 1), joined(1, "B", 1), group_stored(1, 1, "AB", leader="A")),)


def replaced(*events):
    """A leads; the broker stores at 10 s that B does, and A does not know."""
    gone_on = joined(10, "B", 2), group_stored(10, 2, "AB", leader="B")
    return run_of(*IN_ONE_GENERATION, *gone_on, *events)


# Two leaders


def two_leaders(*events, until=10.5):
    """B leads from 10 s on, and A, which is told of another generation, until 10.5 s."""
    led = assigned(10, "B", True), assigned(until, "A", False)
    return list(breaches.two_leaders(replaced(*led, *events)))


def test_two_leaders_without_a_cause():
    assert in_short(two_leaders()) == [(10, "10.000 to 10.500 s: A and B led", "")]


def test_two_leaders_are_explained_by_a_generation_that_both_learn_of():
    (breach,) = two_leaders(joined(10.5, "A", 2))
    assert breach.cause == "rebalance on its way"
    (breach,) = two_leaders(joined(10.5, "A", 3))
    assert breach.cause == ""
    (breach,) = two_leaders(joined(12, "A", 2), until=12)
    assert breach.cause == ""


def test_a_fault_explains_two_leaders_before_a_rebalance_does():
    (breach,) = two_leaders(joined(10.5, "A", 2), cut(8, "A"))
    assert breach.cause == "cut"


# Views


def test_views_that_differ_are_told_with_the_fault_of_who_leads_in_its_own_eyes():
    history = replaced(assigned(12, "A", False), cut(8, "A"))
    assert in_short(breaches.views_differ(history)) == [
        (10, "10.000 to 12.000 s: A led in its own eyes alone", "cut")
    ]
    history = replaced(assigned(12, "A", False), cut(8, "B"))
    assert [breach.cause for breach in breaches.views_differ(history)] == [""]


@pytest.mark.parametrize(("late_s", "breaks"), [(0.9, 0), (1, 0), (1.1, 1)])
def test_views_that_differ_while_a_rebalance_is_on_its_way_are_no_breach(late_s, breaks):
    history = replaced(assigned(10 + late_s, "A", False))
    assert len(list(breaches.views_differ(history))) == breaks


# Stale publishes and greetings


def test_stale_publishes_are_told_with_both_generations():
    history = replaced(published(10.5, "A", line=3), published(12, "A"))
    assert in_short(breaches.stale_publishes(history)) == [
        (
            *(10, "10.500 s, worker A, line 3 of its log: published in generation 1 of 2"),
            "rebalance on its way",
        ),
        (10, "12.000 s, worker A: published in generation 1 of 2", ""),
    ]


def test_a_stale_publish_two_generations_late_is_on_no_way():
    history = replaced(group_stored(10.2, 3, "AB", leader="B"), published(10.5, "A"))
    (breach,) = breaches.stale_publishes(history)
    assert (str(breach), breach.cause) == (
        "10.500 s, worker A: published in generation 1 of 3",
        "",
    )


@pytest.mark.parametrize(("time", "cause"), [(11, "rebalance on its way"), (11.1, "")])
def test_a_generation_is_on_its_way_for_1_s(time, cause):
    history = replaced(published(time, "A"), stored(time, "0.1"))
    assert [breach.cause for breach in breaches.stale_publishes(history)] == [cause]
    assert [breach.cause for breach in breaches.stale_greetings(history)] == [cause]


def stale_greetings(time, *events):
    """A publishes a greeting though it is replaced since 10 s."""
    history = replaced(published(time, "A", line=3), stored(time, "0.1"), *events)
    return list(breaches.stale_greetings(history))


def test_a_stale_greeting_is_told_with_its_publish():
    words = "12.000 s, worker A, line 3 of its log: published 0.1"
    assert in_short(stale_greetings(12)) == [(12, words, "")]
    assert in_short(stale_greetings(12, cut(9, "A"))) == [(12, words, "cut")]
    assert in_short(stale_greetings(12, cut(9, "B"))) == [(12, words, "")]


def test_a_fault_explains_a_stale_greeting_before_a_rebalance_does():
    assert [breach.cause for breach in stale_greetings(10.5, cut(9, "A"))] == ["cut"]


def test_a_greeting_that_another_may_have_published_is_no_breach():
    perhaps = published(11.95, "B")
    assert stale_greetings(12, perhaps) == []
    later = published(20, "A"), stored(20, "0.2")
    assert [breach.time for breach in stale_greetings(12, perhaps, *later)] == [20]


def test_of_two_greetings_of_about_the_same_time_one_is_a_breach_as_for_the_check():
    both = published(12.004, "B"), stored(12.005, "0.2", 1)
    assert [breach.cause for breach in stale_greetings(12, cut(9, "A"), *both)] == ["cut"]


# No leader


def nobody_leads(*events, until=20):
    """Nobody leads from 5 s on."""
    led = assigned(5, "A", False), assigned(until, "A", True)
    return list(breaches.no_leader(run_of(*led, *events)))


def test_time_without_a_leader_is_told():
    assert in_short(nobody_leads()) == [(5, "5.000 to 20.000 s: nobody led", "")]


@pytest.mark.parametrize(("until", "breaks"), [(15, 0), (15.1, 1)])
def test_time_without_a_leader_is_a_breach_after_10_s(until, breaks):
    assert len(nobody_leads(until=until)) == breaks


@pytest.mark.parametrize(
    ("events", "cause"),
    [
        ([frozen(8, "B")], "freeze"),
        ([cut(1, "B"), healed(2, "B")], "cut"),
        ([cut(1, "B"), healed(2, "B"), frozen(8, "A")], "freeze"),
        ([frozen(21, "B")], ""),
    ],
    ids=["meanwhile", "just before", "the last of two", "afterwards"],
)
def test_time_without_a_leader_is_explained_by_the_last_fault_of_anybody(events, cause):
    assert [breach.cause for breach in nobody_leads(*events)] == [cause]


def test_a_fault_that_was_over_5_s_before_does_not_explain_time_without_a_leader():
    over = frozen(2, "B"), thawed(3, "B")
    late = assigned(9, "A", False), assigned(20, "A", True)
    assert [breach.cause for breach in breaches.no_leader(run_of(*over, *late))] == [""]


# Moves


def test_moves_are_told_with_a_fault_an_end_or_a_return():
    history = run_of(
        *(cut(8, "A"), assigned(10, "B", True), exited(20, "B"), assigned(22, "C", True)),
        assigned(30, "A", True),
    )
    assert in_short(breaches.needless_moves(history)) == [
        (10, "10.000 s: from A to B", "cut"),
        (22, "22.000 s: from B to C", "its end"),
        (30, "30.000 s: from C to A", "the leader returns"),
    ]


def test_a_move_to_a_worker_that_had_not_led_all_the_time_is_no_return():
    history = run_of(frozen(16, "B"), thawed(17, "B"), assigned(18, "B", True))
    assert [breach.cause for breach in breaches.needless_moves(history)] == [""]


def test_a_return_without_a_fault_explains_no_move():
    history = run_of(assigned(10, "B", True), frozen(11, "C"), assigned(20, "A", True))
    assert [breach.cause for breach in breaches.needless_moves(history)] == ["", ""]


# Ends


def ended_by_themselves(*events):
    return list(breaches.ended_by_itself(run_of(*events)))


def test_a_worker_that_ends_has_ended_by_itself():
    assert in_short(ended_by_themselves(exited(15, "B", 1))) == [
        (15, "15.000 s: B ended by itself", "")
    ]


def test_a_worker_that_runs_on_or_ends_after_the_run_has_not_ended_by_itself():
    assert ended_by_themselves() == []
    assert ended_by_themselves(ending(20), exited(21, "B")) == []


@pytest.mark.parametrize("act", [interrupted, killed])
@pytest.mark.parametrize("time", [0, 10, 15])
def test_a_worker_that_was_told_to_end_in_its_life_has_not_ended_by_itself(act, time):
    assert ended_by_themselves(act(time, "B"), exited(15, "B")) == []


def test_what_was_done_to_another_worker_or_in_another_life_does_not_count():
    assert len(ended_by_themselves(killed(10, "A"), exited(15, "B"))) == 1
    lives = killed(10, "B"), exited(11, "B"), started(12, "B"), exited(15, "B")
    assert [breach.time for breach in ended_by_themselves(*lives)] == [15]
    assert len(ended_by_themselves(cut(14, "B"), exited(15, "B"), exited(20, "A"))) == 2


@pytest.mark.parametrize(
    ("events", "cause"),
    [
        ([cut(14, "B")], "cut"),
        ([cut(14, "A")], ""),
        ([broker_killed(14)], "outage"),
        ([frozen(5, "B"), thawed(9, "B")], ""),
    ],
    ids=["its own", "of another", "of a broker", "long over"],
)
def test_a_fault_explains_the_end_of_a_worker(events, cause):
    assert [breach.cause for breach in ended_by_themselves(*events, exited(15, "B"))] == [cause]


def test_a_fault_of_the_life_before_does_not_hide_the_outage_in_this_one():
    lives = frozen(7, "B"), killed(8, "B"), exited(9, "B"), started(10, "B"), exited(14, "B")
    outage = broker_killed(12), broker_started(13)
    assert [breach.cause for breach in ended_by_themselves(*lives, *outage)] == ["outage"]
    assert [breach.cause for breach in ended_by_themselves(*lives)] == [""]
