"""A relay over real sockets: what it passes on, what it holds back, and what it leaves behind."""

import asyncio
import contextlib
import random
import socket
import threading
import time

import psutil
import pytest
from gone import assert_nothing_more_held, held_by_us

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.host.waiting import wait_until
from electionlab.kafka.relay import CHUNK, Relay, Relays

WITHIN_S = 20
SILENCE_S = 0.3  # how long nothing may arrive through what is cut


@pytest.fixture
def relays():
    relays = Relays()
    yield relays
    relays.stop()


@pytest.fixture
def server():
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        server.settimeout(WITHIN_S)
        yield server


@pytest.fixture
def relay(relays, server):
    return relays.open(server.getsockname()[1])


@contextlib.contextmanager
def connected(relay, server):
    """Both ends of a connection through a relay: the client's, and the server's."""
    with client(relay) as near:
        far, _ = server.accept()
        far.settimeout(WITHIN_S)
        with far:
            yield near, far


def client(relay):
    return socket.create_connection((ports.LOOPBACK, relay.port), timeout=WITHIN_S)


def take(end, count):
    """Exactly so many bytes."""
    found = b""
    while len(found) < count:
        piece = end.recv(count - len(found))
        assert piece, f"it hung up after {found!r}"
        found += piece
    return found


def is_silent(end):
    end.settimeout(SILENCE_S)
    try:
        end.recv(1)
    except TimeoutError:
        return True
    finally:
        end.settimeout(WITHIN_S)
    return False


def has_hung_up(end):
    try:
        return end.recv(1) == b""
    except ConnectionResetError:
        return True


async def loop_turns():
    """More turns of the relays' event loop than what lies ready for it needs."""
    for _ in range(100):
        await asyncio.sleep(0)


def wait_for_the_end_of_one(relays, relay):
    """Until a relay has read that somebody who is connected to it has hung up."""

    def states():
        connections = psutil.Process().net_connections("tcp")
        return [one.status for one in connections if one.laddr and one.laddr.port == relay.port]

    wait_until(
        lambda: psutil.CONN_CLOSE_WAIT in states(), within=WITHIN_S, why=lambda: f"{states()}"
    )
    relays.run(loop_turns())  # the kernel has it: now the relay reads it


def no_connection_left(*relays):
    """Until no socket of this process is connected to these relays or through them."""
    numbers = {number for relay in relays for number in (relay.port, relay.target)}

    def left():
        return [
            one
            for one in psutil.Process().net_connections("tcp")
            if one.raddr
            and one.status != psutil.CONN_TIME_WAIT
            and {one.laddr.port, one.raddr.port} & numbers
        ]

    wait_until(lambda: not left(), within=WITHIN_S, why=lambda: str(left()))


# Passing on


def test_it_passes_both_ways(relay, server):
    with connected(relay, server) as (near, far):
        near.sendall(b"question")
        assert take(far, 8) == b"question"
        far.sendall(b"answer")
        assert take(near, 6) == b"answer"


def test_two_megabytes_pass_in_both_directions_at_once(relay, server):
    count = 2_000_000
    there, back = random.Random(1).randbytes(count), random.Random(2).randbytes(count)
    with connected(relay, server) as (near, far):
        senders = [
            threading.Thread(target=end.sendall, args=[data])
            for end, data in ((near, there), (far, back))
        ]
        for sender in senders:
            sender.start()
        found = []
        reader = threading.Thread(target=lambda: found.append(take(near, count)))
        reader.start()
        assert take(far, count) == there
        for thread in (reader, *senders):
            thread.join(WITHIN_S)
        assert found == [back]


def test_an_end_of_one_direction_leaves_the_other_open(relay, server):
    with connected(relay, server) as (near, far):
        near.sendall(b"all")
        near.shutdown(socket.SHUT_WR)
        assert take(far, 3) == b"all"
        assert far.recv(1) == b""
        far.sendall(b"still here")
        assert take(near, 10) == b"still here"
        far.close()
        assert near.recv(1) == b""


@pytest.mark.parametrize("leaver", ["near", "far"])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_who_hangs_up_ends_the_connection_for_the_other_too(relay, server, leaver, how):
    with connected(relay, server) as (near, far):
        leaves, stays = (near, far) if leaver == "near" else (far, near)
        if how == "reset":  # a process that is killed with something unread does this
            leaves.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        leaves.close()
        assert has_hung_up(stays)
    no_connection_left(relay)


def test_a_far_end_that_refuses_hangs_up_and_may_come_back(relays):
    relay = relays.open(ports.free_port())
    with client(relay) as near:
        assert has_hung_up(near)
    with socket.create_server((ports.LOOPBACK, relay.target)) as server:
        server.settimeout(WITHIN_S)
        with connected(relay, server) as (near, far):
            near.sendall(b"x")
            assert take(far, 1) == b"x"


# Cutting and healing


def test_a_cut_holds_back_what_both_send_and_healing_delivers_it_in_order(relays, relay, server):
    with connected(relay, server) as (near, far):
        near.sendall(b"0")
        assert take(far, 1) == b"0"
        relays.cut([relay])
        assert relay.is_cut
        for number in range(1, 10):
            near.sendall(str(number).encode())
            far.sendall(str(10 - number).encode())
        assert is_silent(far)
        assert is_silent(near)
        relays.cut([relay], cut=False)
        assert take(far, 9) == b"123456789"
        assert take(near, 9) == b"987654321"


@pytest.mark.parametrize("leaver", ["near", "far"])
def test_a_cut_holds_back_an_end_behind_what_was_said_before_it(relays, relay, server, leaver):
    with connected(relay, server) as (near, far):
        leaves, stays = (near, far) if leaver == "near" else (far, near)
        relays.cut([relay])
        leaves.sendall(b"bye")
        leaves.close()
        assert is_silent(stays)
        relays.cut([relay], cut=False)
        assert take(stays, 3) == b"bye"
        assert stays.recv(1) == b""


def test_what_a_dead_far_end_had_said_arrives_after_healing(relays, relay, server):
    """Though what was said to it cannot be delivered any more."""
    with connected(relay, server) as (near, far):
        relays.cut([relay])
        near.sendall(b"x" * 100_000)
        far.sendall(b"last words")
        far.close()
        assert is_silent(near)
        relays.cut([relay], cut=False)
        assert take(near, 10) == b"last words"
        assert has_hung_up(near)
    no_connection_left(relay)


def test_a_connection_made_while_cut_reaches_nobody_until_it_is_healed(relays, relay, server):
    relays.cut([relay])
    with client(relay) as near:
        near.sendall(b"hello")
        server.settimeout(SILENCE_S)
        with pytest.raises(TimeoutError):
            server.accept()
        server.settimeout(WITHIN_S)
        relays.cut([relay], cut=False)
        far, _ = server.accept()
        with far:
            assert take(far, 5) == b"hello"


def test_a_connection_made_and_given_up_while_cut_reaches_nobody_ever(relays, relay, server):
    relays.cut([relay])
    with client(relay) as given_up:
        given_up.sendall(b"a request of long ago")
    wait_for_the_end_of_one(relays, relay)
    relays.cut([relay], cut=False)
    with connected(relay, server) as (near, far):
        near.sendall(b"news")
        assert take(far, 4) == b"news"


def test_a_cut_of_one_leaves_the_others_alone(relays, relay, server):
    other = relays.open(relay.target)
    relays.cut([relay])
    with connected(other, server) as (near, far):
        near.sendall(b"x")
        assert take(far, 1) == b"x"


def test_more_than_a_cut_can_hold_stops_the_sender_and_is_not_lost(relays, relay, server):
    count = 30_000_000
    with connected(relay, server) as (near, far):
        relays.cut([relay])
        near.settimeout(SILENCE_S)
        sent = 0
        with pytest.raises(TimeoutError):  # not one byte more finds room
            while sent < count:
                sent += near.send(b"x" * CHUNK)
        near.settimeout(WITHIN_S)
        relays.cut([relay], cut=False)
        left = sent
        while left:
            left -= len(far.recv(CHUNK))
        near.sendall(b"y")
        assert take(far, 1) == b"y"


def test_threads_may_cut_and_heal_at_once_and_nothing_is_lost(relays, relay, server):
    def break_it():
        for number in range(100):
            relays.cut([relay], cut=number % 2 == 0)

    with connected(relay, server) as (near, far):
        threads = [threading.Thread(target=break_it) for _ in range(4)]
        for thread in threads:
            thread.start()
        said = b"".join(str(number).encode() for number in range(1000))
        for place in range(0, len(said), 10):
            near.sendall(said[place : place + 10])
        for thread in threads:
            thread.join(WITHIN_S)
        relays.cut([relay], cut=False)
        assert take(far, len(said)) == said


# Delays


@pytest.fixture
def delay_each(monkeypatch):
    """Gives each chunk that a relay reads a delay by its number, and lists the numbers read."""

    def delay_each(delay_of):
        read = []

        def delay_s(_):
            read.append(len(read))
            return delay_of(read[-1])

        monkeypatch.setattr(Relay, "delay_s", property(delay_s), raising=False)
        return read

    return delay_each


def wait_for_chunks(read, count):
    wait_until(lambda: len(read) == count, within=WITHIN_S, why=lambda: f"{len(read)} were read")


def test_what_is_slow_arrives_late_and_in_order_though_the_delay_shrinks(relay, server, delay_each):
    read = delay_each(lambda number: 0.5 if number == 0 else 0.0)
    with connected(relay, server) as (near, far):
        begun = time.monotonic()
        near.sendall(b"first ")
        wait_for_chunks(read, 1)
        near.sendall(b"second")
        assert take(far, 12) == b"first second"
        assert time.monotonic() - begun >= 0.5
        far.sendall(b"answer")
        assert take(near, 6) == b"answer"


def test_delays_overlap(relays, relay, server, delay_each, monkeypatch):
    """Ten chunks that are each an hour late are an hour late, not ten: the clock is put forward."""
    hour, real, ahead = 3600, relays._loop.time, [0]
    monkeypatch.setattr(relays._loop, "time", lambda: real() + ahead[0])
    read = delay_each(lambda number: hour)
    with connected(relay, server) as (near, far):
        for count in range(1, 11):
            near.sendall(b"x")
            wait_for_chunks(read, count)
        assert is_silent(far)
        ahead[0] = hour
        relays.run(loop_turns())  # its loop sleeps until the first is due by the clock it knew
        assert take(far, 10) == b"x" * 10


# The end


def test_stopping_closes_everything_cut_or_not(server):
    before = held_by_us()
    relays = Relays()
    cut, whole = (relays.open(server.getsockname()[1]) for _ in range(2))
    with connected(cut, server) as (near, far), connected(whole, server) as (other, its):
        near.sendall(b"x")
        assert take(far, 1) == b"x"
        relays.cut([cut])
        near.sendall(b"held back")
        with client(cut) as knocking, client(whole) as coming:
            relays.stop()
            assert all(map(has_hung_up, (near, far, other, its, knocking, coming)))
    relays.stop()
    assert not ports.is_taken(cut.port)
    assert_nothing_more_held(before)


@pytest.mark.parametrize(
    "asked",
    [lambda relays, relay: relays.open(1), lambda relays, relay: relays.cut([relay])],
    ids=["open", "cut"],
)
def test_stopped_relays_say_that_the_lab_has_ended(relays, relay, asked):
    relays.stop()
    with pytest.raises(LabError, match="this lab has ended"):
        asked(relays, relay)


def test_an_answer_that_does_not_come_is_said(relays):
    with pytest.raises(LabError, match=r"Waited 0\.1 s in vain.*: the relays did not answer"):
        relays.run(asyncio.sleep(1000), within=0.1)


def test_a_relay_that_cannot_listen_is_said(relays, monkeypatch):
    def no_room(*_, **__):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("socket.create_server", no_room)
    with pytest.raises(LabError, match=r"relay to port 7 could not listen: .*Too many open files"):
        relays.open(7)
