"""Which broker coordinates a group, asked in Kafka's own words over a plain connection.

librdkafka may abort its process when a coordinator does not answer in time (its issue 4605). Where
brokers are broken on purpose that would end a notebook's kernel, so it is not asked.
"""

from __future__ import annotations

import contextlib
import socket
import struct

from electionlab.journal import Reader, UnknownFormatError
from electionlab.ports import LOOPBACK

FIND_COORDINATOR, VERSION = 10, 0  # FindCoordinatorRequest.json of Apache Kafka


def find(port: int, group: str, within: float = 2.0) -> int | None:
    """The id of the broker that coordinates a group, as the broker on this port of loopback has it.
    None if it knows of none, or does not answer in `within` seconds."""
    client, name = b"electionlab", group.encode()
    request = struct.pack(">hhih", FIND_COORDINATOR, VERSION, 1, len(client)) + client
    request += struct.pack(">h", len(name)) + name
    with contextlib.suppress(OSError, UnknownFormatError, struct.error):
        with socket.create_connection((LOOPBACK, port), timeout=within) as broker:
            broker.sendall(struct.pack(">i", len(request)) + request)
            answer = broker.makefile("rb")
            (length,) = struct.unpack(">i", answer.read(4))
            told = Reader(answer.read(length))
        told.number("i")  # the request's number
        return told.number("i") if told.number("h") == 0 else None
    return None
