"""Tables: as HTML for a page, as text for a terminal."""

from xml.etree import ElementTree

import pytest
from literal import GREETINGS_TOPIC, LEADER_TOPIC, joined, recorded

from electionlab.history import History
from electionlab.tables import Table, generations, group
from electionlab.witness import Group, Member


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
