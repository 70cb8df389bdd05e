"""What is made and written for a Kafka that asks for a password; nothing is started."""

import ssl
from pathlib import Path

import pytest
from cryptography import x509

from electionlab import Kafka, LabError, Sasl
from electionlab.kafka.broker import Broker
from electionlab.kafka.node import Node
from electionlab.kafka.properties import kraft_properties
from electionlab.kafka.quorum import voters
from electionlab.kafka.sasl import Certificates, Security, broker_settings


def test_the_certificate_is_for_localhost():
    made = Certificates()
    found = x509.load_pem_x509_certificate(
        made.server[made.server.index("-----BEGIN CERT") :].encode()
    )
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["127.0.0.1", "localhost"]
    assert made.server.startswith("-----BEGIN PRIVATE KEY-----")  # PKCS 8
    context = ssl.create_default_context(cadata=made.authority)
    assert context.cert_store_stats()["x509_ca"] >= 1


@pytest.mark.parametrize(("user", "password"), [("", "p"), ("u", ""), ("u\n", "p"), ("u", "p\0")])
def test_credentials_that_cannot_be_written_are_refused(user, password):
    with pytest.raises(LabError, match="of Sasl must be printable text"):
        Sasl(user, password)


def test_the_password_is_not_shown():
    assert "sesame" not in repr(Sasl("reader", "sesame"))


def test_quotation_marks_and_backslashes_are_escaped_for_java():
    told = broker_settings(Security(Sasl("u", 'a"b\\c')), Path("key.pem"), 10, 11)
    assert r'user_u"="a\"b\\c";' in told["listener.name.sasl_ssl.plain.sasl.jaas.config"]


def test_what_is_not_ascii_is_escaped_in_properties():
    text = kraft_properties(Path("/tmp/ä"), 1, 2, {"more": "€\\𝄞\n"})
    assert "log.dirs=/tmp/\\u00e4\n" in text
    assert text.endswith("more=\\u20ac\\\\\\ud834\\udd1e\\n\n")
    assert text.isascii()


def test_each_broker_knows_all_three():
    nodes = [Node(1, 10, 11), Node(2, 20, 21), Node(3, 30, 31)]
    assert voters(nodes[1], nodes) == {
        "node.id": "2",
        "controller.quorum.voters": "1@127.0.0.1:11,2@127.0.0.1:21,3@127.0.0.1:31",
    }


def test_clients_have_one_way_in():
    told = broker_settings(Security(Sasl("u", "p")), Path("key.pem"), 10, 11)
    assert told["advertised.listeners"] == "SASL_SSL://127.0.0.1:10"
    assert "PLAINTEXT://" not in told["listeners"]


@pytest.mark.parametrize("count", [0, 2, 4, "3"])
def test_there_are_one_or_three_brokers(count):
    with pytest.raises(LabError, match="has 1 broker or 3 here, not"):
        Kafka(brokers=count)


def test_only_a_plain_lone_broker_is_on_the_playbooks_port():
    assert Kafka().brokers[0].node.ports == [9092, 9093]
    assert 9092 not in {Kafka(brokers=3).port, Kafka(security=Sasl("u", "p")).port}
    chosen = Kafka(port=9092, brokers=3)
    assert chosen.brokers[0].node.ports == [9092, 9093]


def test_a_broker_that_was_not_started_cannot_be_killed():
    broker = Broker(Node(2, 1, 2), "Kafka broker 2")
    assert repr(broker) == "Kafka broker 2 on localhost:1, not running"
    with pytest.raises(LabError, match="Kafka broker 2 was not started"):
        broker.kill()
