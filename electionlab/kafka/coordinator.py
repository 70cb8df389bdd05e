"""Which broker coordinates a group, asked in Kafka's own protocol over a plain connection.

librdkafka may abort its process when a coordinator does not answer in time (its issue 4605). Where
brokers are broken on purpose that would end a notebook's kernel, so librdkafka is not asked.
"""

from __future__ import annotations

import contextlib
import socket
import struct

from electionlab.history.consumer_offsets import Reader, UnknownFormatError
from electionlab.host.ports import LOOPBACK
from electionlab.host.waiting import stretched

FIND_COORDINATOR, VERSION = 10, 0  # FindCoordinatorRequest.json of Apache Kafka


def find(port: int, group: str, within: float = 2.0) -> int | None:
    """The id of the broker that coordinates a group, asked of the broker on this port of loopback.
    None if it knows none, or does not answer within `within` seconds."""
    client, name = b"electionlab", group.encode()
    request = struct.pack(">hhih", FIND_COORDINATOR, VERSION, 1, len(client)) + client
    request += struct.pack(">h", len(name)) + name
    with contextlib.suppress(OSError, UnknownFormatError, struct.error):
        with socket.create_connection((LOOPBACK, port), timeout=stretched(within)) as broker:
            broker.sendall(struct.pack(">i", len(request)) + request)
            answer = broker.makefile("rb")
            (length,) = struct.unpack(">i", answer.read(4))
            reader = Reader(answer.read(length))
        reader.number("i")  # the request's correlation id
        return reader.number("i") if reader.number("h") == 0 else None
    return None
