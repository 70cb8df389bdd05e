"""The words in the picture of a run: labels, text of any kind, and the axis."""

import html
import itertools
import re
from xml.etree import ElementTree

import pytest
from drawings import drawn, number
from histories import (
    ended,
    exited,
    frozen,
    killed,
    printed,
    published,
    started,
    thawed,
)
from timelines import LETTER, RUNS, each_run, picture

from electionlab.history.history import History
from electionlab.pictures.drawing import labels as labels_module
from electionlab.pictures.drawing.svg import WIDTH
from electionlab.pictures.timeline import Timeline

# Labels


def labels(root):
    """The labels of actions, by row: from where to where each goes."""
    rows = {}
    for found in root.findall("text"):
        if found.get("class") is None and found.get("font-weight") is None:
            x, width = number(found, "x"), LETTER * len(found.text)
            extent = (x - width, x) if found.get("text-anchor") == "end" else (x, x + width)
            rows.setdefault(found.get("y"), []).append(extent)
    return rows


@each_run
def test_labels_in_one_row_do_not_overlap_and_stay_in_the_picture(history):
    rows = labels(picture(history))
    for row in rows.values():
        for (_, end), (begin, _) in itertools.pairwise(sorted(row)):
            assert end <= begin
        assert all(begin >= 0 and end <= WIDTH for begin, end in row)


def test_labels_that_would_overlap_are_in_rows_of_their_own():
    rows = labels(picture(RUNS["crowded"]))
    assert len(rows) == 10


def test_a_label_without_room_is_a_number_that_the_table_explains():
    root = picture(RUNS["crowded"])
    shown = [found.text for found in root.findall("text") if found.get("class") is None]
    numbers = [words for words in shown if words.isdigit()]
    assert len(numbers) > 5
    told = Timeline(RUNS["crowded"]).table()
    assert told.heads[-1] == "number"
    by_number = {row[-1]: row for row in told.rows}
    assert by_number["33"][:3] == ["9.960", "a-worker-with-a-long-name", "thaw"]
    assert [row[-1] for row in told.rows] == sorted(by_number, key=int)
    (note,) = [found.text for found in root.findall("text") if found.get("class") == "small note"]
    assert note.startswith(f"Of 33 actions, {len(numbers)} shown only by number")


def test_a_table_has_no_numbers_where_the_picture_has_none():
    assert "number" not in Timeline(RUNS["two leaders"]).table().heads


def test_many_actions_keep_the_picture_low_and_each_has_a_line():
    root = picture(RUNS["busy"])
    height = float(root.get("viewBox").split()[3])
    assert height < 58 * 10 + 200
    assert len(labels(root)) == 3
    assert len(drawn(root, "line", "action")) == 510
    (note,) = [found.text for found in root.findall("text") if found.get("class") == "small note"]
    assert re.fullmatch(r"Of 510 actions, .*\d+ without a label; the table names all\.", note)
    assert len(repr(Timeline(RUNS["busy"]))) < 5000
    assert "and 470 more, in the table" in repr(Timeline(RUNS["busy"]))


def test_labels_with_room_share_a_row():
    history = History([started(0, "A"), frozen(20, "A"), thawed(40, "A"), killed(60, "A")])
    assert [len(row) for row in labels(picture(history)).values()] == [4]


def test_a_label_at_the_right_edge_stands_left_of_its_line():
    root = picture(History([started(0, "A"), killed(9.9, "A"), ended(10)]))
    (label,) = [found for found in root.findall("text") if found.text == "kill -9 A"]
    assert label.get("text-anchor") == "end"
    line = max(number(found, "x1") for found in drawn(root, "line", "action"))
    assert number(label, "x") < line


# Text


NASTY = "<b>&\"'"


def test_text_is_escaped_in_the_words_for_who_cannot_see():
    history = History([started(0, NASTY), ended(1)])
    assert "(&lt;b&gt;&amp;&quot;&#x27;) over 1 s" in Timeline(history).svg()


def test_a_workers_name_is_escaped_wherever_it_is_drawn():
    root = picture(History([started(0, NASTY), killed(3, NASTY), ended(9)]))
    texts = [found.text for found in root.findall("text")]
    assert NASTY in texts
    assert f"kill -9 {NASTY}" in texts


def test_a_figure_places_its_labels_once(monkeypatch):
    placed, place = [], labels_module.place
    monkeypatch.setattr(
        labels_module, "place", lambda canvas: placed.append(canvas) or place(canvas)
    )
    Timeline(RUNS["sound"])._repr_html_()
    assert len(placed) == 1


def test_a_page_escapes_the_caption_and_the_table():
    page = Timeline(History([]), caption="1 < 2 & <so>")._repr_html_()
    assert "<figcaption>1 &lt; 2 &amp; &lt;so&gt;</figcaption>" in page
    assert "<figcaption>" not in Timeline(History([]))._repr_html_()
    shown = Timeline(History([started(0, NASTY)])).table()._repr_html_()
    assert f"<td>{html.escape(NASTY)}</td>" in shown
    assert NASTY not in shown


def test_the_figure_is_well_formed():
    figure = ElementTree.fromstring(Timeline(RUNS["recorded"], caption="A run")._repr_html_())
    assert figure.find("div/svg") is not None
    rows = figure.findall("details//tbody/tr")
    assert len(rows) == len(Timeline(RUNS["recorded"]).table().rows) > 50


def test_the_table_tells_the_same_in_order():
    history = History(
        [started(10, "A"), published(12.5, "A", line=9), printed(13, "A", "0.1"), exited(14, "A")]
    )
    assert Timeline(history).table().rows == [
        ["0.000", "A", "start", ""],
        ["2.500", "A", "publishes", "9"],
        ["3.000", "A", "prints a greeting", ""],
        ["4.000", "A", "has ended", ""],
    ]


# The axis


@pytest.mark.parametrize("seconds", [0, 0.4, 1, 18, 19, 59, 600, 3600, 18 * 3600])
def test_the_axis_has_at_most_twenty_marks(seconds):
    root = picture(History([started(0, "A"), ended(seconds)]))
    marks = [found.text for found in root.findall("text") if found.get("text-anchor") == "middle"]
    assert marks[0] == "0 s"
    assert 1 <= len(marks) <= 20


def test_a_run_of_a_day_can_be_drawn():
    assert picture(History([started(0, "A"), ended(24 * 3600)])).get("role") == "img"
