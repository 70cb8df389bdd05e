"""The group over time: what the broker stored, what workers believe, and who published."""

import dataclasses

import pytest
from literal import (
    blocked,
    broker_killed,
    broker_started,
    cut,
    ended,
    exited,
    frozen,
    group_stored,
    healed,
    interrupted,
    joined,
    killed,
    published,
    recorded,
    sound_run,
    started,
    stored,
    thawed,
)

from electionlab import events as ev
from electionlab.history import Fault, History, Span, StoredGeneration

# What the broker stored


def test_a_stored_generation_counts_until_the_next_one():
    history = History(sound_run())
    assert history.stored_generations == [
        StoredGeneration(1, 1, 12, "A", ("A", "B"), "A", ("A",)),
        StoredGeneration(2, 12, 21, "B", ("B",), "B", ("B",)),
        StoredGeneration(3, 21, 22, None, (), None, ()),
    ]


def test_a_member_that_no_log_has_keeps_its_id():
    told = History([group_stored(1, 4, "XA", leader="X"), joined(1, "A", 4)]).stored_generations[0]
    assert (told.leader, told.group_leader, told.holders) == ("faust-X", "faust-X", ("faust-X",))
    assert told.members == ("A", "faust-X")


def test_a_leader_holds_the_leader_topic_where_an_old_history_tells_no_holders():
    event = dataclasses.replace(group_stored(1, 1, "AB", leader="A"), holders=())
    (told,) = History([event, joined(1, "A", 1)]).stored_generations
    assert told.holders == ("A",)


def test_a_worker_has_a_member_id_for_each_life():
    history = History(
        [
            *(joined(1, "A", 1, "first"), joined(5, "A", 2, "second")),
            ev.GroupStored(
                time=6,
                worker="kafka",
                generation=2,
                members=("second", "first"),
                group_leader="second",
                leader="first",
            ),
        ]
    )
    assert history.stored_generations[0].members == ("A", "A")
    assert history.stored_generations[0].leader == "A"


def test_the_worker_that_the_broker_tells_of_counts():
    told = ev.GroupStored(
        time=6,
        worker="kafka",
        generation=2,
        members=("one", "two"),
        workers=("A", ""),
        group_leader="two",
        leader="one",
    )
    stored_generation = History([told, joined(5, "B", 2, "two")]).stored_generations[0]
    assert stored_generation.members == ("A", "B")
    assert (stored_generation.leader, stored_generation.group_leader) == ("A", "B")


def test_a_member_is_named_by_the_broker_by_its_log_or_by_its_id():
    told = dataclasses.replace(group_stored(1, 1, "AB"), workers=("6066", ""))
    history = History([told, joined(2, "6067", 1, "faust-B")])
    names = [history.name_of(f"faust-{letter}") for letter in "ABC"]
    assert names == ["6066", "6067", "faust-C"]


def test_the_broker_s_leader_leads_until_another_is_stored():
    history = History(
        [
            *(joined(0, worker, 1) for worker in "AB"),
            group_stored(1, 1, "A", leader="A"),
            group_stored(2, 2, "AB", leader="A"),
            group_stored(5, 3, "AB", leader="B"),
            group_stored(7, 4),
            group_stored(8, 5, "A", leader="A"),
            ended(9),
        ]
    )
    assert history.broker_leaderships == [
        Span("A", 1, 5, True, 1),
        Span("B", 5, 7, True, 3),
        Span("A", 8, 9, False, 5),
    ]


def test_the_group_s_generation_is_the_last_one_stored():
    history = History(sound_run())
    assert history.group_generation(0.9) is None
    numbers = [history.group_generation(time).number for time in (1, 11.9, 12, 30)]
    assert numbers == [1, 1, 2, 3]


def test_without_the_broker_s_log_nothing_is_known_of_the_group():
    history = recorded()
    assert (history.stored_generations, history.broker_leaderships) == ([], [])
    assert history.group_generation(history.end) is None


# What a worker believes


def test_a_worker_believes_itself_in_the_generation_it_joined_last():
    history = History([joined(1, "A", 3), joined(5, "A", 4), joined(3, "B", 9)])
    asked = [history.generation_of("A", time) for time in (0.9, 1, 4.9, 5, 99)]
    assert asked == [None, 3, 3, 4, 4]
    assert history.generation_of("C", 5) is None


def test_a_new_life_believes_nothing_before_it_has_joined():
    history = History(
        [
            *(started(0, "A"), joined(1, "A", 3), exited(4, "A")),
            *(started(6, "A"), joined(8, "A", 5), ended(9)),
        ]
    )
    asked = [history.generation_of("A", time) for time in (2, 5, 7, 8)]
    assert asked == [3, None, None, 5]


# Who published


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


# Faults and their spans


def test_a_cut_ends_with_healing_or_exit():
    history = History([cut(1, "A"), cut(2, "B"), healed(4, "A"), exited(5, "B"), cut(6, "A")])
    assert history.cuts == [
        *(Span("A", 1, 4), Span("B", 2, 5), Span("A", 6, 6, end_is_known=False))
    ]


def test_a_block_ends_by_itself_or_with_the_worker():
    history = History(
        [
            *(started(0, "A"), started(0, "B"), blocked(2, "A", 3), blocked(2, "B", 3)),
            *(exited(4, "B"), blocked(8, "A", 5), ended(9)),
        ]
    )
    assert history.blocks == [
        *(Span("A", 2, 5), Span("B", 2, 4), Span("A", 8, 9, end_is_known=False))
    ]


def test_an_outage_goes_on_until_that_broker_answers():
    history = History(
        [
            *(broker_killed(1, 1), broker_killed(2, 2), broker_started(4, 1, effective=5.5)),
            *(broker_started(6, 2), broker_killed(7, 2), ended(9)),
        ]
    )
    assert history.broker_outages == [
        Span("broker 1", 1, 5.5),
        Span("broker 2", 2, 6),
        Span("broker 2", 7, 9, end_is_known=False),
    ]


def test_a_span_lasts_until_its_end_has_taken_effect():
    thaw = ev.WorkerThawed(time=3, worker="A", effective=3.5)
    freeze = ev.WorkerFrozen(time=1, worker="A", effective=1.2)
    assert History([freeze, thaw, ended(9)]).freezes == [Span("A", 1, 3.5)]


def test_faults_are_told_in_words():
    history = History(
        [
            *(started(0, "A"), frozen(1, "A"), thawed(2, "A"), interrupted(3, "A")),
            *(killed(3.5, "A"), exited(4, "A"), broker_killed(5), ended(9)),
        ]
    )
    assert [(fault.what, fault.worker, fault.start, fault.end) for fault in history.faults] == [
        ("freeze", "A", 1, 2),
        ("Ctrl+C", "A", 3, 4),
        ("kill -9", "A", 3.5, 4),
        ("outage", "broker 1", 5, 9),
    ]
    assert isinstance(history.faults[0], Fault)
