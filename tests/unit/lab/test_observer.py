"""What the observer says of its own samples, where its process reads nothing."""

from types import SimpleNamespace

import pytest

from electionlab.history import events as ev
from electionlab.lab import observer
from electionlab.lab.lab import Lab


@pytest.fixture
def lab():
    made = Lab(0, room=1)
    yield made
    made.stop()


def test_a_journal_that_was_read_only_in_part_is_noted(lab, monkeypatch):
    monkeypatch.setattr(observer, "SETTLES_WITHIN_S", 0.0)
    monkeypatch.setattr(lab.kafka.witness, "records", lambda topic, since: [])
    monkeypatch.setattr(lab.kafka.witness, "end_of", lambda topic, within: 5)
    monkeypatch.setattr(lab.observer, "_process", SimpleNamespace(alive=True))
    monkeypatch.setattr(lab.observer, "_tail", SimpleNamespace(read=lambda: ""), raising=False)
    monkeypatch.setattr(lab.observer, "_journal_end", 3)
    (failed,) = lab.watch(lambda lab: None, settle=0).of(ev.WitnessFailed)
    assert failed.asked == "journal"
    assert "the journal was read to 3 of 5" in failed.why
    monkeypatch.undo()


def test_an_observer_that_was_not_started_has_nothing_to_tell(lab):
    lab.observer.settle()
    lab.observer.begin_anew()
    assert lab.observer.take() == []


def test_an_observer_that_was_stopped_meanwhile_does_not_begin(lab):
    lab.observer.stop()
    assert lab.observer.start().take() == []
    assert lab.observer._process is None
