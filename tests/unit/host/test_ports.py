"""Who listens on a port; the ports used are free ones."""

import contextlib
import errno
import os
import socket

import pytest
from scripts import script

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.kafka.faulty_cluster import PORTS as BROKER_PORTS

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


def has_ipv6():
    try:
        with listening("::1", socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_with_a_listener_is_taken_until_it_closes(address):
    with listening(address) as port:
        assert ports.is_taken(port)
    assert not ports.is_taken(port)


def test_a_port_with_a_listener_on_ipv6_alone_is_taken():
    if not has_ipv6():  # in many containers: nobody can listen there, and IPv4 alone counts
        assert not ports.is_taken(ports.free_port())
        return
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


# A block of ports for a lab

FIRST = 29910 + os.getpid() % 200 * 10  # two runs of these tests are not in each other's way
ONE = [FIRST, FIRST + 1, FIRST + 2]
OTHER = [FIRST + 5, FIRST + 6, FIRST + 7]


@pytest.fixture
def blocks(tmp_path, monkeypatch):
    """Makes blocks of three ports out of two, whose locks are this test's own."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    made = []

    def make(count=3):
        made.append(ports.PortBlock(count, first=FIRST, step=5, blocks=2))
        return made[-1]

    yield make
    for block in made:
        block.release()


def test_two_blocks_differ_a_third_is_refused_and_a_released_one_is_given_again(blocks):
    one, two = blocks(), blocks()
    assert [one.ports, two.ports] == [ONE, OTHER]
    with pytest.raises(LabError, match=f"no 3 free ports in a row between {FIRST} and {FIRST + 9}"):
        blocks()
    one.release()
    one.release()
    assert blocks().ports == one.ports


def test_a_block_with_a_listener_is_left_out(blocks):
    with socket.create_server(("127.0.0.1", ONE[2])):
        assert blocks().ports == OTHER
    assert blocks().ports == ONE


def test_blocks_leave_no_file_open(blocks):
    before = len(os.listdir("/dev/fd"))  # noqa: PTH208
    held = [blocks(), blocks()]
    with pytest.raises(LabError):
        blocks()
    for block in held:
        block.release()
    assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208


def test_a_block_stays_taken_as_long_as_somebody_who_inherited_it_lives(blocks):
    block = blocks()
    with script(LISTEN, keep=block.descriptors) as (heir, _):
        block.release()
        assert blocks().ports == OTHER
        heir.kill()
        heir.wait()
        assert blocks().ports == ONE


@pytest.mark.parametrize("count", [-1, 6])
def test_a_block_that_is_too_long_or_less_than_nothing_is_refused(blocks, count):
    with pytest.raises(LabError, match=f"at most 5 ports, not {count}"):
        blocks(count)


def test_no_lab_uses_a_port_that_systems_give_to_connections():
    """macOS and Linux give ports from 32768 upwards."""
    last = BROKER_PORTS["first"] + BROKER_PORTS["step"] * BROKER_PORTS["blocks"]
    assert 8901 < BROKER_PORTS["first"] < last < 32768


def test_what_another_notebook_has_started_is_named_as_that():
    told = r"started by your notebook notebooks/02-mine\.ipynb"
    with (
        script(LISTEN, environment={"JPY_SESSION_NAME": "notebooks/02-mine.ipynb"}) as (_, line),
        pytest.raises(LabError, match=told),
    ):
        ports.require_free([int(line)], "something")
    with script(LISTEN, environment={"JPY_SESSION_NAME": ""}) as (_, line):
        assert "notebook" not in ports.listener(int(line))


@pytest.mark.parametrize("port", [-1, 0, 65536, 70000])
def test_a_number_that_no_port_can_have_is_refused(port):
    for asked in (ports.is_taken, ports.accepts, lambda number: ports.require_free([number], "it")):
        with pytest.raises(LabError, match=f"no port {port}"):
            asked(port)
