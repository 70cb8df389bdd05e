"""The picture of a run: well-formed, complete, readable without sight and without colour."""

import re
from xml.etree import ElementTree

import pytest
from drawings import assert_within, drawn, number
from histories import (
    assigned,
    blocked,
    broker_killed,
    broker_started,
    ended,
    exited,
    revoked,
    sound_run,
    started,
)
from timelines import LETTER, RUNS, SVG, each_run, picture, two_leaders

from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.pictures.drawing.canvas import LEAST, RIGHT
from electionlab.pictures.drawing.svg import WIDTH
from electionlab.pictures.timeline import LEFT, Timeline

# The whole picture


@each_run
def test_the_picture_is_well_formed_and_tells_its_contents(history):
    root = picture(history)
    assert root.tag == "svg"
    assert root.get("role") == "img"
    assert root.get("aria-label")


def test_the_picture_says_in_words_who_led_and_what_was_done():
    assert picture(History(sound_run())).get("aria-label") == (
        "2 workers (A, B) over 22 s. Leader: A from 1.0 to 9.0 s; B from 12.0 to 21.0 s. Done to "
        "them: kill -9 A at 9.0 s; end of run at 20.0 s. 8 greetings published, 8 printed."
    )


@each_run
def test_nothing_is_drawn_outside_of_the_picture(history):
    root = picture(history)
    assert root.get("viewBox").startswith(f"0 0 {WIDTH} ")
    assert_within(root)


def test_the_words_name_who_led_and_what_was_done():
    words = repr(Timeline(RUNS["two leaders"]))
    assert words.startswith("2 workers (A, B) over 9 s. ")
    assert "Leader: A from 1.0 to 7.0 s; B from 4.0 to 9.0 s. " in words
    assert "Done to them: freeze A at 2.0 s; thaw A at 6.0 s. " in words
    assert repr(Timeline(RUNS["two leaders"])) == words


def test_the_words_name_each_recorded_leader():
    for leader in ("6066 from 3.1", "6067 from 12.1", "6068 from 27.2", "6066 from 42.2"):
        assert leader in repr(Timeline(RUNS["recorded"]))
    assert "17 greetings published, 26 printed." in repr(Timeline(RUNS["recorded"]))


def test_the_words_of_an_empty_run_name_nobody():
    assert "Leader: nobody. Done to them: nothing." in repr(Timeline(RUNS["empty"]))


def test_a_picture_in_a_page_takes_the_pages_colours():
    text = Timeline(RUNS["sound"]).svg()
    assert "xmlns" not in text
    assert "prefers-color-scheme" not in text


def test_a_picture_of_its_own_chooses_light_or_dark():
    root = picture(RUNS["sound"], standalone=True)
    assert root.tag == f"{SVG}svg"
    assert "prefers-color-scheme:dark" in root.findtext(f"{SVG}style")


def test_two_pictures_on_a_page_share_no_id():
    page = ElementTree.fromstring(
        f"<p>{Timeline(two_leaders()).svg()}{Timeline(two_leaders()).svg()}</p>"
    )
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
    words = repr(Timeline(RUNS["faulty"]))
    assert "slow B by 0.5 s at 2.0 s; heal B at 4.0 s" in words
    assert "cut A at 5.0 s; heal A at 12.0 s; block B for 3 s at 14.0 s" in words
    assert "stop broker 2 at 18.0 s" in words
    rows = [row[1:3] for row in Timeline(RUNS["faulty"]).table().rows]
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
    assert "two leaders" not in Timeline(RUNS[name]).svg()


def test_what_is_done_after_the_end_of_the_run_has_no_label():
    labels = [found.text for found in picture(RUNS["recorded"]).findall("text")]
    assert labels.count("end of run") == 1
    assert "Ctrl+C 6066" in labels
    assert "Ctrl+C 6067" not in labels


def test_in_a_windows_table_the_state_at_its_start_was_before():
    rows = Timeline(History(sound_run()).between(6.5, 22)).table().rows
    before = [row[1:3] for row in rows if row[0] == "before"]
    assert before == [["A", "start"], ["B", "start"], ["A", "leads"]]
    assert not any(row[0] == "before" for row in Timeline(History(sound_run())).table().rows)


def test_a_leadership_from_before_a_window_has_no_generation_on_its_band():
    labels = [found.text for found in picture(History(sound_run()).between(6.5, 22)).iter("text")]
    assert "leads" in labels
    whole = [found.text for found in picture(History(sound_run())).iter("text")]
    assert any((label or "").startswith("leads · generation") for label in whole)
