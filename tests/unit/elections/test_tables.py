"""Rounds as tables: a row for each election, also for one that is not here."""

from electionlab.elections import tables
from electionlab.elections.model import ELECTIONS, FAULTS, Observed, Round, Write


def made(election="etcd", fault="freeze", *, leaderless_s=6.0, two_s=0.5, stale=0, passed=0):
    return Round(election, fault, leaderless_s, two_s, 5, stale, passed, 0)


def test_there_is_a_row_for_each_election_in_their_order_and_a_column_for_each_fault():
    table = tables.leaderless([made("redis"), made("faust", leaderless_s=7.0)])
    assert table.heads == ["election", *FAULTS]
    assert table.rows == [["Faust", "–", "–", "7.0 s", "–"], ["Redis", "–", "–", "6.0 s", "–"]]


def test_several_rounds_are_a_median_and_a_range():
    measured = [made(leaderless_s=s) for s in (5.5, 6.0, 6.4)]
    assert tables.leaderless(measured).rows == [["etcd", "–", "–", "6.0 s (5.5 to 6.4)", "–"]]
    assert tables.two_leaders(measured).rows[0][3] == "0.5 s (0.5 to 0.5)"


def test_a_moment_is_not_shown_as_nothing():
    measured = [made(two_s=s) for s in (0.0, 0.004, 0.06)]
    assert tables.two_leaders(measured).rows[0][3] == "<0.1 s (0 to 0.1)"
    assert tables.two_leaders([made(two_s=0.0)] * 3).rows[0][3] == "0 s"


def test_a_round_in_which_nobody_followed_is_told():
    table = tables.leaderless([made(leaderless_s=None), made()])
    assert table.rows[0][3] == "nobody led"


def test_an_election_that_is_not_here_has_the_reason_in_its_row():
    table = tables.late([made()], {"postgresql": "it refuses to run as root"})
    assert table.rows == [
        ["etcd", "–", "–", "0", "–"],
        ["PostgreSQL", "not run: it refuses to run as root", "–", "–", "–"],
    ]


def test_what_came_too_late_is_counted_without_a_check_and_with_one():
    assert tables.late([made(stale=2, passed=1)]).rows[0][3] == "2; checked 1"
    several = [made(stale=2), made(), made(stale=1)]
    assert tables.late(several).rows[0][3] == "3 in 2 of 3 rounds; checked 0"


def test_each_election_says_how_it_is_set():
    assert [row[0] for row in tables.settings().rows] == list(ELECTIONS.values())


def test_the_receivers_order_begins_with_the_fault():
    writes = [
        Write(1.0, "A", 1, 7, True),
        Write(9.0, "B", 2, 8, True),
        Write(9.5, "A", 1, 7, False),
        Write(9.7, "A", 1, 7, True),
    ]
    assert tables.receiver(Observed([(2.0, "A")], [], writes)).rows == [
        ["7.00", "B", "8", "in time"],
        ["7.50", "A", "7", "too late; a check refuses it"],
        ["7.70", "A", "7", "too late; a check takes it"],
    ]
