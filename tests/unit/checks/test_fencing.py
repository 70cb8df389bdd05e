"""What a former leader publishes too late: known by its place in the topic, not by its time."""

import pytest
from histories import printed, published, stored

from electionlab import checks
from electionlab.checks.fencing import stale_stamps, stamp
from electionlab.history.history import History


def greeting(number, generation):
    return f"0.{number} of generation {generation}"


def topic(*generations, read=(), partition=0):
    """A history whose topic has greetings of these generations in this order."""
    events = [published(0, "A")]
    for offset, generation in enumerate(generations):
        words = greeting(offset, generation)
        event = stored(offset, words, offset)
        events.append(event)
        if offset in read:
            events.append(printed(offset + 0.1, "B", words))
    return History(events)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.5 of generation 7", 7),
        ("0.5 of generation -1", -1),
        ("0.5", None),
        ("of generation", None),
    ],
)
def test_a_greeting_names_its_generation_or_none(text, number):
    assert stamp(text) == number


def test_what_stands_behind_a_later_generation_is_stale():
    history = topic(1, 2, 1, 2, 3, 2, read=[0, 1, 3])
    assert [(one.greeting.offset, one.generation, one.newest) for one in stale_stamps(history)] == [
        (2, 1, 2),
        (5, 2, 3),
    ]


def test_what_was_made_earlier_and_stands_later_is_stale():
    early = stored(1, greeting(9, 1), 2)
    history = History([stored(2, greeting(1, 1), 0), stored(3, greeting(2, 2), 1), early])
    assert [one.greeting for one in stale_stamps(history)] == [early]


def test_partitions_are_orders_of_their_own():
    events = [stored(1, greeting(1, 5), 0)]
    other = stored(2, greeting(2, 4), 0)
    object.__setattr__(other, "partition", 1)
    assert stale_stamps(History([*events, other])) == []


@pytest.mark.parametrize(
    ("generations", "read", "outcome", "figures"),
    [
        ((1, 1, 2, 2), range(4), "held", {"greetings": 4, "stale": 0, "read": 0}),
        ((1, 2, 1), (0, 1), "held", {"greetings": 3, "stale": 1, "read": 0}),
        ((1, 2, 1), (0, 1, 2), "broken", {"greetings": 3, "stale": 1, "read": 1}),
        ((1, 2, 1, 1), (0, 1, 3), "broken", {"greetings": 4, "stale": 2, "read": 1}),
    ],
)
def test_only_what_was_read_breaks_the_promise(generations, read, outcome, figures):
    verdict = checks.no_stale_greeting_is_read(topic(*generations, read=read))
    assert (verdict.outcome, verdict.figures) == (outcome, figures)
    assert len(verdict.evidence) == figures["stale"]


@pytest.mark.parametrize("history", [History([]), topic(1, 1, read=[0, 1]), topic(1)])
def test_without_two_generations_nothing_is_known(history):
    assert checks.no_stale_greeting_is_read(history).outcome == "unknown"


def test_greetings_without_a_generation_prove_nothing():
    history = History([stored(1, "0.1", 0), stored(2, "0.2", 1)])
    assert checks.no_stale_greeting_is_read(history).outcome == "unknown"
