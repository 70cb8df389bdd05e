"""The broker's log of the group against the workers' own eyes: each verdict as readers see it."""

import pytest
from histories import (
    assigned,
    ended,
    group_stored,
    joined,
    run_of,
    started,
)
from partly_read import IN_PART, NOT_READ, read_in_part, read_too_early

from electionlab import checks
from electionlab.checks import Verdict
from electionlab.checks.broker_view import broker_leader_at
from electionlab.history.history import History


def four_generations(*events):
    """A leads in generation 1, nobody in 2, B in 3; A computes them all; in 4 nobody is left."""
    run = [started(0, "A"), joined(1, "A", 1), joined(1, "B", 1)]
    run += [group_stored(1, 1, "AB", leader="A"), group_stored(5, 2, "AB")]
    run += [group_stored(8, 3, "AB", leader="B"), group_stored(12, 4), *events, ended(20)]
    return History(run)


# One holder of the leader topic in each generation


def holders(*events):
    return checks.one_leader_in_each_generation(run_of(*events))


ONE_HOLDER = "In each generation of the group one worker at most holds the leader topic."


def test_each_generation_is_told_with_its_holder():
    verdict = holders(joined(1, "A", 1), joined(9, "B", 2), joined(20, "A", 3))
    assert verdict == Verdict(
        ONE_HOLDER,
        "held",
        "3 generations.",
        ("generation 1: A", "generation 2: nobody", "generation 3: nobody"),
        {"generations": 3, "double": 0},
    )


def test_a_generation_with_two_holders_is_told():
    verdict = holders(
        *(joined(1, "A", 1), joined(1, "B", 1), assigned(1, "B", True), joined(9, "A", 2)),
        assigned(9, "A", True),
    )
    assert verdict == Verdict(
        ONE_HOLDER,
        "broken",
        "1 of 2 generations had more.",
        ("generation 1: A and B",),
        {"generations": 2, "double": 1},
    )


def test_a_holder_in_no_known_generation_is_not_counted():
    assert holders(joined(9, "B", 2)).finding == "Nobody was seen to hold it."


def test_without_a_holder_nothing_is_known_of_two():
    history = History([joined(1, "A", 1), assigned(1, "A", False)])
    assert checks.one_leader_in_each_generation(history) == Verdict(
        ONE_HOLDER, "unknown", "Nobody was seen to hold it."
    )


def test_holders_are_told_by_the_brokers_log_alone():
    history = History([joined(1, "B", 1), group_stored(2, 1, "BC", leader="C", holders="CB")])
    verdict = checks.one_leader_in_each_generation(history)
    assert verdict.evidence == ("generation 1: B and faust-C",)


# The broker's log


ONE_MEMBER = "In the broker's log one member at most leads at any time."


def test_the_brokers_leaders_are_told_with_their_generations():
    assert checks.broker_knows_one_leader(four_generations()) == Verdict(
        ONE_MEMBER,
        "held",
        "4 generations.",
        (
            "1.000 to 5.000 s: A, from generation 1",
            "8.000 to 12.000 s: B, from generation 3",
        ),
        {"generations": 4, "double": 0, "without": 1},
    )


def test_two_holders_in_the_brokers_log_are_told():
    history = four_generations(group_stored(15, 5, "AB", leader="A", holders="AB"))
    assert checks.broker_knows_one_leader(history) == Verdict(
        ONE_MEMBER,
        "broken",
        "1 of 5 generations had two.",
        ("15.000 to 20.000 s: A and B (generation 5)",),
        {"generations": 5, "double": 1, "without": 1},
    )


def test_of_a_log_that_was_not_read_or_in_part_nothing_is_known():
    assert checks.broker_knows_one_leader(run_of()) == Verdict(ONE_MEMBER, "unknown", NOT_READ)
    figures = {"generations": 1, "double": 0, "without": 0}
    assert checks.broker_knows_one_leader(read_in_part()) == Verdict(
        ONE_MEMBER, "unknown", IN_PART, (), figures
    )


def test_the_brokers_leader_at_a_time_is_named():
    history = four_generations()
    assert [broker_leader_at(history, time) for time in (0.5, 1, 6, 9, 13)] == [
        *("nobody", "A", "nobody", "B", "nobody")
    ]


# The group leader


GROUP_LEADER = "The group leader is Faust's leader."


def test_a_group_leader_that_does_not_lead_is_told():
    assert checks.group_leader_leads(four_generations()) == Verdict(
        GROUP_LEADER,
        "broken",
        "In 1 of 2 generations they were two workers.",
        (
            "generation 1, from 1.000 s: A computed the assignment, A was given the leader "
            "partition",
            "generation 3, from 8.000 s: A computed the assignment, B was given the leader "
            "partition",
        ),
        {"generations": 2, "differ": 1},
    )


def test_a_group_leader_that_leads_each_time_keeps_the_belief():
    history = run_of(
        *(joined(1, "A", 1), joined(1, "B", 1), group_stored(1, 1, "AB", leader="A")),
        group_stored(5, 2, "BA", leader="B"),
    )
    verdict = checks.group_leader_leads(history)
    assert (verdict.outcome, verdict.figures) == ("held", {"generations": 2, "differ": 0})


@pytest.mark.parametrize(
    ("events", "finding"),
    [
        ([], NOT_READ),
        ([group_stored(1, 1, "A", leader="A")], "No generation had two members and a leader."),
        ([group_stored(1, 1, "AB")], "No generation had two members and a leader."),
    ],
    ids=["not read", "one member", "no leader"],
)
def test_of_the_group_leader_nothing_is_known_without_two_members_and_a_leader(events, finding):
    verdict = checks.group_leader_leads(run_of(*events))
    assert verdict == Verdict(GROUP_LEADER, "unknown", finding)


def test_a_generations_leaders_are_told_by_logs_alone():
    history = History(
        [
            *(joined(1, "A", 1), assigned(1, "A", True), joined(2, "B", 2)),
            *(assigned(2, "B", True), joined(3, "C", 2), assigned(3, "C", True)),
        ]
    )
    verdict = checks.one_leader_in_each_generation(history)
    assert verdict.evidence == ("generation 2: B and C",)
    assert verdict.figures == {"generations": 2, "double": 1}


def test_the_leader_of_a_generation_may_say_so_twice():
    history = History([joined(1, "A", 1), assigned(1, "A", True), assigned(2, "A", True)])
    assert checks.one_leader_in_each_generation(history).outcome == "held"
    unknown = History([joined(1, "A", 1), assigned(1, "A", False)])
    assert checks.one_leader_in_each_generation(unknown).outcome == "unknown"


def test_a_generation_with_members_and_no_holder_is_counted():
    history = History([group_stored(1, 1, "AB"), group_stored(2, 2, "AB", leader="A"), ended(3)])
    verdict = checks.broker_knows_one_leader(history)
    assert verdict.figures == {"generations": 2, "double": 0, "without": 1}
    assert verdict.evidence == ("1.000 to 2.000 s: faust-A, from generation 2",)


PARTLY = (
    checks.broker_knows_one_leader,
    checks.no_stale_publishes,
    checks.views_agree,
    checks.one_effective_publisher,
)


@pytest.mark.parametrize("check", PARTLY)
def test_a_log_that_was_read_in_part_does_not_tell(check):
    verdict = check(read_too_early(20))
    assert verdict.outcome == "unknown"
    assert "read up to generation 1 only" in verdict.finding


@pytest.mark.parametrize("check", PARTLY)
def test_what_was_joined_just_before_the_end_may_not_be_read_yet(check):
    assert check(read_too_early(2)).outcome == "held"


def test_a_breach_in_the_part_that_was_read_stands():
    two = group_stored(1.5, 1, "AB", leader="A", holders="AB")
    history = History([*read_too_early(20), two])
    assert checks.broker_knows_one_leader(history).outcome == "broken"


def judged(*stored):
    joins = [joined(0, name, 1) for name in "ABC"]
    return checks.group_leader_leads(History([*joins, *stored, ended(30)]))


def test_two_in_one_generation_are_told_apart():
    # The first letter is the group leader.
    verdict = judged(group_stored(1, 1, "AB", "A"), group_stored(9, 2, "BC", "C"))
    assert verdict.outcome == "broken"
    assert verdict.figures == {"generations": 2, "differ": 1}
    assert verdict.finding == "In 1 of 2 generations they were two workers."
    assert verdict.evidence[1] == (
        "generation 2, from 9.000 s: B computed the assignment, C was given the leader partition"
    )


def test_one_worker_in_both_roles_keeps_the_claim():
    assert judged(group_stored(1, 1, "AB", "A")).outcome == "held"


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        ((), "was not read"),
        (
            (group_stored(1, 1, "A", "A"), group_stored(2, 2)),
            "No generation had two members and a leader.",
        ),
        ((group_stored(1, 1, "AB"),), "No generation had two members and a leader."),
    ],
)
def test_nothing_is_known_without_two_members_and_both_roles(stored, why):
    verdict = judged(*stored)
    assert verdict.outcome == "unknown"
    assert why in verdict.finding
