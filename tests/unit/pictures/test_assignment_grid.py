"""Who was given what in a generation, as a grid."""

from xml.etree import ElementTree

import pytest
from drawings import assert_within
from histories import (
    GREETINGS_TOPIC,
    LEADER_TOPIC,
    joined,
    killed,
    recorded,
    revoked,
    started,
    view,
)

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.pictures.assignment_grid import Assignments, given


def assigned(time, worker, *numbers, leads=False):
    partitions = {GREETINGS_TOPIC: numbers, **({LEADER_TOPIC: (0,)} if leads else {})}
    return ev.PartitionsAssigned(time=time, worker=worker, partitions=partitions)


def two_generations():
    return History(
        [
            started(0, "A"),
            joined(1, "A", 1),
            assigned(1.1, "A", 0, 1, 2, leads=True),
            started(2, "B"),
            revoked(3, "A"),
            joined(3.1, "A", 2),
            joined(3.1, "B", 2),
            assigned(3.2, "A", 0, 1, leads=True),
            assigned(3.3, "B", 2),
            view(4, "B", leads=False, heir=True),
            view(4, "A", leads=True),
            killed(5, "A"),
        ]
    )


def test_each_member_of_a_generation_has_what_it_was_given_in_it():
    history = two_generations()
    (alone,) = given(history, 1)
    assert (alone.worker, alone.partitions, alone.leads) == ("A", (0, 1, 2), True)
    first, second = given(history, 2)
    assert (first.partitions, first.leads, first.heir) == ((0, 1), True, False)
    assert (second.partitions, second.leads, second.heir) == ((2,), False, True)


def test_who_was_not_asked_in_a_generation_is_not_said_to_be_no_standby():
    assert given(two_generations(), 1)[0].heir is None


def test_what_comes_in_a_later_generation_was_not_given_in_this_one():
    history = History([joined(1, "A", 1), joined(2, "A", 2), assigned(3, "A", 4)])
    assert given(history, 1)[0].partitions == ()
    assert given(history, 2)[0].partitions == (4,)


def test_an_answer_from_after_a_generation_says_nothing_of_it():
    history = History(
        [joined(1, "A", 1), assigned(2, "A"), revoked(3, "A"), view(4, "A", False, heir=True)]
    )
    assert given(history, 1)[0].heir is None


def test_a_generation_that_no_log_tells_of_is_an_error():
    with pytest.raises(LabError, match="no assignment of generation 7"):
        Assignments(two_generations(), 7)


def test_the_grid_has_a_field_for_each_partition_and_a_star_for_the_leader():
    root = ElementTree.fromstring(Assignments(two_generations(), 1, 2).svg())
    words = [found.text for found in root.findall("text")]
    assert len(root.findall("rect")) == 3 * (3 + 1)
    assert words.count("★") == 2 + 2  # above the column, and in the leader's field
    assert words.count("☆") == 1
    assert "★ the leader partition · ☆ its standby" in words


@pytest.mark.parametrize("numbers", [(2,), (2, 3, 8)])
def test_the_grid_of_a_recorded_run_is_within_its_bounds(numbers):
    assert_within(ElementTree.fromstring(Assignments(recorded(), *numbers).svg()))


def test_the_same_in_words_and_as_a_table():
    grid = Assignments(two_generations(), 1, 2)
    assert repr(grid) == (
        "In generation 1: A has 0, 1, 2 and is leader. "
        "In generation 2: A has 0, 1 and is leader; B has 2 and is standby."
    )
    assert grid.table().rows == [
        ["1", "A", "0, 1, 2", "leader"],
        ["2", "A", "0, 1", "leader"],
        ["2", "B", "2", "standby"],
    ]
