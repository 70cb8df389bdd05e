"""A worker has one colour and one mark, wherever it is drawn."""

from itertools import product

import pytest
from drawings import drawn
from histories import recorded, stale_run
from timelines import picture

from electionlab.history.history import History
from electionlab.pictures import Rebalance, Views
from electionlab.pictures.drawing import marks
from electionlab.pictures.replay_data import replay_data


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("colour", "ground"), [*product(marks.COLOURS, ("#ffffff", "#14181e"))])
def test_each_workers_colour_is_seen_on_light_and_dark_ground(colour, ground):
    lighter, darker = sorted((luminance(colour), luminance(ground)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_eighteen_workers_differ_and_keep_their_look_when_others_are_watched_too():
    names = [f"{6066 + place}" for place in range(18)]
    looks = marks.of(names)
    assert len(set(looks.values())) == 18
    assert marks.of(names[:3]).items() <= looks.items()


def test_a_worker_looks_the_same_in_the_data_of_each_replay():
    history = History(recorded().events)
    look = marks.of(history.workers)
    assert [(w["colour"], w["shape"]) for w in replay_data(history)["workers"]] == [*look.values()]


def test_in_a_timeline_each_name_has_its_workers_mark_and_each_band_its_colour():
    history, root = recorded(), picture(recorded())
    looks = marks.of(history.workers)
    shown = [(mark.get("fill"), mark.get("d")) for mark in root.findall("path")]
    assert shown == [*looks.values()]
    bands = drawn(root, "rect", "leads")
    led = [looks[span.worker][0] for span in history.leaderships]
    assert [band.get("style") for band in bands] == [f"fill:{own};stroke:{own}" for own in led]


def test_three_views_have_the_marks_too():
    history = History(stale_run())
    svg = Views(history).svg()
    assert all(f'd="{shape}" fill="{colour}"' in svg for colour, shape in marks.of("AB").values())


def test_a_rebalance_has_them_over_its_lifelines():
    svg = Rebalance(recorded(), recorded().generations[1].number).svg()
    joined = recorded().generations[1].members
    looks = marks.of(recorded().workers)
    for worker, (colour, shape) in looks.items():
        assert (f'd="{shape}" fill="{colour}"' in svg) == (worker in joined)
