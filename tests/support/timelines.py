"""Histories that are drawn, and their pictures."""

from xml.etree import ElementTree

import pytest
from histories import (
    assigned,
    busy_run,
    ended,
    faulty_run,
    frozen,
    recorded,
    sound_run,
    started,
    thawed,
)

from electionlab.history.history import History
from electionlab.pictures.timeline import Timeline

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
    return ElementTree.fromstring(Timeline(history).svg(**how))
