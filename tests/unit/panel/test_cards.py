"""Cards say of each worker what a history says, and offer what can be done to it."""

import pytest
from histories import (
    assigned,
    cut,
    exited,
    frozen,
    given,
    healed,
    interrupted,
    joined,
    killed,
    printed,
    published,
    recorded,
    slowed,
    started,
    thawed,
)

from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.panel.cards import Cards, buttons
from electionlab.pictures.drawing import marks

DERIVED = (ev.LeadershipGained, ev.LeadershipLost)


def after(*events, can_cut=False):
    """The cards after these events, and what adding them yielded."""
    cards = Cards(can_cut=can_cut, seconds=float)
    return cards, list(cards.add(events))


def card(*events, worker="A", can_cut=False, time=100.0):
    cards, _ = after(started(0, worker), *events, can_cut=can_cut)
    (only,) = cards.at(time)
    return only


def acts(*events, can_cut=False):
    return [act for act, _ in card(*events, can_cut=can_cut)["buttons"]]


def test_a_run_without_workers_has_no_cards():
    assert after()[0].at(1.0) == []


def test_a_worker_that_starts_is_in_no_generation_and_holds_nothing():
    shown = card()
    assert (shown["name"], shown["state"], shown["leads"], shown["gone"]) == (
        "A",
        "starts",
        False,
        False,
    )
    assert (shown["generation"], shown["holds"], shown["greetings"]) == (None, [], [])


def test_a_leader_shows_its_generation_its_partitions_and_its_last_greetings():
    shown = card(joined(1, "A", 3), assigned(2, "A", leads=True), published(3, "A"))
    assert shown["leads"]
    assert shown["generation"] == 3
    assert shown["holds"] == [0, 1]
    assert [words.split(": ", 1)[1] for words in shown["greetings"]] == ["publishes a greeting"]


def test_only_the_newest_greetings_of_a_worker_are_shown():
    shown = card(printed(3, "A", "0.25"), printed(5, "A", "0.75"), published(6, "A"))
    assert [words.split(": ", 1)[1] for words in shown["greetings"]] == [
        "publishes a greeting",
        "prints greeting 0.75",
    ]


def test_a_change_of_leadership_is_told_behind_what_led_to_it():
    gain = assigned(2, "A", leads=True)
    cards, yielded = after(started(0, "A"), gain, killed(5, "A"))
    assert [type(event) for event in yielded] == [
        ev.WorkerStarted,
        ev.PartitionsAssigned,
        ev.LeadershipGained,
        ev.WorkerKilled,
        ev.LeadershipLost,
    ]
    assert cards.leaders == []


def test_two_that_lead_in_their_own_eyes_are_both_leaders():
    events = [started(0, "A"), started(0, "B"), assigned(2, "A", leads=True), frozen(3, "A")]
    cards, _ = after(*events, assigned(9, "B", leads=True), thawed(10, "A"))
    assert cards.leaders == ["A", "B"]
    assert [each["leads"] for each in cards.at(11.0)] == [True, True]


def test_a_killed_worker_is_gone_before_its_end_is_seen_and_nothing_of_it_is_left():
    for events in [killed(5, "A")], [killed(5, "A"), exited(6, "A", 137)]:
        shown = card(joined(1, "A", 3), assigned(2, "A", leads=True), frozen(4, "A"), *events)
        assert shown["gone"]
        assert not shown["leads"]
        assert (shown["generation"], shown["holds"], shown["faults"]) == (None, [], [])
    assert card(killed(5, "A"))["state"] == "was killed"


def test_a_worker_that_is_started_again_begins_with_nothing():
    again = [joined(1, "A", 3), assigned(2, "A", leads=True), killed(5, "A"), exited(6, "A")]
    shown = card(*again, started(7, "A"))
    assert (shown["state"], shown["gone"], shown["generation"]) == ("starts", False, None)


@pytest.mark.parametrize(
    ("events", "offered"),
    [
        ([], ["interrupt", "kill", "freeze"]),
        ([frozen(1, "A")], ["interrupt", "kill", "thaw"]),
        ([frozen(1, "A"), thawed(2, "A")], ["interrupt", "kill", "freeze"]),
        ([interrupted(1, "A")], ["interrupt", "kill", "freeze"]),
        ([killed(1, "A")], ["start"]),
        ([exited(1, "A")], ["start"]),
    ],
)
def test_what_can_be_done_follows_from_the_state(events, offered):
    assert acts(*events) == offered


@pytest.mark.parametrize(
    ("events", "last"),
    [
        ([], "cut"),
        ([cut(1, "A")], "heal"),
        ([slowed(1, "A")], "heal"),
        ([cut(1, "A"), healed(2, "A")], "cut"),
    ],
)
def test_a_network_is_cut_and_healed_where_there_is_a_relay(events, last):
    assert acts(*events, can_cut=True)[-1] == last
    assert not {"cut", "heal"} & set(acts(*events))


def test_a_run_that_is_over_has_no_buttons():
    cards, _ = after(started(0, "A"))
    assert cards.at(1.0, over=True)[0]["buttons"] == []


def test_every_button_has_a_label():
    for faults in [], ["frozen"], ["network cut"]:
        for gone in False, True:
            offered = buttons({"gone": gone, "faults": faults}, can_cut=True)
            assert offered
            assert all(act and label for act, label in offered)


def test_workers_have_the_colours_and_marks_of_all_pictures_and_come_in_order():
    cards, _ = after(started(0, "6068"), started(1, "6066"), given(2, "6066", 1))
    shown = cards.at(3.0)
    assert [each["name"] for each in shown] == ["6066", "6068"]
    looks = {each["name"]: (each["colour"], each["shape"]) for each in shown}
    assert looks == marks.of(["6066", "6068"])


def test_at_the_end_of_a_recorded_run_cards_say_what_the_history_says():
    history = History(recorded().events)
    cards, _ = after(*(event for event in history if type(event) not in DERIVED))
    assert cards.leaders == sorted(history.state.leaders)
    for shown in cards.at(history.end):
        state = history.state.of(shown["name"])
        assert shown["gone"] == (not state.is_alive)
