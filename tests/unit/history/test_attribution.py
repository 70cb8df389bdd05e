"""Who published a greeting: the nearest publish in time that no other greeting took."""

import pytest
from histories import (
    cut,
    healed,
    printed,
    published,
    recorded,
    run_of,
    started,
    stored,
)

from electionlab.history import events as ev
from electionlab.history.history import History


def names(*events):
    history = run_of(*events)
    found = [history.publisher_of(event) for event in events if hasattr(event, "offset")]
    return [publisher and (publisher.worker, publisher.certain) for publisher in found]


def test_a_greeting_that_nobody_published_does_not_hide_the_next():
    events = [stored(5, "a"), published(9, "A"), stored(9.1, "b", 1)]
    assert names(*events) == [None, ("A", True)]


def test_each_publish_is_taken_once():
    events = [published(9, "A"), stored(9.01, "a"), stored(9.02, "b", 1)]
    assert names(*events) == [("A", True), None]


def test_the_nearer_of_two_workers_is_taken_and_uncertain():
    events = [published(9, "A"), published(9.05, "B"), stored(9.06, "a"), stored(9.07, "b", 1)]
    assert names(*events) == [("B", False), ("A", False)]


def arrived(*events):
    history = run_of(*events)
    return [history.publisher_of(event).arrived for event in events if hasattr(event, "offset")]


def test_as_many_greetings_as_publishes_have_all_arrived():
    both = [published(9, "A"), published(9.05, "B")]
    assert arrived(*both, stored(9.06, "a"), stored(9.07, "b", 1)) == [True, True]
    assert arrived(*both, stored(9.06, "a")) == [False]


def test_greetings_that_share_a_publish_are_counted_together():
    three = [published(9, "A"), published(9.2, "B"), published(9.4, "A")]
    assert arrived(*three, stored(9.205, "a"), stored(9.405, "b", 1)) == [False, False]
    alone = [published(5, "A"), published(5.001, "B"), stored(5.002, "c", 2)]
    assert arrived(*alone, *three, stored(9.205, "a"), stored(9.405, "b", 1)) == [False] * 3


def test_two_publishes_of_one_worker_leave_no_doubt():
    events = [published(9, "A"), published(9.05, "A"), stored(9.06, "a")]
    assert names(*events) == [("A", True)]


def test_a_publish_that_was_taken_for_certain_is_no_rival():
    events = [published(9, "A"), stored(9.01, "a"), published(9.2, "B"), stored(9.21, "b", 1)]
    assert names(*events) == [("A", True), ("B", True)]


def publisher(history, greeting):
    found = history.publisher_of(greeting)
    return found and (found.worker, found.certain)


@pytest.mark.parametrize(
    ("offset_s", "worker"),
    [(0, "A"), (0.001, "A"), (0.24, "A"), (-0.005, "A"), (0.3, None), (-0.05, None)],
)
def test_a_greeting_is_of_who_published_just_before(offset_s, worker):
    greeting = stored(5 + offset_s, "0.1")
    found = History([published(5, "A"), greeting]).publisher_of(greeting)
    assert (found.worker if found else None) == worker


def test_the_nearest_of_two_publishers_is_taken_and_called_uncertain():
    first, second = stored(5.011, "0.1"), stored(9.001, "0.2")
    history = History(
        [*(published(5, "A"), published(5.01, "B"), published(9, "A")), first, second]
    )
    assert publisher(history, first) == ("B", False)
    assert publisher(history, second) == ("A", True)


def test_a_publish_taken_for_certain_is_no_rival():
    first, second = stored(5.001, "0.1"), stored(5.051, "0.2")
    history = History([published(5, "A"), published(5.05, "B"), first, second])
    assert publisher(history, first) == ("A", True)
    assert publisher(history, second) == ("B", True)


def test_a_publish_makes_one_greeting():
    first, second = stored(5.001, "0.1"), stored(5.002, "0.2", 1)
    history = History([published(5, "A"), first, second])
    assert publisher(history, first) == ("A", True)
    assert publisher(history, second) is None


def test_each_recorded_greeting_has_a_certain_publisher():
    history = recorded()
    found = [history.publisher_of(greeting) for greeting in history.of(ev.GreetingStored)]
    assert len(found) == 17
    assert all(told and told.certain for told in found)
    assert len({told.published for told in found}) == 17


# What is known of whoever is cut off


BOTH = [published(9, "A"), published(9.001, "B"), stored(9.001, "a"), stored(9.002, "b", 1)]


def test_what_is_printed_while_a_worker_is_cut_off_is_not_its_own():
    """B published at the very millisecond, but A's greeting is the one that could be read."""
    events = [cut(5, "B"), *BOTH, printed(9.01, "C", "a"), healed(12, "B"), printed(12.1, "C", "b")]
    assert names(*events) == [("A", True), ("B", True)]


def test_what_is_printed_once_the_network_is_mended_may_be_anybodys():
    later = [printed(12.1, "C", "a"), printed(12.2, "C", "b")]
    events = [cut(5, "B"), *BOTH, healed(12, "B"), *later]
    assert [found[1] for found in names(*events)] == [False, False]


def test_a_cut_that_comes_after_the_publish_says_nothing():
    events = [*BOTH, cut(9.005, "B"), printed(9.01, "C", "a"), printed(9.02, "C", "b")]
    assert [found[1] for found in names(*events)] == [False, False]


def test_a_cut_counts_from_when_it_took_effect_until_its_end_was_requested():
    events = [cut(5, "B", effective=5.5), healed(12, "B", effective=12.5), cut(20, "B")]
    cuts = History([*events, printed(30, "A", "a")]).cut_off
    assert [(span.start, span.end) for span in cuts] == [(5.5, 12), (20, 30)]


def test_a_new_process_is_not_cut_off():
    (span,) = History([cut(5, "B"), started(7, "B")]).cut_off
    assert (span.start, span.end) == (5, 7)
