"""Publishes of a worker that was replaced, and what of them reaches the topic: each verdict."""

import dataclasses

import pytest
from histories import (
    assigned,
    cut,
    group_stored,
    joined,
    published,
    run_of,
    stored,
)

from electionlab import checks
from electionlab.checks import Verdict

IN_ONE_GENERATION = (*(joined(1, "A", 1), joined(1, "B", 1), group_stored(1, 1, "AB", leader="A")),)
REPLACED_AT_10 = (joined(10, "B", 2), group_stored(10, 2, "AB", leader="B"))
NOT_READ = "The broker's log of the group was not read."
IN_PART = (
    "The broker's log of the group was read up to generation 1 only, and A was given partitions in "
    "generation 2."
)

# Generations that are over

OVER = "No worker publishes in a generation that is over."


def test_publishes_in_the_groups_generation_keep_the_promise():
    history = run_of(*IN_ONE_GENERATION, published(3, "A"), *REPLACED_AT_10, published(12, "B"))
    assert checks.no_stale_publishes(history) == Verdict(
        OVER, "held", "None of 2 did.", (), {"publishes": 2, "stale": 0, "span_s": 0}
    )


def test_a_publish_in_a_generation_that_is_over_is_told_with_how_long():
    history = run_of(
        *(*IN_ONE_GENERATION, published(3, "A"), *REPLACED_AT_10, published(13.5, "B")),
        *(published(12, "A", line=4), published(13, "A")),
    )
    assert checks.no_stale_publishes(history) == Verdict(
        OVER,
        "broken",
        "2 of 4, up to 3.00 s after the group had gone on.",
        (
            "12.000 s, worker A, line 4 of its log: in generation 1, 2.00 s after the group had "
            "gone on; it was at 2",
            "13.000 s, worker A: in generation 1, 3.00 s after the group had gone on; it was at 2",
            "in all from 10.000 to 13.000 s",
        ),
        {"publishes": 4, "stale": 2, "span_s": 3},
    )


@pytest.mark.parametrize(
    ("events", "finding"),
    [
        ([joined(1, "A", 1), published(3, "A")], NOT_READ),
        (IN_ONE_GENERATION, "Nothing was published in a known generation."),
        (
            [group_stored(1, 1, "A", leader="A"), published(2, "A")],
            "Nothing was published in a known generation.",
        ),
    ],
    ids=["log not read", "no publish", "no generation"],
)
def test_without_the_log_or_publishes_nothing_is_known_of_stale_ones(events, finding):
    assert checks.no_stale_publishes(run_of(*events)) == Verdict(OVER, "unknown", finding)


def test_only_publishes_in_a_known_generation_are_counted():
    history = run_of(published(0.5, "A"), *IN_ONE_GENERATION, published(4, "A"))
    verdict = checks.no_stale_publishes(history)
    assert (verdict.outcome, verdict.figures["publishes"]) == ("held", 1)


def test_of_stale_publishes_nothing_is_known_where_the_log_was_read_in_part():
    later = joined(9, "A", 2), assigned(9, "A", True)
    history = run_of(*IN_ONE_GENERATION, published(3, "A"), *later)
    figures = {"publishes": 1, "stale": 0, "span_s": 0}
    assert checks.no_stale_publishes(history) == Verdict(OVER, "unknown", IN_PART, (), figures)


# What reaches the topic

TOPIC = "Only greetings of the broker's leader reach the topic."


def reached(*events):
    return checks.one_effective_publisher(run_of(*events))


def test_greetings_of_the_brokers_leader_keep_the_promise():
    verdict = reached(*IN_ONE_GENERATION, published(3, "A"), stored(3, "a", 0), stored(20, "b", 1))
    figures = {"greetings": 2, "stale": 0, "uncertain": 0, "untraced": 1}
    finding = "None of 2 was made by another worker."
    assert verdict == Verdict(TOPIC, "held", finding, (), figures)


def test_greetings_of_a_replaced_leader_are_told_and_uncertain_ones_after_them():
    verdict = reached(
        *(*IN_ONE_GENERATION, published(3, "A"), stored(3, "a", 0), *REPLACED_AT_10),
        *(published(12, "A", line=5), stored(12, "b", 1)),
        *(published(14, "A"), published(13.9, "B"), stored(14, "c", 2)),
    )
    assert verdict == Verdict(
        TOPIC,
        "broken",
        "Made by a worker that did not lead in the broker's eyes: 1 of 3.",
        (
            "b (partition 0, offset 1) published at 12.000 s, worker A, line 5 of its log, while "
            "the broker's leader was B",
            "uncertain: c (partition 0, offset 2) published at 14.000 s, worker A, while the "
            "broker's leader was B",
        ),
        {"greetings": 3, "stale": 1, "uncertain": 1, "untraced": 0},
    )


def test_greetings_that_cannot_be_traced_tell_nothing():
    figures = {"greetings": 1, "stale": 0, "uncertain": 0, "untraced": 1}
    assert reached(*IN_ONE_GENERATION, stored(20, "b", 1)) == Verdict(
        TOPIC, "unknown", "No greeting could be traced.", (), figures
    )


@pytest.mark.parametrize(
    ("events", "finding"),
    [
        (IN_ONE_GENERATION, "What the broker stored was not read."),
        ([published(3, "A"), stored(3, "a", 0)], NOT_READ),
    ],
    ids=["topic not read", "log not read"],
)
def test_without_topic_and_log_nothing_is_known_of_what_reaches_it(events, finding):
    assert reached(*events) == Verdict(TOPIC, "unknown", finding)


def at(partition, offset, greeting):
    return dataclasses.replace(stored(1, greeting, offset), partition=partition)


def test_a_stale_publish_counts_from_when_the_group_had_gone_on():
    history = run_of(
        *(joined(1, "A", 1), group_stored(1, 1, "A", leader="A"), cut(5, "A")),
        *(joined(9, "B", 2), group_stored(10, 2, "B", leader="B"), assigned(10, "B", True)),
        *(published(9.5, "A"), published(11.5, "A", line=7), group_stored(12, 3, "B", leader="B")),
        *(published(13.5, "A"), joined(16, "A", 4), published(17, "A")),
    )
    verdict = checks.no_stale_publishes(history)
    assert verdict.figures == {"publishes": 4, "stale": 2, "span_s": 3.5}
    assert verdict.evidence == (
        "11.500 s, worker A, line 7 of its log: in generation 1, 1.50 s after the group had gone "
        "on; it was at 2",
        "13.500 s, worker A: in generation 1, 3.50 s after the group had gone on; it was at 3",
        "in all from 10.000 to 13.500 s",
    )


def test_a_stale_greeting_is_told_with_its_publisher():
    history = run_of(
        *(joined(1, "A", 1), joined(9, "B", 2), group_stored(1, 1, "AB", leader="A")),
        *(group_stored(10, 2, "B", leader="B"), published(8, "A"), published(12, "A", line=5)),
        *(stored(8.001, "0.1", 1), stored(12.001, "0.2", 2), stored(15, "0.3", 3)),
    )
    verdict = checks.one_effective_publisher(history)
    assert verdict.figures == {"greetings": 3, "stale": 1, "uncertain": 0, "untraced": 1}
    assert verdict.evidence == (
        "0.2 (partition 0, offset 2) published at 12.000 s, worker A, line 5 of its log, while the "
        "broker's leader was B",
    )


def test_of_two_greetings_of_about_the_same_time_one_is_stale_whichever_it_is():
    history = run_of(
        *(joined(1, "A", 1), joined(9, "B", 2), group_stored(1, 1, "AB", leader="A")),
        *(group_stored(10, 2, "B", leader="B"), published(12, "A"), published(12.004, "B")),
        *(stored(12.005, "0.2", 2), stored(12.006, "0.3", 3)),
    )
    verdict = checks.one_effective_publisher(history)
    assert (verdict.figures["stale"], verdict.figures["uncertain"]) == (1, 0)
    assert not verdict.evidence[0].startswith("uncertain")


def test_of_two_greetings_around_a_change_of_leader_none_is_called_stale():
    history = run_of(
        *(joined(1, "A", 1), joined(9, "B", 2), group_stored(1, 1, "AB", leader="A")),
        *(published(11.99, "A"), group_stored(11.995, 2, "B", leader="B"), published(12, "B")),
        *(stored(12.001, "0.2", 2), stored(12.002, "0.3", 3)),
    )
    verdict = checks.one_effective_publisher(history)
    assert (verdict.outcome, verdict.figures["uncertain"]) == ("unknown", 1)


def test_a_greeting_of_an_uncertain_publisher_is_not_called_stale():
    history = run_of(
        *(joined(1, "A", 1), joined(9, "B", 2), group_stored(1, 1, "AB", leader="A")),
        *(group_stored(10, 2, "B", leader="B"), published(12, "A"), published(11.95, "B")),
        stored(12.001, "0.2", 2),
    )
    verdict = checks.one_effective_publisher(history)
    assert (verdict.outcome, verdict.figures["uncertain"]) == ("unknown", 1)
    assert verdict.finding == "Perhaps made by another worker: 1 of 1."
    assert verdict.evidence[0].startswith(
        "uncertain: 0.2 (partition 0, offset 2) published at 12.000 s"
    )
