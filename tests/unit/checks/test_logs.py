"""What no log tells of may have happened, where the logs are not whole: a full disk, for one."""

import dataclasses

import pytest
from histories import committed, given, group_stored, joined, printed, published, run_of, stored

from electionlab import checks
from electionlab.checks.logs import unlogged
from electionlab.history import events as ev

FULL = ev.WitnessFailed(time=5, worker="lab", asked="log", why="the disk of the logs was full")
LOST = (
    *(group_stored(1, 1, "A", leader="A"), joined(1, "A", 1), given(1, "A", 0)),
    *(published(2, "A"), stored(2, "a", 0), printed(2.1, "A", "a")),
    *(published(4, "A"), stored(4, "b", 1), committed(6, 2)),
)
"""The greeting b was committed past, and no log tells that it was printed."""


def test_where_the_logs_are_whole_what_is_in_none_is_lost():
    history = run_of(*LOST)
    assert unlogged(history) == ""
    assert checks.no_greeting_is_lost(history).outcome == "broken"
    assert checks.each_greeting_printed_once(history).outcome == "broken"


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([FULL], "at 5.000 s the disk of the logs was full"),
        ([stored(8, "c", 2), printed(8.1, "A", "c")], "no log tells who published 1 of 3"),
        (
            [dataclasses.replace(group_stored(10, 2, "AB", leader="A"), workers=("A", "B"))],
            "B was a member of generation 2, and its log says nothing of that",
        ),
    ],
)
def test_where_they_are_not_it_may_have_been_printed(events, words):
    history = run_of(*LOST, *events)
    for check in checks.no_greeting_is_lost, checks.each_greeting_printed_once:
        verdict = check(history).expect("unknown")
        assert words in verdict.finding
        assert verdict.figures["lost"] == 1


def test_a_greeting_that_two_printed_is_broken_whatever_else_is_in_no_log():
    history = run_of(*LOST, FULL, printed(9, "B", "a"))
    assert checks.each_greeting_printed_once(history).outcome == "broken"


def test_a_stretch_need_not_have_the_publish_of_its_first_greeting():
    history = run_of(*LOST).between(4 + 0.001, 40)
    assert unlogged(history) == ""
