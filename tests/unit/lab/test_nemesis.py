"""What a lab does to its brokers, where nothing has been started."""

import pytest

from electionlab.history import events as ev
from electionlab.lab.lab import Lab


@pytest.fixture
def lab():
    made = Lab(0, room=1, by="me")
    yield made
    made.stop()


@pytest.mark.parametrize(
    ("in_good_order", "kind"), [(True, ev.BrokerStopped), (False, ev.BrokerKilled)]
)
def test_a_broker_that_had_to_be_killed_was_not_stopped(lab, monkeypatch, in_good_order, kind):
    broker = lab.kafka.brokers[0]
    monkeypatch.setattr(type(broker), "alive", True)
    broker.process = object()
    monkeypatch.setattr(lab.kafka, "stop_broker", lambda number: in_good_order)
    lab.stop_broker()
    broker.process = None
    (told,) = lab.history().of(ev.BrokerStopped, ev.BrokerKilled)
    assert (type(told), told.broker, told.by) == (kind, 1, "me")
    assert told.effective >= told.time
