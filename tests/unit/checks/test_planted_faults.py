"""A run without a fault keeps every claim, and each check catches faults planted in it."""

import dataclasses

import pytest
from histories import (
    GREETINGS_TOPIC,
    LEADER_TOPIC,
    assigned,
    cut,
    ended,
    exited,
    given,
    group_stored,
    healed,
    joined,
    printed,
    published,
    sound_run,
    started,
    stored,
)

from electionlab import checks
from electionlab.history import events as ev
from electionlab.history.history import History


def outcomes(events):
    history = History(events)
    return {check.__name__: check(history).outcome for check in checks.ALL}


def without(events, *kinds, **fields):
    """The events but those of the kinds whose fields have these values."""
    return [
        event
        for event in events
        if not (
            isinstance(event, kinds)
            and all(getattr(event, name) == value for name, value in fields.items())
        )
    ]


def test_a_sound_run_keeps_every_claim():
    assert set(outcomes(sound_run()).values()) == {"held"}


def test_of_a_run_in_which_nothing_happened_nothing_is_known():
    assert set(outcomes([started(0, "A"), ended(5)]).values()) == {"unknown"}
    assert set(outcomes([]).values()) == {"unknown"}


def slow_timer(events):
    """Each leader's publishes come 15 % too late."""
    first = {"A": 2, "B": 13}
    return [
        dataclasses.replace(
            event, time=first[event.worker] + 1.15 * (event.time - first[event.worker])
        )
        if isinstance(event, ev.Published)
        else event
        for event in events
    ]


def all_by_one(events):
    return [
        dataclasses.replace(event, worker="B") if isinstance(event, ev.GreetingPrinted) else event
        for event in events
    ]


def in_both_eyes(run, *events):
    """A is not killed but cut off at 9 s, healed at 18 s, and leads on in its own eyes."""
    alive = without(without(run, ev.WorkerKilled), ev.WorkerExited, worker="A")
    healing = [cut(9, "A"), healed(18, "A"), assigned(18.5, "A", False), exited(21, "A")]
    return [*alive, *healing, *events]


def moved_needlessly(run):
    """At 5 s a rebalance gives leadership from A to B, and all goes on."""
    run = [
        dataclasses.replace(event, worker="B")
        if isinstance(event, ev.Published) and event.time > 5
        else event
        for event in run
    ]
    group = [group_stored(5, 2, "AB", leader="B"), joined(5, "A", 2), joined(5, "B", 2)]
    later = [joined(12, "B", 3), group_stored(12, 3, "B", leader="B")]
    run = without(without(run, ev.MemberJoined, time=12), ev.GroupStored, time=12)
    return [*run, *group, assigned(5, "A", False), assigned(5, "B", True), *later]


def late_successor(run):
    """B leads only from 19.5 s on, and publishes once."""
    run = without(without(run, ev.Published, worker="B"), ev.PartitionsAssigned, time=12)
    return [*run, assigned(19.5, "B", True), published(19.8, "B")]


def two_holders(run):
    """The leader topic has two partitions, and B was given the second one."""
    both = {LEADER_TOPIC: (1,), GREETINGS_TOPIC: (0, 1)}
    return [
        dataclasses.replace(event, partitions=both)
        if isinstance(event, ev.PartitionsAssigned) and (event.time, event.worker) == (1, "B")
        else event
        for event in run
    ]


def swapped(run):
    """The greetings at offsets 2 and 3 are printed the other way round."""
    other = {"0.2": 8.1, "0.3": 6.1}
    return [
        dataclasses.replace(event, time=other[event.greeting])
        if isinstance(event, ev.GreetingPrinted) and event.greeting in other
        else event
        for event in run
    ]


STALE = [published(14.3, "A"), stored(14.301, "0.99", 99), printed(19.9, "B", "0.99")]
FAULTS = {
    "two leaders at once": (
        lambda run: [*run, assigned(6.5, "B", True)],
        {
            *("at_most_one_leader", "one_leader_in_each_generation", "views_agree"),
            "leader_moved_only_for_a_reason",
        },
    ),
    "a leader that is cut off and leads on in its own eyes": (
        in_both_eyes,
        {"at_most_one_leader", "views_agree"},
    ),
    "a stale publish that reaches nobody": (
        lambda run: in_both_eyes(run, published(14.3, "A")),
        {"at_most_one_leader", "views_agree", "no_stale_publishes"},
    ),
    "a stale publish that reaches the topic": (
        lambda run: in_both_eyes(run, *STALE),
        {
            *("at_most_one_leader", "views_agree", "no_stale_publishes"),
            "one_effective_publisher",
        },
    ),
    "a leader topic with two partitions, as workers see it": (
        two_holders,
        {"one_leader_in_each_generation"},
    ),
    "a leader topic with two partitions, as the broker sees it": (
        lambda run: [*run, group_stored(1.1, 1, "AB", leader="A", holders="AB")],
        {"one_leader_in_each_generation", "broker_knows_one_leader"},
    ),
    "a leader that the broker does not know": (
        lambda run: without(run, ev.GroupStored, generation=2),
        {"views_agree", "one_effective_publisher"},
    ),
    "a move without a reason": (moved_needlessly, {"leader_moved_only_for_a_reason"}),
    "a successor that comes late": (late_successor, {"always_a_leader"}),
    "greetings printed out of order": (swapped, {"printed_in_order"}),
    "a publish by a worker that does not lead": (
        lambda run: [*run, published(5, "B")],
        {"only_the_leader_publishes"},
    ),
    "a publish while nobody leads": (
        lambda run: [*run, published(10, "B")],
        {"only_the_leader_publishes"},
    ),
    "a timer too slow": (slow_timer, {"publishes_at_interval"}),
    "a greeting lost": (
        lambda run: without(run, ev.GreetingPrinted, greeting="0.3"),
        {"each_greeting_printed_once", "no_greeting_is_lost"},
    ),
    "a greeting printed twice by two workers": (
        lambda run: [*run, printed(7.5, "A", "0.1")],
        {"each_greeting_printed_once"},
    ),
    "a greeting printed twice by one worker": (
        lambda run: [*run, printed(7.5, "B", "0.1")],
        {"each_greeting_printed_once"},
    ),
    "a leader that is not replaced": (
        lambda run: without(without(run, ev.Published, worker="B"), ev.PartitionsAssigned, time=12),
        {"new_leader_after_each_loss", "always_a_leader"},
    ),
    "a new leader that does not publish": (
        lambda run: without(run, ev.Published, worker="B"),
        {"new_leader_after_each_loss"},
    ),
    "a worker that is given nothing": (
        lambda run: [*run, given(1.5, "B")],
        {"each_worker_has_partitions"},
    ),
    "all greetings printed by one worker": (all_by_one, {"greetings_spread"}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_breaks_the_checks_meant_for_it_and_no_other(fault):
    plant, caught_by = FAULTS[fault]
    broken = {name for name, outcome in outcomes(plant(sound_run())).items() if outcome == "broken"}
    assert broken == caught_by


def test_each_check_catches_a_planted_fault():
    caught_by = set().union(*(names for _, names in FAULTS.values()))
    assert caught_by == {check.__name__ for check in checks.ALL}
