"""What a lab does to its brokers and what it learns from them, where nothing has been started."""

import pytest

from electionlab import events as ev
from electionlab.errors import LabError
from electionlab.lab import Lab


@pytest.fixture
def lab():
    made = Lab(0, room=1, by="me")
    yield made
    made.stop()


class Late:
    """An observer that has not read the journal to its end."""

    def take(self):
        return []

    def settle(self):
        raise LabError("the journal was read to 3 of 5")

    def stop(self):
        pass


def test_a_journal_that_was_read_only_in_part_is_told_of(lab, monkeypatch):
    monkeypatch.setattr(lab.broken.witness, "records", lambda topic, since: [])
    lab.observer = Late()
    (failed,) = lab.watch(lambda lab: None, settle=0).of(ev.WitnessFailed)
    assert (failed.asked, failed.why) == ("journal", "the journal was read to 3 of 5")


@pytest.mark.parametrize(
    ("in_good_order", "kind"), [(True, ev.BrokerStopped), (False, ev.BrokerKilled)]
)
def test_a_broker_that_had_to_be_killed_was_not_stopped(lab, monkeypatch, in_good_order, kind):
    monkeypatch.setattr(lab.broken, "stop_broker", lambda number: in_good_order)
    lab.stop_broker()
    (told,) = lab.history().of(ev.BrokerStopped, ev.BrokerKilled)
    assert (type(told), told.broker, told.by) == (kind, 1, "me")
    assert told.effective >= told.time
