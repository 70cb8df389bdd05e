"""The words in the picture of a run: labels, text of any kind, and the axis."""

import html
import itertools
import re
from xml.etree import ElementTree

import pytest
from drawings import drawn, number
from histories import (
    blocked,
    broker_killed,
    broker_started,
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


# One label for several


def words_of(history):
    """The labels of actions, from left to right."""
    found = [f for f in picture(history).findall("text") if f.get("class") is None]
    own = [f for f in found if f.get("font-weight") is None]
    return [f.text for f in sorted(own, key=lambda f: number(f, "x"))]


def starts(count, apart=0.1, begin=1.0):
    return [started(begin + apart * place, f"71{place:02}") for place in range(count)]


def test_the_same_done_nine_times_in_a_row_has_one_label_and_a_line_for_each():
    history = History([*starts(9), killed(30, "7105"), ended(40)])
    assert words_of(history) == ["start ×9", "kill -9 7105"]
    root = picture(history)
    assert len(drawn(root, "line", "action")) == 10
    assert len(labels(root)) == 1
    lines = sorted(number(line, "x1") for line in drawn(root, "line", "action"))
    (label,) = [found for found in root.findall("text") if found.text == "start ×9"]
    assert lines[8] < number(label, "x") < lines[9]


def test_two_in_a_row_keep_their_names():
    assert words_of(History([*starts(2), ended(40)])) == ["start 7100", "start 7101"]


def test_what_is_far_apart_or_not_the_same_has_labels_of_its_own():
    apart = History([*starts(3, apart=5), ended(40)])
    assert words_of(apart) == ["start 7100", "start 7101", "start 7102"]
    mixed = [killed(20, "A"), killed(20.1, "B"), frozen(20.2, "C"), killed(20.3, "D")]
    assert not any("×" in words for words in words_of(History([*mixed, ended(40)])))


def test_blocks_of_different_lengths_are_not_the_same():
    blocks = [blocked(20 + place / 10, "A", 2 + place) for place in range(3)]
    assert words_of(History([started(0, "A"), *blocks, ended(40)]))[1:] == [
        "block A for 2 s",
        "block A for 3 s",
        "block A for 4 s",
    ]
    alike = [blocked(20 + place / 10, "A", 2) for place in range(3)]
    assert words_of(History([started(0, "A"), *alike, ended(40)]))[1:] == ["block for 2 s ×3"]


def test_workers_and_brokers_are_not_counted_together():
    both = [killed(20, "A"), killed(20.1, "B"), killed(20.2, "C")]
    both += [broker_killed(20.3 + place / 10, place) for place in (1, 2, 3)]
    assert words_of(History([started(0, "A"), *both, ended(40)]))[1:] == [
        "kill -9 ×3",
        "kill -9 broker ×3",
    ]


def test_at_the_right_edge_the_label_of_several_stands_left_of_their_lines():
    history = History([started(0, "7100"), *starts(5, begin=39), ended(40)])
    root = picture(history)
    (label,) = [found for found in root.findall("text") if found.text == "start ×5"]
    assert label.get("text-anchor") == "end"
    lines = sorted(number(line, "x1") for line in drawn(root, "line", "action"))
    assert number(label, "x") < lines[1]


def test_several_without_room_for_words_have_their_numbers(monkeypatch):
    monkeypatch.setattr(labels_module, "MOST_ROWS", 1)
    worker = "a-worker-with-a-long-name"
    history = History([*starts(3), killed(3.2, worker), ended(40)])
    assert words_of(history) == ["1–3", f"kill -9 {worker}"]
    numbers = {row[1]: row[-1] for row in Timeline(history).table().rows}
    assert numbers == {"7100": "1", "7101": "2", "7102": "3", worker: "4"}
    (note,) = [f.text for f in picture(history).findall("text") if f.get("class") == "small note"]
    assert note == "Of 4 actions, 3 shown only by number; the table names all."


def broker_names(history):
    smalls = [f for f in picture(history).findall("text") if f.get("class") == "small"]
    return [f.text for f in smalls if (f.text or "").startswith("broker")]


def test_outages_of_a_broker_close_together_share_its_name():
    events = [started(0, "A")]
    for second in range(5, 23, 2):
        events += [broker_killed(second), broker_started(second + 1)]
    assert broker_names(History([*events, ended(60)])) == ["broker 1 ×9"]
    far = [broker_killed(50), broker_started(51)]
    assert broker_names(History([*events, *far, ended(60)])) == [
        "broker 1 ×9",
        "broker 1",
    ]


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
