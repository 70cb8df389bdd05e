"""Settings that learners choose: judged by the formula, before any cluster is asked."""

import pytest

from electionlab import exercises
from electionlab.exercises import failovers


def no_lab(*_args, **_more):
    raise AssertionError("a cluster was asked")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ((6, 1, 2), "4 s too slow"),
        ((2, 0.5, 1), "1 s too short"),
        ((3, 1.5, 0.1), "fewer than 3 heartbeats"),
        ((3.2, 0, 1), "Below 0.05 s"),
        ((3.2, 0.5, -1), "Below 0.05 s"),
        ((None, 0.5, 1), "Put in"),
    ],
)
def test_settings_that_are_too_slow_or_too_short_are_told_by_how_much(settings, words):
    found = exercises.fast_and_patient(*settings)
    assert not found.solved
    assert words in found.words


def test_settings_on_the_limits_are_fast_and_patient():
    assert exercises.fast_and_patient(3, 0.5, 1.5).solved
    assert not exercises.fast_and_patient(3, 0.5, 1.501).solved
    assert not exercises.fast_and_patient(2.99, 0.5, 1.5).solved


@pytest.mark.parametrize("settings", [(60, 3, 2), (6, 1, 2), (6, 1, 1.01)])
def test_what_the_formula_does_not_promise_is_not_tried(settings, monkeypatch):
    monkeypatch.setattr(failovers, "Lab", no_lab)
    for check in exercises.after_kill, exercises.after_interrupt:
        found = check(*settings)
        assert not found.solved
        assert "only be lucky" in found.words
