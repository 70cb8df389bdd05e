"""The receiver as a process of its own."""

import json
import socket

import pytest
from gone import assert_gone

from electionlab.elections.sink import Sink
from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.host.ports import LOOPBACK


def send(port, *greetings):
    """What the receiver answers to each."""
    with socket.create_connection((LOOPBACK, port), timeout=60) as connection:
        lines = connection.makefile("rw", encoding="utf-8")
        for greeting in greetings:
            print(json.dumps(greeting), file=lines, flush=True)
        return [json.loads(lines.readline()) for _ in greetings]


def greeting(who, token):
    return {"who": who, "term": 1, "token": token}


def test_what_it_was_sent_is_known_while_it_runs_and_nothing_is_left_of_it():
    (port,) = ports.free_ports(1)
    with Sink(port) as sink:
        assert sink.writes() == []
        answers = send(port, greeting("A", 1), greeting("B", 2), greeting("A", 1))
        assert [answer["in_time"] for answer in answers] == [True, True, False]
        assert [(write.who, write.in_time) for write in sink.writes()] == [
            ("A", True),
            ("B", True),
            ("A", False),
        ]
        assert sink.start() is sink, "it is started once"
        assert len(sink.writes()) == 3
    assert_gone([], [port])


def test_a_taken_port_is_said_and_nothing_is_started():
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LabError, match=f"{port}"):
            Sink(port).start()


def test_stopping_what_never_began_does_nothing():
    Sink(1).stop()
