"""What takes long is done seldom."""

import time

import pytest

from electionlab.panel.pacing import SHARE, Pacing


@pytest.fixture
def clocks(monkeypatch):
    """Clocks that stand still until they are put forward."""
    now = {"monotonic": 100.0, "thread": 0.0}
    monkeypatch.setattr(time, "monotonic", lambda: now["monotonic"])
    monkeypatch.setattr(time, "thread_time", lambda: now["thread"])
    return now


def test_it_is_done_at_once_and_then_not_before_its_time(clocks):
    pacing = Pacing(2.0)
    assert pacing.again(lambda: 1, 0) == 1
    clocks["monotonic"] += 1.9
    assert pacing.again(lambda: 2, 1) == 1
    clocks["monotonic"] += 0.2
    assert pacing.again(lambda: 2, 1) == 2


def test_what_takes_long_takes_its_share_of_the_processor_and_no_more(clocks):
    def costly():
        clocks["thread"] += 1.0
        return 1

    pacing = Pacing(2.0)
    assert pacing.again(costly, 0) == 1
    clocks["monotonic"] += 1.0 / SHARE - 0.1
    assert pacing.again(lambda: 2, 1) == 1
    clocks["monotonic"] += 0.2
    assert pacing.again(lambda: 2, 1) == 2
