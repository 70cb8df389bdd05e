"""Whether an election went on as it was."""

import pytest
from histories import (
    assigned,
    broker_started,
    broker_stopped,
    ended,
    ending,
    exited,
    group_stored,
    joined,
    recorded,
    run_of,
    stale_run,
    started,
)

from electionlab.checks import stays_in_one_generation, stays_with_one_leader
from electionlab.history.history import History

ONE = [group_stored(1, 4, "AB", "A"), joined(1, "A", 4), joined(1, "B", 4)]


def test_one_generation_is_one():
    verdict = stays_in_one_generation(run_of(*ONE)).expect("held")
    assert verdict.finding == "It was generation 4."
    assert verdict.evidence == ("1.000 to 40.000 s: generation 4, of A, B",)
    assert verdict.figures == {"more": 0}


def test_each_generation_after_the_first_is_counted_with_its_members():
    history = run_of(*ONE, group_stored(7, 5, "B", "B"), group_stored(9, 6))
    verdict = stays_in_one_generation(history).expect("broken")
    assert verdict.finding == "2 more followed."
    assert verdict.evidence[1:] == (
        "7.000 to 9.000 s: generation 5, of B",
        "9.000 to 40.000 s: generation 6, of nobody",
    )
    assert verdict.evidence[1].time == 7
    assert verdict.figures == {"more": 2}


def test_a_generation_stored_once_more_is_the_same_one():
    stays_in_one_generation(run_of(*ONE, group_stored(7, 4, "AB", "A"))).expect("held")


def test_a_generation_of_another_kafka_is_another_one_though_the_number_is_the_same():
    begun = run_of(
        *ONE, broker_stopped(5), broker_started(6, fresh=True), group_stored(8, 4, "AB", "A")
    )
    assert stays_in_one_generation(begun).expect("broken").figures == {"more": 1}


@pytest.mark.parametrize(("time", "outcome"), [(20.0, "broken"), (20.001, "held")])
def test_a_generation_that_comes_after_the_end_of_the_run_does_not_count(time, outcome):
    stays_in_one_generation(run_of(*ONE, ending(20), group_stored(time, 5))).expect(outcome)


def test_a_log_that_was_not_read_says_nothing():
    verdict = stays_in_one_generation(run_of()).expect("unknown")
    assert verdict.finding == "The broker's log of the group was not read."


def test_a_log_that_was_read_in_part_shows_what_it_shows():
    later = [joined(9, "B", 6), assigned(9, "B", True)]
    unread = stays_in_one_generation(run_of(*ONE, *later)).expect("unknown")
    assert "B was given partitions in generation 6" in unread.finding
    stays_in_one_generation(run_of(*ONE, group_stored(7, 5, "B"), *later)).expect("broken")


def test_one_leader_is_one_however_often_it_is_given_leadership():
    begun = [started(0, "A"), joined(1, "A", 1), assigned(1, "A", True)]
    again = [started(6, "A"), joined(7, "A", 2), assigned(7, "A", True)]
    history = History([*begun, exited(5, "A"), *again, ended(40)])
    verdict = stays_with_one_leader(history).expect("held")
    assert verdict.finding == "It was A."
    assert verdict.figures == {"leaders": 1, "leaderships": 2}
    assert verdict.evidence == (
        "1.000 to 5.000 s: A, generation 1",
        "7.000 to 40.000 s: A, generation 2",
    )


def test_two_leaders_are_named_in_their_order():
    verdict = stays_with_one_leader(History(stale_run())).expect("broken")
    assert verdict.finding == "A, then B."
    assert verdict.figures == {"leaders": 2, "leaderships": 2}
    assert [(each.time, each.worker) for each in verdict.evidence] == [(1, "A"), (10.05, "B")]


@pytest.mark.parametrize(("time", "outcome"), [(20.0, "broken"), (20.001, "held")])
def test_a_leader_after_the_end_of_the_run_does_not_count(time, outcome):
    late = run_of(joined(1, "A", 1), ending(20), joined(time, "B", 2), assigned(time, "B", True))
    stays_with_one_leader(late).expect(outcome)


def test_without_a_leader_nothing_is_known():
    nobody = History([started(0, "A"), ended(9)])
    assert stays_with_one_leader(nobody).expect("unknown").finding == "Nobody ever led."


def test_the_recorded_run_had_more_than_one_of_both():
    stays_with_one_leader(recorded()).expect("broken")
