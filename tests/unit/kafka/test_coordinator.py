"""A broker is asked for a coordinator in Kafka's own words; silence and nonsense are no answer."""

import contextlib
import socket
import struct
import threading

import pytest

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.kafka.coordinator import find
from electionlab.kafka.kafka import Kafka


def answer(error=0, node=3):
    body = struct.pack(">ihi", 1, error, node) + struct.pack(">h", 4) + b"host" + b"\0\0\0\1"
    return struct.pack(">i", len(body)) + body


@contextlib.contextmanager
def answering(*answers):
    """A server that answers one connection after the other: its port, and what it was asked."""
    asked = []

    def serve():
        for told in answers:
            connection, _ = server.accept()
            with connection:
                asked.append(connection.recv(1000))
                connection.sendall(told)

    with socket.create_server((ports.LOOPBACK, 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], asked
        thread.join(20)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (answer(), 3),
        (answer(node=0), 0),
        (answer(error=15, node=-1), None),  # COORDINATOR_NOT_AVAILABLE
        (answer()[:9], None),
        (answer()[:2], None),
        (b"", None),
    ],
)
def test_the_answer_is_a_brokers_id_or_none(told, found):
    with answering(told) as (port, asked):
        assert find(port, "groß", within=20) == found
    (request,) = asked
    assert request == b"\0\0\0\x1c\0\x0a\0\0\0\0\0\1\0\x0belectionlab\0\5gro\xc3\x9f"


def test_nobody_there_or_no_answer_is_none():
    assert find(ports.free_port(), "group") is None
    with socket.create_server((ports.LOOPBACK, 0)) as silent:
        assert find(silent.getsockname()[1], "group", within=0.1) is None


def test_a_kafka_is_asked_until_it_says_who_coordinates():
    not_yet = answer(error=15, node=-1)
    with answering(not_yet, not_yet, answer(node=0)) as (port, asked):
        assert Kafka(port, lock=False).coordinator("group", within=20) == 0
    assert len(asked) == 3


def test_a_kafka_that_names_nobody_is_an_error():
    kafka = Kafka(ports.free_port(), lock=False)
    with pytest.raises(LabError, match="no broker named the coordinator of 'group'"):
        kafka.coordinator("group", within=0.1)
