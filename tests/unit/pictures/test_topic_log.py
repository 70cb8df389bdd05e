"""A topic as Kafka stores it."""

from xml.etree import ElementTree

from drawings import assert_within, drawn, number
from histories import recorded

from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.pictures.topic_log import TopicLog


def stored(time, partition, offset, greeting="0.123456789"):
    return ev.GreetingStored(
        time=time, worker="kafka", greeting=greeting, partition=partition, offset=offset
    )


THREE = History([stored(0, 0, 0), stored(1, 2, 0), stored(2, 2, 1, "0.98765")])


def test_each_greeting_has_a_box_in_its_partitions_row_at_its_offset():
    boxes = drawn(ElementTree.fromstring(TopicLog(THREE).svg()), "rect", "interval")
    rows = [number(box, "y") for box in boxes]
    columns = [number(box, "x") for box in boxes]
    assert rows[0] < rows[1] == rows[2]
    assert columns[0] == columns[1] < columns[2]


def test_a_partition_without_a_greeting_has_a_row_too():
    words = [found.text for found in ElementTree.fromstring(TopicLog(THREE).svg()).iter("text")]
    assert [word for word in words if word.startswith("partition")] == [
        f"partition {number}" for number in range(3)
    ]
    more = TopicLog(THREE, partitions=5)
    assert repr(more).count("in partition") == 5


def test_a_box_has_the_first_digits_of_its_greeting():
    words = [found.text for found in ElementTree.fromstring(TopicLog(THREE).svg()).iter("text")]
    assert words.count("0.1234") == 2
    assert "0.9876" in words


def test_a_history_that_begins_late_is_drawn_from_its_first_offset():
    history = History([stored(0, 0, 40), stored(1, 0, 41)])
    root = ElementTree.fromstring(TopicLog(history).svg())
    assert_within(root)
    assert {"40", "41"} <= {found.text for found in root.iter("text")}


def test_the_picture_of_a_recorded_run_and_of_none_is_within_its_bounds():
    for history in (recorded(), History([])):
        assert_within(ElementTree.fromstring(TopicLog(history).svg()))


def test_the_same_in_words_and_as_a_table():
    log = TopicLog(THREE)
    assert repr(log) == (
        "3 greetings in their topic: 1 in partition 0, 0 in partition 1, 2 in partition 2."
    )
    assert log.table().rows[2] == ["2.000", "2", "1", "0.98765"]
    assert repr(TopicLog(History([]))) == "0 greetings in their topic: none."
