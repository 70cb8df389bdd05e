"""Faust's election in the words of the others: what stands in its topic, as what was written."""

from histories import assigned, joined, stored

from electionlab.elections.faust_contest import in_the_topic
from electionlab.elections.model import Write
from electionlab.history.history import History


def leads(time, worker, generation):
    return [joined(time, worker, generation), assigned(time + 0.1, worker, leads=True)]


def test_the_topic_is_the_order_and_the_generation_the_token():
    history = History(
        [
            *leads(1, "A", 3),
            stored(2, "0.1 of generation 3", 0),
            *leads(3, "B", 4),
            stored(4.5, "0.3 of generation 3", 2),  # A's, behind one of B
            stored(4, "0.2 of generation 4", 1),
            stored(5, "0.4 of generation 4", 3),
        ]
    )
    assert in_the_topic(history) == [
        Write(2, "A", 3, 3, True),
        Write(4, "B", 4, 4, True),
        Write(4.5, "A", 3, 3, False),
        Write(5, "B", 4, 4, True),
    ]


def test_a_generation_whose_leader_no_log_names_is_somebodys():
    (write,) = in_the_topic(History([stored(2, "0.1 of generation 9", 0)]))
    assert (write.who, write.token, write.in_time) == ("unknown", 9, True)


def test_a_topic_without_greetings_has_no_writes():
    assert in_the_topic(History(leads(1, "A", 3))) == []
