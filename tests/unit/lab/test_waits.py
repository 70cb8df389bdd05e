"""What the topic holds at the end of an experiment, and what comes while that is waited for."""

import time
from types import SimpleNamespace

import pytest
from histories import printed, stored

from electionlab.history.history import History
from electionlab.lab import waits
from electionlab.lab.waits import Waits


class Recorder:
    """Stands for a run whose first greeting is never printed, and whose topic holds one more each
    time that it is read."""

    def __init__(self):
        self.kafka = SimpleNamespace(require_alive=lambda: None)
        self.replacement = SimpleNamespace(look=lambda: None, happened=False)
        self.events = [printed(2, "A", "1"), printed(3, "A", "2")]
        self.stored = []

    def read(self):
        pass

    def read_stored(self):
        number = len(self.stored)
        self.stored = [*self.stored, stored(number + 1, str(number), number)]

    def pause(self, seconds):
        time.sleep(seconds)

    def history(self):
        return History([*self.events, *self.stored])


@pytest.fixture
def made():
    roster = SimpleNamespace(require_not_ended=lambda: None, running=lambda: ["A"])
    return Waits(Recorder(), roster, SimpleNamespace(last_events=lambda: "", now=lambda: ""))


def test_what_is_stored_during_a_long_wait_is_read_too(made, monkeypatch):
    monkeypatch.setattr(waits, "MEANWHILE_S", 0.0)
    made.read_topic(settle=0.2)
    assert [event.greeting for event in made._recorder.stored] == ["0", "1"]


def test_after_a_short_wait_the_topic_is_not_read_again(made, monkeypatch):
    monkeypatch.setattr(waits, "MEANWHILE_S", 1000.0)
    made.read_topic(settle=0.2)
    assert [event.greeting for event in made._recorder.stored] == ["0"]
