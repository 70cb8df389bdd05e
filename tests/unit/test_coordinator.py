"""A broker is asked for a coordinator in Kafka's own words; silence and nonsense are no answer."""

import socket
import struct
import threading

import pytest

from electionlab import ports
from electionlab.coordinator import find


def answer(error=0, node=3):
    body = struct.pack(">ihi", 1, error, node) + struct.pack(">h", 4) + b"host" + b"\0\0\0\1"
    return struct.pack(">i", len(body)) + body


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
    asked = []

    def serve():
        connection, _ = server.accept()
        with connection:
            asked.append(connection.recv(1000))
            connection.sendall(told)

    with socket.create_server((ports.LOOPBACK, 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        assert find(server.getsockname()[1], "groß", within=20) == found
        thread.join(20)
    (request,) = asked
    assert request == b"\0\0\0\x1c\0\x0a\0\0\0\0\0\1\0\x0belectionlab\0\5gro\xc3\x9f"


def test_nobody_there_or_no_answer_is_none():
    assert find(ports.free_port(), "group") is None
    with socket.create_server((ports.LOOPBACK, 0)) as silent:
        assert find(silent.getsockname()[1], "group", within=0.1) is None
