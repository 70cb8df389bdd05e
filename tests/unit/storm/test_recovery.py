"""How an election stands at this moment, and what it lacks until all is well again."""

import itertools

import pytest
from histories import (
    assigned,
    exited,
    group_stored,
    interrupted,
    joined,
    left,
    printed,
    published,
    sound_run,
    started,
    stopping,
)

from electionlab.storm.recovery import Recovery

WELL = (
    *(started(0, "A"), started(0, "B"), joined(1, "A", 1), joined(1, "B", 1)),
    *(group_stored(1, 1, "AB", leader="A"), assigned(2, "A", True), assigned(2, "B", False)),
    *(published(3, "A"), printed(3, "B", "a")),
)


def present(*events):
    now = Recovery()
    now.feed(events)
    return now


def lacks(*events, workers="AB", since=0.0):
    return present(*events).missing(set(workers), since)


def test_all_is_well_when_the_one_leader_has_published_and_a_greeting_was_printed():
    assert lacks(*WELL) == ""


@pytest.mark.parametrize(
    ("events", "lack"),
    [
        (WELL[:4], "no generation in the broker's log"),
        (WELL[:5], "A has no partitions in generation 1"),
        (WELL[:6], "B has no partitions in generation 1"),
        (WELL[:7], "A leads and has not published"),
        (WELL[:8], "no greeting was printed"),
    ],
    ids=["not stored", "none assigned", "one not assigned", "not published", "not printed"],
)
def test_what_is_lacking_is_told_step_by_step(events, lack):
    assert lacks(*events) == lack


@pytest.mark.parametrize(
    ("event", "lack"),
    [
        (joined(4, "B", 2), "B is in generation 2, the broker's is 1"),
        (group_stored(4, 2, "A", leader="A"), "A is in generation 1, the broker's is 2"),
        (exited(4, "B"), "B is not in generation 1, the newest in the broker's log"),
        (assigned(4, "A", False), "nobody leads"),
        (assigned(4, "B", True), "B and A leads"),
        (group_stored(4, 1, "AB", leader="B"), "A leads, but not in the broker's log"),
        (joined(4, "B", 1), "B has no partitions in generation 1"),
        (joined(4, "B", 1, "another"), "B is not in generation 1, the newest in the broker's log"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_event_more_and_something_is_lacking(event, lack):
    assert lacks(*WELL, event) == lack


def test_members_that_no_worker_is_behind_are_lacking_nothing_else():
    run = [event for event in WELL if event.worker != "B"]
    assert lacks(*run, workers="A") == "generation 1 has 2 members for 1 worker"


def test_a_leader_that_is_in_no_generation_does_not_lead_in_the_brokers_log():
    strange = started(0, "C"), assigned(4, "C", True), exited(5, "A")
    assert lacks(*WELL, *strange, workers="B").startswith("generation 1 has 2 members")
    alone = group_stored(6, 1, "B", leader="B")
    assert lacks(*WELL, *strange, alone, workers="B") == "C leads, but not in the broker's log"


@pytest.mark.parametrize(("since", "lack"), [(3, ""), (3.1, "A leads and has not published")])
def test_what_was_published_before_the_round_does_not_count(since, lack):
    assert lacks(*WELL, since=since) == lack


def test_what_was_printed_before_the_round_does_not_count():
    assert lacks(*WELL, published(5, "A"), since=4) == "no greeting was printed"
    assert lacks(*WELL, published(5, "A"), printed(4, "A", "b"), since=4) == ""


def test_what_was_published_before_it_led_or_the_group_was_stored_does_not_count():
    again = assigned(4, "A", False), assigned(5, "A", True)
    assert lacks(*WELL, *again) == "A leads and has not published"
    stored_again = group_stored(4, 1, "AB", leader="A")
    assert lacks(*WELL, stored_again) == "A leads and has not published"


def test_the_latest_print_counts_whenever_it_becomes_known():
    assert present(printed(5, "A", "b"), printed(3, "B", "a")).printed_at == 5


def test_of_two_records_at_one_offset_the_later_one_counts():
    older = group_stored(9, 1, "A", leader="A")
    newer = group_stored(5, 2, "B", leader="B")
    assert present(newer, older).group.stored == newer
    same = group_stored(6, 2, "AB", leader="A")
    assert present(newer, same).group.stored == same


@pytest.mark.parametrize("stop", [interrupted, stopping])
def test_who_is_stopping_leads_until_it_leaves_the_group(stop):
    run = [assigned(1, "A", True), stop(2, "A")]
    assert present(*run).leaders == ["A"]
    assert present(*run, left(3, "A")).leaders == []
    assert present(*run, left(3, "B")).leaders == ["A"]


def test_who_stops_without_leading_leaves_as_well():
    assert present(interrupted(2, "A"), left(3, "A")).leaders == []


def test_a_new_life_is_not_stopping():
    run = [interrupted(1, "A"), exited(2, "A"), started(3, "A"), assigned(4, "A", True)]
    assert present(*run, left(5, "A")).leaders == ["A"]


def test_a_new_life_has_joined_nothing():
    assert lacks(*WELL, started(5, "B")) == (
        "B is not in generation 1, the newest in the broker's log"
    )


def test_leaders_are_named_with_the_youngest_first():
    run = [assigned(1, "A", True), assigned(3, "B", True), assigned(2, "C", True)]
    assert present(*run, assigned(9, "A", True)).leaders == ["B", "C", "A"]


def test_the_present_follows_a_run_to_its_recovery():
    present, told = Recovery(), []
    for event in sorted(sound_run(), key=lambda event: event.time):
        present.feed([event])
        if 12 <= event.time <= 14:
            told.append(present.missing({"B"}, since=9.0))
    told = [words for words, _ in itertools.groupby(told)]
    assert told == [
        "B is in generation 1, the broker's is 2",
        "B has no partitions in generation 2",
        "B leads and has not published",
        "no greeting was printed",
        "",
    ]


def test_the_present_knows_two_leaders_and_strangers():
    present = Recovery()
    present.feed([group_stored(1, 1, "ABC", leader="A")])
    present.feed([joined(1, "A", 1), assigned(1.1, "A", True)])
    assert present.missing({"A", "B"}, 0).startswith("B is not in generation 1")
    present.feed([joined(1, "B", 1), assigned(1.2, "B", True)])
    assert present.missing({"A", "B"}, 0) == "generation 1 has 3 members for 2 workers"
    present.feed([joined(1, "C", 1), assigned(1.2, "C", False)])
    assert present.missing({"A", "B", "C"}, 0) == "B and A leads"
    assert present.leaders == ["B", "A"]


def test_without_the_brokers_log_nothing_has_recovered():
    assert Recovery().missing({"A"}, 0) == "no generation in the broker's log"


def test_who_leaves_the_group_without_a_stop_leads_on():
    present = Recovery()
    present.feed([joined(1, "A", 1), assigned(1, "A", True), left(2, "A")])
    assert present.leaders == ["A"]
    present.feed([stopping(3, "A"), left(3.1, "A")])
    assert present.leaders == []


def test_an_ended_worker_leads_no_longer():
    present = Recovery()
    present.feed([joined(1, "A", 1), assigned(1, "A", True), exited(2, "A")])
    assert present.leaders == []
    assert present.missing({"A"}, 0) == "no generation in the broker's log"
    present.feed([group_stored(3, 1, "A", leader="A")])
    told = "A is not in generation 1, the newest in the broker's log"
    assert present.missing({"A"}, 0) == told
