"""Rounds of fencing: what belongs to which round, and for how long no greeting was made."""

import pytest
from histories import frozen, printed, published, stored

from electionlab.fencing import tables, verdicts
from electionlab.fencing.model import REMEDIES, Round, rounds
from electionlab.history.history import History


def greeting(time, generation, offset, *, read=True):
    words = f"0.{offset} of generation {generation}"
    events = [published(time, "A"), stored(time, words, offset)]
    return events + ([printed(time + 0.1, "B", words)] if read else [])


EVENTS = [
    *greeting(1, 1, 0),
    frozen(2, "A"),
    *greeting(9, 2, 1),
    *greeting(10, 1, 2, read=False),  # too late, and refused
    *greeting(11, 2, 3),
    frozen(12, "A"),
    *greeting(18, 3, 4),
    *greeting(19, 2, 5),  # too late, and read
]


def test_each_fault_begins_a_round():
    first, second = rounds(History(EVENTS), "stamped_leader", "freeze")
    assert (first.tried, first.stored, first.stale, first.read) == (3, 3, 1, 0)
    assert (second.tried, second.stored, second.stale, second.read) == (2, 2, 1, 1)


def test_a_silence_begins_with_the_last_greeting_before_the_fault():
    first, second = rounds(History(EVENTS), "stamped_leader", "freeze")
    assert first.silence_s == 8
    assert second.silence_s == 7


def test_without_a_greeting_before_the_fault_its_silence_is_unknown():
    unknown, _ = rounds(History(EVENTS[3:]), "stamped_leader", "freeze")
    assert unknown.silence_s is None


def test_what_came_too_late_does_not_shorten_the_silence():
    late = [*greeting(1, 1, 0), frozen(2, "A"), *greeting(9, 2, 1), *greeting(5, 1, 2)]
    (only,) = rounds(History(late), "stamped_leader", "freeze")
    assert only.silence_s == 8


def test_what_was_made_just_before_a_fault_and_held_back_by_it_belongs_to_its_round():
    held_back = [
        *greeting(1, 1, 0),
        *greeting(1.9, 1, 2, read=False),
        frozen(2, "A"),
        *greeting(9, 2, 1),
    ]
    (only,) = rounds(History(held_back), "stamped_leader", "freeze")
    assert (only.stale, only.silence_s) == (1, 8)


def test_a_fault_of_another_kind_is_no_round():
    assert rounds(History(EVENTS), "stamped_leader", "cut") == []


def made(program="stamped_leader", fault="freeze", stale=0, read=0):
    return Round(program, fault, 5, 4, stale, read, 8.0)


@pytest.mark.parametrize(
    ("remedy", "outcome", "stale"),
    [
        ("no remedy", "broken", 3),
        ("a token, checked by the reader", "broken", 1),
        ("a lease", "unknown", None),
        ("a fenced publisher", "held", 0),
    ],
)
def test_a_remedy_is_judged_by_its_own_rounds(remedy, outcome, stale):
    measured = [made(stale=2), made(stale=1, read=1), made("fenced_leader"), made()]
    verdict = verdicts.keeps_stale_greetings_out(measured, remedy)
    assert verdict.outcome == outcome
    assert verdict.figures.get("stale") == stale


def test_a_table_has_a_row_for_each_remedy_and_a_column_for_each_fault_that_was_tried():
    measured = [made(stale=2), made(), made("fenced_leader"), made("fenced_leader", "kill")]
    table = tables.stale(measured)
    assert table.heads == ["remedy", "freeze", "kill"]
    assert [row[0] for row in table.rows] == list(REMEDIES)
    assert table.rows[0][1:] == ["2, in 1 of 2 rounds", "–"]
    assert table.rows[-1][1:] == ["0", "0"]


def test_silences_are_told_by_program():
    assert tables.silences([made(), made("fenced_leader")]).rows == [
        ["stamped_leader.py", "8.0 s (at most 8.0 s)"],
        ["fenced_leader.py", "8.0 s (at most 8.0 s)"],
    ]


def test_the_topic_is_shown_in_its_order():
    rows = tables.topic(History(EVENTS)).rows
    assert [row[0] for row in rows] == list("012345")
    assert [row[3] for row in rows] == [
        *("in time", "in time", "too late, and refused"),
        *("in time", "in time", "too late, and read"),
    ]
