"""Tables: as HTML for a page, as text for a terminal."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from histories import (
    GREETINGS_TOPIC,
    LEADER_TOPIC,
    assigned,
    ended,
    group_stored,
    joined,
    killed,
    recorded,
    revoked,
    started,
    view,
)

from electionlab.history import events as ev
from electionlab.history.group import Group, Member
from electionlab.history.history import History
from electionlab.pictures.tables import Table, assignment, generations, group, stored


def test_a_table_as_text_has_its_columns_in_line():
    shown = repr(Table(["a", "long head"], [("longer", 1), (2, None)]))
    assert shown == "a       long head\nlonger  1\n2       None"


def test_a_table_without_rows_shows_its_heads():
    assert repr(Table(["a", "b"], [])) == "a  b"


def test_a_row_that_is_too_short_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        repr(Table(["a", "b"], [("only",)]))


def test_a_table_as_html_is_well_formed_and_escaped():
    page = Table(["<a>", "b"], [("1 < 2", '"&"')])._repr_html_()
    root = ElementTree.fromstring(page)
    assert [head.text for head in root.iter("th")] == ["<a>", "b"]
    assert {head.get("scope") for head in root.iter("th")} == {"col"}
    assert [cell.text for cell in root.iter("td")] == ["1 < 2", '"&"']


def test_generations_have_a_row_each():
    shown = generations(recorded())
    assert len(shown.rows) == 9
    assert shown.rows[7] == ["8", "6066, 6067", "6067", "6066"]


def test_what_no_log_tells_of_a_generation_is_a_dash():
    assert generations(History([joined(0, "A", 5)])).rows == [["5", "A", "-", "-"]]


def test_what_the_coordinator_stored_has_a_row_for_each_generation():
    events = [started(0, "A"), group_stored(1, 1, "AB", "A"), group_stored(2.5, 2)]
    shown = stored(History([*events, joined(1, "A", 1), joined(1, "B", 1)]))
    assert shown.rows == [
        ["1", "1.000", "1", "A, B", "A", "A"],
        ["2", "2.500", "2", "-", "-", "-"],
    ]


def test_a_stranger_in_a_stored_generation_is_told_by_its_member_id():
    assert stored(History([group_stored(1, 1, "A", "A")])).rows[0][3:] == ["faust-A"] * 3


def test_a_groups_members_are_told_by_their_workers():
    members = (
        Member("faust-B", {GREETINGS_TOPIC: (0, 4)}),
        Member("stranger", {}),
        Member("faust-A", {LEADER_TOPIC: (0,), GREETINGS_TOPIC: (1,)}),
    )
    history = History([joined(0, "A", 1), joined(0, "B", 1)])
    shown = group(Group("leader-example", "STABLE", members), history, "leader-example")
    assert shown.rows == [
        ["A", "faust-A", "partition 0", "1"],
        ["B", "faust-B", "", "0, 4"],
        ["not ours", "stranger", "", ""],
    ]


def test_a_member_whom_the_broker_alone_tells_of_is_ours():
    told = replace(group_stored(1, 1, "A", "A"), workers=("6066",))
    shown = group(Group("app", "STABLE", (Member("faust-A", {}),)), History([told]), "app")
    assert shown.rows == [["6066", "faust-A", "", ""]]


# Who holds what


def handed_over():
    events = [started(0, "A"), started(0, "B"), started(0, "C"), assigned(2, "A", True)]
    events += [assigned(2, "B", False), view(3, "A", True), view(3, "B", False, heir=True)]
    events += [revoked(4, "B"), assigned(5, "B", True), view(6, "B", True), killed(7, "A")]
    return History([*events, ended(9)])


def test_an_assignment_tells_who_held_what_at_a_time():
    assert assignment(handed_over(), 3.5).rows == [
        ["A", "has its partitions", "0, 1", "partition 0", "no"],
        ["B", "has its partitions", "0, 1", "", "yes"],
        ["C", "starts", "", "", "not asked"],
    ]


def test_who_gave_its_partitions_back_or_ended_holds_none():
    assert assignment(handed_over(), 4.5).rows[1] == ["B", "rebalances", "", "", "yes"]
    assert assignment(handed_over()).rows[:2] == [
        ["A", "has ended", "", "", ""],
        ["B", "has its partitions", "0, 1", "partition 0", "no"],
    ]


def test_what_a_worker_answered_before_its_restart_counts_no_more():
    events = [*handed_over(), started(10, "A"), ended(11)]
    assert assignment(History(events)).rows[0] == ["A", "starts", "", "", "not asked"]


def test_before_its_start_a_worker_holds_nothing():
    assert assignment(handed_over(), -1).rows[0] == ["A", "not started", "", "", ""]


def test_who_got_nothing_is_told_from_who_was_not_asked():
    got = ev.PartitionsAssigned(time=1, worker="A", partitions={})
    assert assignment(History([got])).rows == [["A", "has its partitions", "none", "", "not asked"]]


def test_the_recorded_assignment_is_that_before_the_end_of_the_run():
    rows = assignment(recorded()).rows
    assert [row[0] for row in rows] == ["6066", "6067", "6068"]
    assert [row[3] for row in rows] == ["partition 0", "", ""]
    held = sorted(int(number) for row in rows for number in row[2].split(", "))
    assert held == list(range(8))


def test_an_empty_history_assigns_nothing():
    assert assignment(History([])).rows == []
