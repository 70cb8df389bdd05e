"""Commits of the greetings, and of nothing else, say what was done with them."""

import dataclasses

from histories import LEADER_TOPIC, committed, group_stored, printed, stored

from electionlab import checks
from electionlab.history.commits import Commits
from electionlab.history.history import History


def test_a_commit_of_fausts_own_topic_says_nothing_of_the_greetings():
    own = dataclasses.replace(committed(5, 9), topic=LEADER_TOPIC)
    run = [group_stored(0, 1, "A", leader="A"), stored(1, "a", 0), printed(2, "A", "a")]
    run += [committed(3, 1), stored(4, "b", 1), own]
    assert checks.no_greeting_is_lost(History(run)).figures == {
        "stored": 2,
        "lost": 0,
        "waiting": 1,
    }
    assert not Commits(History([own]))


def test_each_partition_has_its_own_commits():
    commits = Commits(History([committed(1, 5, partition=0), committed(2, 3, partition=1)]))
    assert (commits.at(0, 2), commits.at(1, 2), commits.at(2, 2)) == (5, 3, 0)


def test_a_commit_counts_from_when_it_was_stored():
    commits = Commits(History([committed(1, 5), committed(3, 8)]))
    assert [commits.at(0, time) for time in (0.9, 1, 2.9, 3)] == [0, 5, 5, 8]


def test_a_commit_names_the_first_offset_that_is_not_done_with():
    commits = Commits(History([committed(1, 5), committed(3, 8), committed(4, 9)]))
    past = [commits.passed_at(stored(0, "a", offset)) for offset in (4, 5, 7, 8, 9)]
    assert past == [1, 3, 3, 4, None]
    elsewhere = dataclasses.replace(stored(0, "a", 0), partition=1)
    assert commits.passed_at(elsewhere) is None
