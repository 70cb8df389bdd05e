"""The picture of a run: well-formed, complete, readable without sight and without colour."""

import html
import itertools
import re
from xml.etree import ElementTree

import pytest
from drawings import assert_within, drawn, number
from literal import (
    assigned,
    blocked,
    broker_killed,
    broker_started,
    busy_run,
    ended,
    exited,
    faulty_run,
    frozen,
    killed,
    printed,
    published,
    recorded,
    revoked,
    sound_run,
    started,
    thawed,
)

from electionlab import events as ev
from electionlab.drawing import labels as labels_module
from electionlab.drawing.canvas import LEAST, RIGHT
from electionlab.history import History
from electionlab.timeline import LEFT, WIDTH, Timeline, describe, svg, table

SVG = "{http://www.w3.org/2000/svg}"
LETTER = 6.5  # px: the average width of a letter of 12 px


def two_leaders():
    return History(
        [
            *(started(0, "A"), started(0, "B"), assigned(1, "A", True)),
            *(frozen(2, "A"), assigned(4, "B", True), thawed(6, "A"), assigned(7, "A", False)),
            ended(9),
        ]
    )


def crowded():
    """Many labels at the same time, in the middle and at the right edge."""
    worker = "a-worker-with-a-long-name"
    events = [started(0, worker), ended(10)]
    for begin in (3, 5, 9, 9.9):
        for time in (begin, begin + 0.02, begin + 0.04, begin + 0.06):
            events += [frozen(time, worker), thawed(time, worker)]
    return History(events)


RUNS = {
    "sound": History(sound_run()),
    "recorded": recorded(),
    "two leaders": two_leaders(),
    "crowded": crowded(),
    "empty": History([]),
    "faulty": History(faulty_run()),
    "busy": History(busy_run()),
}
each_run = pytest.mark.parametrize("history", RUNS.values(), ids=RUNS)


def picture(history, **how):
    return ElementTree.fromstring(svg(history, **how))


# The whole picture


@each_run
def test_the_picture_is_well_formed_and_tells_its_contents(history):
    root = picture(history)
    assert root.tag == "svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == describe(history)


@each_run
def test_nothing_is_drawn_outside_of_the_picture(history):
    root = picture(history)
    assert root.get("viewBox").startswith(f"0 0 {WIDTH} ")
    assert_within(root)


def test_the_words_name_who_led_and_what_was_done():
    words = describe(RUNS["two leaders"])
    assert words.startswith("2 workers (A, B) over 9 s. ")
    assert "Leader: A from 1.0 to 7.0 s; B from 4.0 to 9.0 s. " in words
    assert "Done to them: freeze A at 2.0 s; thaw A at 6.0 s. " in words
    assert repr(Timeline(RUNS["two leaders"])) == words


def test_the_words_name_each_recorded_leader():
    for leader in ("6066 from 3.1", "6067 from 12.1", "6068 from 27.2", "6066 from 42.2"):
        assert leader in describe(RUNS["recorded"])
    assert "17 greetings published, 26 printed." in describe(RUNS["recorded"])


def test_the_words_of_an_empty_run_name_nobody():
    assert "Leader: nobody. Done to them: nothing." in describe(RUNS["empty"])


def test_a_picture_in_a_page_takes_the_pages_colours():
    text = svg(RUNS["sound"])
    assert "xmlns" not in text
    assert "prefers-color-scheme" not in text


def test_a_picture_of_its_own_chooses_light_or_dark():
    root = picture(RUNS["sound"], standalone=True)
    assert root.tag == f"{SVG}svg"
    assert "prefers-color-scheme:dark" in root.findtext(f"{SVG}style")


def test_two_pictures_on_a_page_share_no_id():
    page = ElementTree.fromstring(f"<p>{svg(two_leaders())}{svg(two_leaders())}</p>")
    ids = [found.get("id") for found in page.iter() if found.get("id")]
    assert len(ids) == 2
    assert len(set(ids)) == 2
    for shown in page.findall("svg"):
        own = {found.get("id") for found in shown.iter() if found.get("id")}
        used = set(re.findall(r"url\(#(\w+)\)", ElementTree.tostring(shown, encoding="unicode")))
        assert used == own


# Marks


@each_run
def test_each_leadership_has_a_band_in_its_workers_lane(history):
    root = picture(history)
    names = {found.text: number(found, "y") for found in root.findall("text[@font-weight]")}
    names.pop("Kafka", None)
    assert list(names) == history.workers
    assert len(set(names.values())) == len(names)
    bands = drawn(root, "rect", "leads")
    assert len(bands) == len(history.leaderships)
    for band, span in zip(bands, history.leaderships, strict=True):
        top = number(band, "y")
        assert top < names[span.worker] < top + number(band, "height")


def test_a_band_is_as_long_as_the_leadership():
    root = picture(RUNS["two leaders"])
    first, second = drawn(root, "rect", "leads")
    assert number(first, "width") / number(second, "width") == pytest.approx(6 / 5, rel=0.01)
    assert number(second, "x") - number(first, "x") == pytest.approx(
        number(first, "width") / 2, rel=0.01
    )


@each_run
def test_each_publish_and_each_printed_greeting_has_a_mark(history):
    root = picture(history)
    assert len(drawn(root, "polygon", "publish")) == len(history.of(ev.Published))
    assert len(drawn(root, "circle", "greeting")) == len(history.of(ev.GreetingPrinted))


@each_run
def test_each_life_has_a_line(history):
    assert len(drawn(picture(history), "line", "life")) == len(history.lives)


@each_run
def test_freezes_and_rebalances_are_hatched(history):
    fills = [found.get("fill", "") for found in picture(history).findall("rect")]
    assert sum(fill.endswith("frozen)") for fill in fills) == len(history.freezes)
    assert sum(fill.endswith("rebalance)") for fill in fills) == len(history.rebalances)


def test_a_rebalance_is_hatched_as_long_as_it_took():
    history = History([started(0, "A"), revoked(2, "A"), assigned(4, "A", True), ended(8)])
    root = picture(history)
    (hatched,) = [found for found in root.findall("rect") if "rebalance" in found.get("fill", "")]
    (band,) = drawn(root, "rect", "leads")
    assert number(hatched, "width") == pytest.approx(number(band, "width") / 2, abs=0.2)


def hatched(root, pattern):
    """What is drawn with a pattern; the legend's marks stand in groups."""
    return [
        found for found in root.findall("rect") if found.get("fill", "").endswith(f"{pattern})")
    ]


def test_each_kind_of_fault_has_a_pattern_of_its_own_as_long_as_it_lasted():
    root = picture(RUNS["faulty"])
    per_second = (WIDTH - LEFT - RIGHT) / 30
    lengths = {"slow": [2], "cut": [7.5], "blocked": [3], "frozen": [4], "down": [4, 6]}
    for kind, seconds in lengths.items():
        widths = [number(found, "width") / per_second for found in hatched(root, kind)]
        assert widths == pytest.approx(seconds, abs=0.02), kind
    shapes = [found.get("d") for found in root.findall("defs/pattern/path")]
    assert len(shapes) == len(set(shapes)) == 5


def test_a_block_ends_with_its_worker_or_with_the_history():
    history = History([started(0, "A"), blocked(1, "A", 9), exited(3, "A"), ended(20)])
    (found,) = hatched(picture(history), "blocked")
    assert number(found, "width") == pytest.approx((WIDTH - LEFT - RIGHT) / 10, abs=0.1)
    assert hatched(picture(History([started(0, "A"), blocked(1, "A", 9), ended(4)])), "blocked")


def test_brokers_have_a_lane_below_the_workers_only_where_something_was_done_to_them():
    root = picture(RUNS["faulty"])
    names = {found.text: number(found, "y") for found in root.findall("text[@font-weight]")}
    assert list(names) == ["A", "B", "Kafka"]
    assert names["Kafka"] > names["B"]
    shown = [found.text for found in root.findall("text")]
    assert "stop broker 2" in shown
    assert "start broker 2" in shown
    assert "kill -9 broker 1" in shown
    assert {"broker 1", "broker 2"} <= set(shown)
    only = picture(History([started(0, "A"), broker_killed(1), ended(2)]))
    assert "Kafka" in [found.text for found in only.findall("text")]


@pytest.mark.parametrize(("down", "up"), [(0, 2), (0, 10), (8, 10)])
def test_a_brokers_name_stays_in_the_picture(down, up):
    history = History([started(0, "A"), broker_killed(down), broker_started(up), ended(10)])
    (name,) = [found for found in picture(history).findall("text") if found.text == "broker 1"]
    assert LEFT <= number(name, "x") <= WIDTH - LETTER * len("broker 1")


def test_what_was_done_is_told_with_its_size():
    words = describe(RUNS["faulty"])
    assert "slow B by 0.5 s at 2.0 s; heal B at 4.0 s" in words
    assert "cut A at 5.0 s; heal A at 12.0 s; block B for 3 s at 14.0 s" in words
    assert "stop broker 2 at 18.0 s" in words
    rows = [row[1:3] for row in table(RUNS["faulty"]).rows]
    assert ["B", "block for 3 s"] in rows
    assert ["kafka", "kill -9 broker 1"] in rows


@each_run
def test_the_legend_names_what_occurs_and_nothing_else(history):
    root = picture(history)
    named = {found.text for found in root.findall("g/text")}
    occurs = {
        "leads, in its own eyes": history.leaderships,
        "publishes": history.of(ev.Published),
        "prints a greeting": history.of(ev.GreetingPrinted),
        "rebalance": history.rebalances,
        "frozen": history.freezes,
        "network cut": history.of(ev.WorkerCut),
        "network slow": history.of(ev.WorkerSlowed),
        "loop blocked": history.of(ev.LoopBlocked),
        "broker down": history.of(ev.BrokerStopped, ev.BrokerKilled),
        "two leaders": drawn(root, "rect", "two"),
    }
    assert named == {words for words, found in occurs.items() if found}


@pytest.mark.parametrize("name", ["two leaders", "recorded"])
def test_time_with_two_leaders_is_marked_once_and_explained(name):
    root = picture(RUNS[name])
    (region,) = drawn(root, "rect", "two")
    assert region.findtext("title") == "two leaders"
    assert "two leaders" in [found.text for found in root.iter("text")]


def test_time_with_two_leaders_is_as_long_as_their_overlap():
    root = picture(RUNS["two leaders"])
    (region,), (first, second) = drawn(root, "rect", "two"), drawn(root, "rect", "leads")
    assert number(region, "x") == number(second, "x")
    end = number(region, "x") + number(region, "width")
    assert end == pytest.approx(number(first, "x") + number(first, "width"), abs=0.2)


def test_time_with_three_leaders_is_marked_once():
    events = [assigned(number + 1, name, True) for number, name in enumerate("ABC")]
    root = picture(History([started(0, "A"), *events, ended(9)]))
    (region,) = drawn(root, "rect", "two")
    second = drawn(root, "rect", "leads")[1]
    assert (region.get("x"), region.get("width")) == (second.get("x"), second.get("width"))


def test_a_moment_with_two_leaders_in_a_long_run_can_be_seen():
    events = [assigned(1, "A", True), assigned(200, "B", True), assigned(200.03, "A", False)]
    root = picture(History([started(0, "A"), started(0, "B"), *events, ended(400)]))
    (region,) = drawn(root, "rect", "two")
    assert number(region, "width") == LEAST


def test_a_short_leadership_at_the_end_of_a_long_run_can_be_seen_and_stays_in_the_picture():
    root = picture(History([started(0, "A"), assigned(400, "A", True), ended(400)]))
    (band,) = drawn(root, "rect", "leads")
    assert number(band, "width") == LEAST
    assert_within(root)


@pytest.mark.parametrize("name", ["sound", "empty", "crowded"])
def test_one_leader_at_a_time_has_no_mark_for_two(name):
    assert not [found for found in picture(RUNS[name]).iter() if found.get("class") == "two"]
    assert "two leaders" not in svg(RUNS[name])


def test_what_is_done_after_the_end_of_the_run_has_no_label():
    labels = [found.text for found in picture(RUNS["recorded"]).findall("text")]
    assert labels.count("end of run") == 1
    assert "Ctrl+C 6066" in labels
    assert "Ctrl+C 6067" not in labels


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
    told = table(RUNS["crowded"])
    assert told.heads[-1] == "number"
    by_number = {row[-1]: row for row in told.rows}
    assert by_number["33"][:3] == ["9.960", "a-worker-with-a-long-name", "thaw"]
    assert [row[-1] for row in told.rows] == sorted(by_number, key=int)
    (note,) = [found.text for found in root.findall("text") if found.get("class") == "small note"]
    assert note.startswith(f"Of 33 actions {len(numbers)} have only their number")


def test_a_table_has_no_numbers_where_the_picture_has_none():
    assert "number" not in table(RUNS["two leaders"]).heads


def test_many_actions_keep_the_picture_low_and_each_has_a_line():
    root = picture(RUNS["busy"])
    height = float(root.get("viewBox").split()[3])
    assert height < 58 * 10 + 200
    assert len(labels(root)) == 3
    assert len(drawn(root, "line", "action")) == 510
    (note,) = [found.text for found in root.findall("text") if found.get("class") == "small note"]
    assert re.fullmatch(r"Of 510 actions .*\d+ have no label; the table names all\.", note)
    assert len(describe(RUNS["busy"])) < 5000
    assert "and 470 more, in the table" in describe(RUNS["busy"])


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
    assert "(&lt;b&gt;&amp;&quot;&#x27;) over 1 s" in svg(history)


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
    shown = table(History([started(0, NASTY)]))._repr_html_()
    assert f"<td>{html.escape(NASTY)}</td>" in shown
    assert NASTY not in shown


def test_the_figure_is_well_formed():
    figure = ElementTree.fromstring(Timeline(RUNS["recorded"], caption="A run")._repr_html_())
    assert figure.find("div/svg") is not None
    rows = figure.findall("details//tbody/tr")
    assert len(rows) == len(table(RUNS["recorded"]).rows) > 50


def test_the_table_tells_the_same_in_order():
    history = History(
        [started(10, "A"), published(12.5, "A", line=9), printed(13, "A", "0.1"), exited(14, "A")]
    )
    assert table(history).rows == [
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
