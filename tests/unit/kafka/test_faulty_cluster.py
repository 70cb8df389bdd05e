"""A Kafka to break: its ports and its ways; no broker is started."""

import pytest

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.kafka import faulty_cluster
from electionlab.kafka.faulty_cluster import PORTS, BreakableKafka, way_listeners
from electionlab.kafka.node import Node
from electionlab.kafka.relay import Relays


@pytest.fixture
def kafka():
    made = BreakableKafka(brokers=3, ways=2)
    yield made
    made.relays.stop()
    made._block.release()


def read(listeners):
    return dict(place.split("://") for place in listeners.split(","))


def test_its_brokers_and_ways_share_a_block_of_ports(kafka):
    own = [port for broker in kafka.brokers for port in broker.node.ports]
    entries = [relay.target for number in (0, 1) for relay in kafka.way(number)]
    assert sorted([*own, *entries]) == kafka._block.ports
    assert kafka.port == kafka.brokers[0].node.port
    assert kafka.bootstrap.split(",")[0] == f"127.0.0.1:{kafka.port}"


def test_a_way_leads_to_each_broker(kafka):
    first, second = kafka.way(0), kafka.way(1)
    assert len(first) == len(second) == 3
    assert len({relay.port for relay in (*first, *second)}) == 6
    assert kafka.way_bootstrap(1) == ",".join(f"127.0.0.1:{relay.port}" for relay in second)


def test_a_listener_is_advertised_at_the_port_of_its_relay():
    relays = Relays()
    try:
        opened = [relays.open(target) for target in (21, 22)]
        settings = way_listeners(Node(1, 10, 11), opened)
    finally:
        relays.stop()
    listeners, advertised = read(settings["listeners"]), read(settings["advertised.listeners"])
    assert listeners["WAY0"] == "127.0.0.1:21"
    assert advertised["WAY1"] == f"127.0.0.1:{opened[1].port}"
    assert listeners["PLAINTEXT"] == advertised["PLAINTEXT"] == "127.0.0.1:10"
    assert set(listeners) - set(advertised) == {"CONTROLLER"}


def test_one_that_cannot_be_made_gives_its_ports_back(monkeypatch):
    blocks = []

    class Block(ports.PortBlock):
        def __init__(self, count, **options):
            super().__init__(count, **options)
            blocks.append(self)

    def refuse(self, target):
        raise LabError("no file is left")

    monkeypatch.setattr(faulty_cluster, "PortBlock", Block)
    monkeypatch.setattr(Relays, "open", refuse)
    with pytest.raises(LabError, match="no file is left"):
        BreakableKafka(ways=1)
    (block,) = blocks
    assert block.descriptors == []
    assert block.ports[0] >= PORTS["first"]


def test_its_brokers_are_numbered_from_one(kafka):
    assert kafka.broker(3).node.id == 3
    with pytest.raises(LabError, match="There is no broker 4, but 1, 2 and 3"):
        kafka.broker(4)


def test_three_cannot_be_replaced_by_an_empty_one(kafka):
    with pytest.raises(LabError, match="Only a Kafka of one broker can be replaced"):
        kafka.start_broker(1, fresh=True)


@pytest.mark.parametrize("count", [0, 2, 4, "3"])
def test_a_number_of_brokers_that_cannot_be_is_refused_before_ports_are_taken(count, monkeypatch):
    monkeypatch.setattr(faulty_cluster, "PortBlock", lambda *_, **__: pytest.fail("took ports"))
    with pytest.raises(LabError, match=f"has 1 broker or 3 here, not {count!r}"):
        BreakableKafka(brokers=count)
