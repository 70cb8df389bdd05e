"""Who listens on a port; the ports used are free ones."""

import contextlib
import errno
import os
import socket

import pytest
from scripts import script

from electionlab import ports
from electionlab.errors import LabError

LISTEN = """
import signal, socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
signal.pause()
"""


@contextlib.contextmanager
def listening(address="127.0.0.1", family=socket.AF_INET):
    with socket.socket(family, socket.SOCK_STREAM) as server:
        if family == socket.AF_INET6:
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        server.bind((address, 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_with_a_listener_is_taken_until_it_closes(address):
    with listening(address) as port:
        assert ports.is_taken(port)
    assert not ports.is_taken(port)


def test_a_port_with_a_listener_on_ipv6_alone_is_taken():
    try:
        with listening("::1", socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with listening("::1", socket.AF_INET6) as port:
        assert not ports.accepts(port)
        assert ports.is_taken(port)


def test_a_connection_that_was_just_closed_does_not_take_the_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        client = socket.create_connection(address)
        accepted, _ = server.accept()
        accepted.close()  # the server closes first, so its port waits for late packets
        client.close()
    assert not ports.is_taken(address[1])


# Where the kernel has no IPv6 at all, the socket itself cannot be made.
def test_a_machine_without_ipv6_has_free_ports_too(monkeypatch):
    class Socket(socket.socket):
        def __init__(self, family=-1, *rest, **more):
            if family == socket.AF_INET6:
                raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
            super().__init__(family, *rest, **more)

    port = ports.free_port()
    monkeypatch.setattr(socket, "socket", Socket)
    assert not ports.is_taken(port)


def test_a_listener_accepts_and_a_free_port_does_not():
    with listening() as port:
        assert ports.accepts(port)
    assert not ports.accepts(port)


def test_a_listener_is_named_by_its_process():
    with listening() as port:
        assert f"(process {os.getpid()}: " in ports.listener(port)


def test_each_of_two_listeners_is_named_by_its_own_process():
    with script(LISTEN) as (other, told), listening() as port:
        assert f"(process {os.getpid()}: " in ports.listener(port)
        assert f"(process {other.pid}: " in ports.listener(int(told))


def test_a_listener_that_cannot_be_seen_is_said_to_be():
    assert ports.listener(ports.free_port()) == "a process that this user may not see"


def test_a_taken_port_is_refused_with_its_purpose_and_its_process():
    free = ports.free_port()
    with listening() as port, pytest.raises(LabError) as caught:
        ports.require_free([free, port], "worker 1's web server")
    told = str(caught.value)
    assert told.startswith(f"Port {port}, needed for worker 1's web server, is taken by ")
    assert f"process {os.getpid()}" in told


def test_free_ports_are_not_refused():
    ports.require_free([ports.free_port(), ports.free_port()], "nothing")


def test_a_free_port_can_be_listened_on():
    port = ports.free_port()
    with socket.create_server(("127.0.0.1", port)) as server:
        assert server.getsockname()[1] == port
