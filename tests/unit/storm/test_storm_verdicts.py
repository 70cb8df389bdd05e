"""What a storm came to: its invariants, what was found, and the rows that are told of it."""

import pytest
from histories import (
    assigned,
    committed,
    cut,
    ended,
    exited,
    group_stored,
    joined,
    killed,
    printed,
    published,
    run_of,
    started,
    stored,
)
from storms import begun, over

from electionlab import checks
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.storm import judge, promises
from electionlab.storm.judge import Finding, Row


def storm(*events):
    """A leads, publishes and prints all the time, in one round; and more."""
    run = [started(0, "A"), started(0, "B"), joined(1, "A", 1), joined(1, "B", 1)]
    run += [group_stored(1, 1, "AB", leader="A"), assigned(1, "A", True), assigned(1, "B", False)]
    run += [begun(1.5, 1), over(9, 1)]
    for number in range(4):
        time = 2 + 2 * number
        run += [published(time, "A"), stored(time, f"0.{number}", number)]
        run += [printed(time + 0.1, "AB"[number % 2], f"0.{number}")]
    return History([*run, committed(9, 4), *events, ended(12)])


def row(judgement, check):
    (found,) = [row for row in judgement.rows if row.check == check.__name__]
    return found


def test_each_check_has_a_row_in_order():
    judgement = judge.judge(storm())
    assert [row.check for row in judgement.rows] == [
        *("recovers_after_each_round", "only_the_leader_publishes"),
        *("one_leader_in_each_generation", "broker_knows_one_leader"),
        *("new_leader_after_each_loss", "at_most_one_leader", "views_agree", "always_a_leader"),
        *("leader_moved_only_for_a_reason", "no_stale_publishes", "one_effective_publisher"),
        *("no_greeting_is_lost", "each_greeting_printed_once", "printed_in_order"),
        *("nobody_ends_by_itself", "publishes_at_interval", "greetings_spread"),
        "each_worker_has_partitions",
    ]
    assert judgement.passed


def test_a_row_has_what_the_check_found_and_how_often_for_which_cause():
    judgement = judge.judge(storm(exited(7, "B"), exited(10, "A"), cut(6.5, "B")))
    assert row(judgement, promises.recovers_after_each_round) == Row(
        "recovers_after_each_round", "held", "1 round.", {}
    )
    assert row(judgement, promises.nobody_ends_by_itself) == Row(
        "nobody_ends_by_itself", "broken", "2 did.", {"cut": 1, "": 1}
    )
    assert row(judgement, checks.publishes_at_interval) == Row(
        "publishes_at_interval", "held", "median 2.00 s (2.00 to 2.00 s, 3 times).", {}
    )


def test_figures_are_named_by_their_check():
    figures = judge.judge(storm()).figures
    assert figures["recovers_after_each_round.rounds"] == 1
    assert figures["only_the_leader_publishes.publishes"] == 4
    assert figures["no_greeting_is_lost.stored"] == 4
    assert "publishes_at_interval.median_s" not in figures


def test_a_broken_invariant_is_found_when_its_first_evidence_was():
    judgement = judge.judge(storm(published(7, "B"), published(8.5, "B")))
    (found,) = [one for one in judgement.findings if one.check == "only_the_leader_publishes"]
    assert found == Finding(
        "only_the_leader_publishes",
        7,
        "2 of 6 came from a worker that did not lead.; 7.000 s, worker B; 8.500 s, worker B",
    )


@pytest.mark.parametrize("time", [7.00049, 1_795_647_013.000_6])
def test_a_finding_has_the_time_of_its_event_and_not_that_of_the_words(time):
    history = run_of(begun(time - 2, 1), over(time, 1, "nobody leads"))
    (found,) = [
        one for one in judge.judge(history).findings if one.check == "recovers_after_each_round"
    ]
    assert found.time == time


def test_of_much_evidence_the_first_five_pieces_are_told():
    strangers = [published(3 + number, "B") for number in range(6)]
    judgement = judge.judge(storm(*strangers))
    (found,) = [one for one in judgement.findings if one.check == "only_the_leader_publishes"]
    assert found.words.count("worker B") == 5
    assert "7.000 s" in found.words
    assert "8.000 s, worker B" not in found.words


def test_a_broken_invariant_whose_evidence_has_no_time_is_found_at_the_end():
    two = assigned(5, "B", True), assigned(5.1, "B", False)
    judgement = judge.judge(storm(*two))
    (found,) = [one for one in judgement.findings if one.check == "one_leader_in_each_generation"]
    assert (found.time, found.words) == (
        12,
        "1 of 1 generations had more.; generation 1: A and B",
    )


def test_a_breach_without_a_cause_is_found_when_it_began():
    judgement = judge.judge(storm(exited(7, "B")))
    assert [one for one in judgement.findings if one.check == "nobody_ends_by_itself"] == [
        Finding("nobody_ends_by_itself", 7, "7.000 s: B ended by itself")
    ]
    assert not judgement.passed


def test_a_breach_with_a_cause_is_no_finding():
    judgement = judge.judge(storm(cut(6.5, "B"), exited(7, "B")))
    assert judgement.passed


def test_what_was_not_watched_is_found_at_the_end():
    run = [event for event in storm() if not isinstance(event, ev.OffsetCommitted)]
    findings = judge.judge(History(run)).findings
    assert findings == (
        Finding(
            "history",
            12,
            "It cannot be judged: the commits in the broker's log were not read.",
        ),
    )


def test_an_invariant_of_which_nothing_is_known_is_found():
    run = [event for event in storm() if not isinstance(event, ev.Published)]
    findings = judge.judge(History(run)).findings
    assert ("only_the_leader_publishes", "Nothing was published.") in {
        (one.check, one.words) for one in findings
    }


def test_a_lost_greeting_is_found_once():
    lost = published(8.5, "A"), stored(8.5, "lost", 4), committed(10, 5)
    judgement = judge.judge(storm(*lost))
    assert {one.check for one in judgement.findings} == {"no_greeting_is_lost"}
    assert row(judgement, checks.each_greeting_printed_once).outcome == "broken"
    assert row(judgement, checks.each_greeting_printed_once).causes == {}


def test_a_leader_that_was_killed_and_replaced_is_explained():
    successor = [killed(5, "A"), exited(5, "A", 137), joined(7, "B", 2)]
    successor += [group_stored(7, 2, "B", leader="B"), assigned(7, "B", True), published(7.5, "B")]
    run = [event for event in storm(*successor) if event.time < 5 or event.worker != "A"]
    judgement = judge.judge(History([*run, killed(5, "A"), exited(5, "A", 137)]))
    moved = row(judgement, checks.leader_moved_only_for_a_reason)
    assert (moved.outcome, moved.causes) == ("held", {"kill -9": 1})


def test_causes_are_told_with_the_most_frequent_first():
    assert judge.counted({"freeze": 2, "": 1, "cut": 2, "outage": 3}) == (
        "outage (3), cut (2), freeze (2), NOTHING (1)"
    )
    assert judge.counted({}) == ""


def test_the_table_has_a_line_for_each_check():
    table = judge.judge(storm(exited(7, "B"))).table()
    assert table.heads == ["check", "outcome", "breaches", "explained by"]
    lines = {line[0]: line[1:] for line in table.rows}
    assert lines["nobody_ends_by_itself"] == ["broken", "1", "NOTHING (1)"]
    assert lines["views_agree"] == ["held", "", ""]


@pytest.mark.parametrize(("time", "number"), [(1, 0), (1.5, 1), (12, 1)])
def test_a_time_falls_into_the_round_that_began_last(time, number):
    assert judge.round_at(storm(), time) == number
