"""What a former leader publishes too late: known by its place in the topic, not by its time."""

import pytest
from histories import printed, published, stored

from electionlab import checks
from electionlab.checks.delivery import NOT_READ
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
        ("0.5 of generation 7 or so", None),
        ("0.5 of generation 12", 12),
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


def test_a_greeting_without_a_generation_is_passed_over():
    words = [greeting(0, 2), "0.1", greeting(2, 1)]
    history = History([stored(n, text, n) for n, text in enumerate(words)])
    assert [one.greeting.offset for one in stale_stamps(history)] == [2]


def test_it_is_known_which_stale_greetings_were_read():
    stale = stale_stamps(topic(2, 1, 1, read=[0, 2]))
    assert [(one.greeting.offset, one.was_read) for one in stale] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    ("generations", "read", "outcome", "finding", "figures"),
    [
        (
            (1, 1, 2, 2),
            range(4),
            "held",
            "None of the 4 in the topic came too late.",
            {"greetings": 4, "stale": 0, "read": 0},
        ),
        (
            (1, 2, 1),
            (0, 1),
            "held",
            "1 came too late, and their reader refused them.",
            {"greetings": 3, "stale": 1, "read": 0},
        ),
        ((1, 2, 1), (0, 1, 2), "broken", "1 of 3 were.", {"greetings": 3, "stale": 1, "read": 1}),
        (
            (1, 2, 1, 1),
            (0, 1, 3),
            "broken",
            "1 of 4 were.",
            {"greetings": 4, "stale": 2, "read": 1},
        ),
    ],
)
def test_only_what_was_read_breaks_the_promise(generations, read, outcome, finding, figures):
    verdict = checks.no_stale_greeting_is_read(topic(*generations, read=read))
    assert verdict.claim == "No greeting of a former leader is read after one of its successor."
    assert (verdict.outcome, verdict.finding, verdict.figures) == (outcome, finding, figures)
    assert len(verdict.evidence) == figures["stale"]


def test_the_evidence_names_each_stale_greeting_and_whether_it_was_printed():
    verdict = checks.no_stale_greeting_is_read(topic(1, 2, 1, 1, read=[0, 1, 3]))
    assert [(evidence.time, str(evidence)) for evidence in verdict.evidence] == [
        (
            2,
            "0.2 of generation 1 (partition 0, offset 2) stands behind one of generation 2, and "
            "was not printed",
        ),
        (
            3,
            "0.3 of generation 1 (partition 0, offset 3) stands behind one of generation 2, and "
            "was printed",
        ),
    ]


def test_the_evidence_names_the_line_at_which_a_stale_greeting_was_published():
    in_time, late = stored(1, greeting(1, 2), 0), stored(2, greeting(2, 1), 1)
    mine, other = published(1.99, "A", line=7), published(1.98, "B", line=3)
    (told,) = checks.no_stale_greeting_is_read(History([in_time, mine, late])).evidence
    assert told.endswith("not printed; published at 0.990 s, worker A, line 7 of its log")
    (told,) = checks.no_stale_greeting_is_read(History([in_time, other, mine, late])).evidence
    assert told.endswith("not printed"), "either may have been the one"


ONE_GENERATION = "No two greetings name different generations."


@pytest.mark.parametrize(
    ("history", "finding"),
    [
        (History([]), NOT_READ),
        (topic(1, 1, read=[0, 1]), ONE_GENERATION),
        (topic(1), ONE_GENERATION),
    ],
)
def test_without_two_generations_nothing_is_known(history, finding):
    verdict = checks.no_stale_greeting_is_read(history)
    assert verdict.claim == "No greeting of a former leader is read after one of its successor."
    assert (verdict.outcome, verdict.finding) == ("unknown", finding)


def test_greetings_without_a_generation_prove_nothing():
    history = History([stored(1, "0.1", 0), stored(2, "0.2", 1)])
    assert checks.no_stale_greeting_is_read(history).outcome == "unknown"
