"""The group over time: what the broker stored, what workers believe, and who published."""

import dataclasses

from histories import (
    assigned,
    ended,
    exited,
    group_stored,
    joined,
    recorded,
    sound_run,
    started,
)

from electionlab.history import events as ev
from electionlab.history.history import Generation, History, Span, StoredGeneration

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


def test_generations_tell_members_and_both_leaders():
    history = History(
        [
            *(joined(1, "B", 3), joined(1, "A", 3)),
            ev.GroupLeaderElected(time=1, worker="B"),
            *(assigned(2, "A", True), assigned(2, "B", False)),
            *(joined(5, "B", 4), assigned(6, "B", False)),
        ]
    )
    assert history.generations == [
        Generation(3, ("A", "B"), "B", "A"),
        Generation(4, ("B",), None, None),
    ]
