"""The panel's log: merged in order of time, by kinds, and no longer than it should be."""

import pytest
from histories import (
    assigned,
    ended,
    ending,
    exited,
    frozen,
    group_stored,
    joined,
    killed,
    printed,
    published,
    stored,
    view,
)

from electionlab.history import events as ev
from electionlab.panel.rows import KINDS, NOT_SHOWN, Rows, kind_of
from electionlab.pictures.sentences import SENTENCES
from electionlab.pictures.wording import ACTIONS, OTHERS


def logged(time, worker, text="a line"):
    return ev.Logged(time=time, worker=worker, level="INFO", text=text)


def words(rows):
    return [row["words"] for row in rows.all(float)]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (killed(1, "A"), "act"),
        (frozen(1, "A"), "act"),
        (joined(1, "A", 2), "election"),
        (assigned(1, "A", leads=True), "election"),
        (group_stored(1, 2, "AB"), "election"),
        (exited(1, "A"), "election"),
        (published(1, "A"), "greeting"),
        (printed(1, "A", "0.5"), "greeting"),
        (stored(1, "0.5"), "greeting"),
        (logged(1, "A"), "other"),
        (view(1, "A", leads=True), ""),
        (ending(1), ""),
        (ended(1), ""),
    ],
)
def test_each_event_has_its_kind(event, kind):
    assert kind_of(event) == kind
    assert kind == "" or kind in KINDS


def test_every_kind_of_event_that_is_shown_has_words():
    for kind in ev.EVENT_TYPES.values():
        if not issubclass(kind, NOT_SHOWN):
            assert kind in {**ACTIONS, **OTHERS, **SENTENCES}


def test_what_became_known_late_stands_where_it_belongs():
    rows = Rows()
    for event in published(1, "A"), published(5, "A"), joined(3, "B", 2):
        rows.add(event)
    assert [row["worker"] for row in rows.all(float)] == ["A", "B", "A"]
    assert [row["number"] for row in rows.all(float)] == [1, 3, 2]


def test_a_row_shows_the_second_of_the_run_by_the_clock_that_is_asked_for():
    rows = Rows()
    rows.add(published(5.5, "A"))
    assert [row["seconds"] for row in rows.all(float)] == ["5.500 s"]
    assert [row["seconds"] for row in rows.all(lambda time: time - 2)] == ["3.500 s"]


def test_what_is_not_shown_takes_no_number():
    rows = Rows()
    assert not rows.add(ended(1))
    assert rows.add(published(2, "A"))
    assert [row["number"] for row in rows.all(float)] == [1]


def test_many_greetings_do_not_push_out_what_was_done():
    rows = Rows()
    rows.add(killed(0, "A"))
    for second in range(1, 1000):
        rows.add(published(second, "A"))
        rows.add(logged(second, "A"))
    kinds = [row["kind"] for row in rows.all(float)]
    assert kinds[0] == "act"
    assert kinds.count("greeting") == KINDS["greeting"][1]
    assert kinds.count("other") == KINDS["other"][1]


def test_a_row_of_several_lines_is_its_first():
    rows = Rows()
    rows.add(logged(1, "A", "first\nsecond"))
    assert words(rows) == ["logs: first"]
