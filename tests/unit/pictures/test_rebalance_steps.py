"""One rebalance: its steps, and the sequence diagram that is drawn from them."""

from xml.etree import ElementTree

import pytest
from drawings import assert_within
from histories import (
    GREETINGS_TOPIC,
    LEADER_TOPIC,
    assigned,
    ended,
    group_stored,
    joined,
    killed,
    left,
    noticed,
    recorded,
    revoked,
    started,
)

from electionlab import LabError, Rebalance
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.pictures import rebalance_steps
from electionlab.pictures.rebalance_steps import MOST_ACTIONS, Notice, notices, steps


def elected(time, worker):
    return ev.GroupLeaderElected(time=time, worker=worker)


def ready(time, worker):
    return ev.WorkerReady(time=time, worker=worker)


def asks(time, worker):
    text = "(Re-)joining group leader-example"
    return ev.Logged(time=time, worker=worker, level="INFO", text=text)


def takeover():
    """A of A and B leads and is killed at 5 s; B is alone in generation 2 from 11 s."""
    events = [started(0, "A"), started(0, "B")]
    events += [joined(1, "A", 1), joined(1, "B", 1), elected(1, "A"), group_stored(1, 1, "AB", "A")]
    events += [assigned(1.1, "A", True), assigned(1.1, "B", False), ready(1.2, "A")]
    events += [ready(1.2, "B"), killed(5, "A"), noticed(11, "B", line=70), revoked(11.01, "B")]
    events += [asks(11.02, "B"), joined(11.03, "B", 2), elected(11.03, "B")]
    events += [group_stored(11.04, 2, "B", "B"), assigned(11.05, "B", True), ready(11.1, "B")]
    return History([*events, ended(20)])


def many(workers):
    names = [str(6066 + number) for number in range(workers)]
    events = [noticed(1, name) for name in names] + [revoked(1.01, name) for name in names]
    events += [joined(1.02, name, 7) for name in names] + [elected(1.02, names[0])]
    events += [group_stored(1.03, 7, names, names[0])]
    events += [assigned(1.04, name, name == names[0]) for name in names]
    return History([*events, *(ready(1.05, name) for name in names), ended(2)])


def words(history, generation):
    return [step.words for step in steps(history, generation)]


# Steps


def test_a_rebalance_is_told_from_its_cause_to_ready_workers():
    assert words(takeover(), 2) == [
        "kill -9 A",
        "B's heartbeat is answered: rebalancing",
        "B gives back no partitions",
        "B asks to join",
        "B is in generation 2",
        "B is group leader: assigns to 1",
        "Kafka stores generation 2: B leads",
        "B gets 2 partitions and the leader's ★",
        "B is ready",
    ]


def test_the_first_generation_begins_with_the_starts():
    assert words(takeover(), 1)[:2] == ["start A", "start B"]
    assert words(takeover(), 1)[-1] == "B is ready"
    assert "A is group leader: assigns to 2" in words(takeover(), 1)


def test_each_protocol_event_of_the_recorded_run_is_in_one_rebalance_or_none():
    history = recorded()
    kinds = (ev.RebalanceNoticed, ev.PartitionsRevoked, ev.MemberJoined, ev.PartitionsAssigned)
    told = [
        id(step.event)
        for generation in history.generations
        for step in steps(history, generation.number)
    ]
    assert len(told) == len(set(told))
    assert {id(event) for event in history.of(*kinds, ev.WorkerReady)} <= set(told)


def test_who_leaves_is_in_the_rebalance_that_follows():
    found = words(recorded(), 4)
    assert found[:2] == ["Ctrl+C 6066", "6066 leaves the group"]
    assert "6066 leaves the group" not in words(recorded(), 3)


def test_what_follows_no_join_belongs_to_the_next_generation():
    events = [joined(1, "A", 1), joined(1, "B", 1), noticed(3, "A"), revoked(3, "A")]
    history = History([*events, killed(4, "A"), joined(9, "B", 2), ended(10)])
    assert words(history, 2)[:3] == [
        "A's heartbeat is answered: rebalancing",
        "A gives back no partitions",
        "kill -9 A",
    ]


def test_two_generations_in_a_row_are_told_apart():
    history = History([joined(1, "A", 1), joined(2, "A", 2), assigned(3, "A", False)])
    assert words(history, 1) == ["A is in generation 1"]
    assert words(history, 2) == ["A is in generation 2", "A gets 2 partitions"]


def test_one_partition_is_told_as_one():
    held = {GREETINGS_TOPIC: (3,), LEADER_TOPIC: (1,)}
    got = ev.PartitionsAssigned(time=2, worker="A", partitions=held)
    assert words(History([joined(1, "A", 1), got]), 1)[-1] == "A gets 1 partition"


def test_a_long_storm_before_a_rebalance_is_cut_short():
    acts = [killed(2 + number, "B") for number in range(500)]
    history = History([joined(1, "A", 1), *acts, joined(600, "A", 2)])
    assert len(steps(history, 2)) == MOST_ACTIONS + 1


@pytest.mark.parametrize(
    ("history", "says"), [(History([]), "it has none"), (takeover(), "it has 1 to 2")]
)
def test_a_generation_that_is_not_told_of_is_an_error(history, says):
    with pytest.raises(LabError, match=f"no generation 9: {says}"):
        Rebalance(history, 9)


# The picture

PICTURES = {
    "takeover": (takeover(), 2),
    "recorded": (recorded(), 9),
    "first": (recorded(), 1),
    "ten": (many(10), 7),
    "one": (many(1), 7),
}
each = pytest.mark.parametrize(("history", "generation"), PICTURES.values(), ids=PICTURES)


def picture(history, generation):
    return ElementTree.fromstring(Rebalance(history, generation).svg())


@each
def test_the_picture_is_well_formed_and_within_its_bounds(history, generation):
    root = picture(history, generation)
    assert root.get("aria-label")
    assert_within(root)


def test_the_picture_says_in_words_what_happened_step_by_step():
    assert picture(*PICTURES["takeover"]).get("aria-label") == (
        "The rebalance that made generation 2, from 11.000 to 11.100 s: 100 ms. 5.000 s kill -9 A; "
        "11.000 s B's heartbeat is answered: rebalancing; 11.010 s B gives back no partitions; "
        "11.020 s B asks to join; 11.030 s B is in generation 2; 11.030 s B is group leader: "
        "assigns to 1; 11.040 s Kafka stores generation 2: B leads; 11.050 s B gets 2 partitions "
        "and the leader's ★; 11.100 s B is ready."
    )


@each
def test_each_step_has_its_words_and_rows_go_downwards(history, generation):
    root = picture(history, generation)
    told = [step.words for step in steps(history, generation)]
    shown = [found for found in root.findall("text") if found.text in told]
    assert [found.text for found in shown] == told
    heights = [float(found.get("y")) for found in shown]
    assert heights == sorted(set(heights))


def test_each_worker_and_kafka_has_a_lifeline_and_a_killed_worker_a_short_one():
    root = picture(takeover(), 2)
    names = [found.text for found in root.findall("text[@font-weight]")]
    assert names == ["Kafka", "A", "B"]
    ends = [float(found.get("y2")) for found in root.findall("line[@class='life']")]
    assert ends[1] < ends[0] == ends[2]


def test_requests_go_to_kafka_and_answers_come_from_it():
    root = picture(takeover(), 2)
    names = {found.text: float(found.get("x")) for found in root.findall("text[@font-weight]")}
    arrows = [float(found.get("x1")) for found in root.findall("line[@class='arrow']")]
    kafka, worker = names["Kafka"], names["B"]
    assert arrows == pytest.approx([kafka, worker, kafka, kafka], abs=0.1)


def test_the_new_leader_has_a_star():
    stars = [found for found in picture(takeover(), 2).findall("text") if found.text == "★"]
    assert len(stars) == 1


def test_ten_workers_make_the_picture_wider_and_not_its_letters_smaller():
    root = picture(many(10), 7)
    width = float(root.get("viewBox").split()[2])
    assert width > 720
    assert root.get("style") == f"min-width:{0.85 * width:.0f}px"
    assert "style" not in picture(takeover(), 2).attrib


def test_what_the_broker_stored_is_missed_where_it_was_not_read():
    told = "What the broker stored of this generation was not read."
    assert told in repr(Rebalance(recorded(), 9))
    assert told in [found.text for found in picture(recorded(), 9).findall("text")]
    assert told not in repr(Rebalance(takeover(), 2))


def test_the_words_tell_how_long_it_took():
    says = repr(Rebalance(takeover(), 2))
    assert says.startswith("The rebalance that made generation 2, from 11.000 to 11.100 s: 100 ms.")
    assert "11.050 s B gets 2 partitions and the leader's ★" in says


def test_the_table_names_lines_and_offsets():
    rows = Rebalance(takeover(), 2).table().rows
    assert rows[1] == [
        "11.000",
        "B",
        "B's heartbeat is answered: rebalancing",
        "line 70 of its log",
    ]
    assert rows[6][1:] == [
        "Kafka",
        "Kafka stores generation 2: B leads",
        "offset 2 of the group's log",
    ]


def test_the_figure_is_well_formed():
    root = ElementTree.fromstring(Rebalance(recorded(), 9, caption="<9>")._repr_html_())
    assert root.get("class") == "lab-figure rebalance"
    assert root.findtext("figcaption") == "<9>"
    assert len(root.findall("details//tbody/tr")) == len(steps(recorded(), 9))


# How workers heard of it


def test_a_worker_hears_of_a_newcomer_with_a_heartbeat():
    events = [joined(1, "A", 1), asks(5, "B"), noticed(5.75, "A"), asks(5.76, "A")]
    history = History([*events, joined(6, "A", 2), joined(6, "B", 2), ended(7)])
    assert notices(history) == [Notice("A", 2, "join", 0.75)]


def test_a_worker_hears_of_one_that_left():
    events = [joined(1, name, 1) for name in "ABC"] + [left(5, "C"), noticed(5.25, "A")]
    events += [noticed(5.5, "B"), asks(5.3, "A"), asks(5.6, "B")]
    history = History([*events, joined(6, "A", 2), joined(6, "B", 2), ended(7)])
    assert [(told.worker, told.cause, told.seconds) for told in notices(history)] == [
        ("A", "leave", 0.25),
        ("B", "leave", 0.5),
    ]


def test_who_hears_before_the_leaver_logs_it_has_waited_for_nothing():
    events = [joined(1, "A", 1), joined(1, "B", 1), noticed(4.999, "A"), left(5, "B")]
    history = History([*events, joined(6, "A", 2), ended(7)])
    assert [told.seconds for told in notices(history)] == [0.0]


def test_each_log_is_looked_through_once_for_all_notices(monkeypatch):
    looked, buckets = [], rebalance_steps._buckets
    monkeypatch.setattr(
        rebalance_steps, "_buckets", lambda told: looked.append(told) or buckets(told)
    )
    notices(recorded())
    assert len(looked) == len(recorded().workers)


def test_a_session_that_ended_is_no_request():
    assert notices(takeover()) == []


def test_the_recorded_run_was_heard_of_within_two_heartbeats():
    assert {told.cause for told in notices(recorded())} == {"join", "leave"}
    assert all(0 <= told.seconds < 2 for told in notices(recorded()))
