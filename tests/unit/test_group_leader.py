"""The group leader and Faust's leader: the same in a generation, or two."""

import pytest
from literal import ended, group_stored, joined

from electionlab import checks
from electionlab.history import History


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
