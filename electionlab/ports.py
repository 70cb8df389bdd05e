"""Who listens on a port of this machine, and which ports are free."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import os
import random
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path

import psutil

from electionlab.errors import LabError

LOOPBACK = "127.0.0.1"


def is_taken(port: int) -> bool:
    """Whether nobody else could listen on this port of the loopback interface.

    It tries to listen, as a server would: a connection that has just been closed is no hindrance,
    a listener on all addresses is.
    """
    for family, address in ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
                probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            if family == socket.AF_INET:
                raise  # only IPv6 may be missing on a machine
    return False


def accepts(port: int) -> bool:
    """Whether something accepts connections on this port of the loopback interface."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def listener(port: int) -> str:
    """The process that listens on a port, in words: `java (process 4711)`.

    macOS tells only root about other processes' ports, and Linux about those of other users: then
    the words say so.
    """
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        connections = []
    for connection in connections:
        address = connection.laddr
        listens = connection.status == psutil.CONN_LISTEN and address and address.port == port
        if listens and connection.pid:
            try:
                process = psutil.Process(connection.pid)
                words = " ".join(process.cmdline())
            except psutil.Error:
                continue
            shown = words if len(words) <= 80 else words[:77] + "…"
            return f"{process.name()} (process {connection.pid}: {shown})"
    return "a process that this user may not see"


def require_free(ports: Iterable[int], purpose: str) -> None:
    """Raise LabError, naming who has it, for the first port that is taken."""
    for port in ports:
        if is_taken(port):
            raise LabError(
                f"Port {port}, needed for {purpose}, is taken by {listener(port)}. "
                "Stop that process, then try again."
            )


def free_port() -> int:
    """A port of the loopback interface that nobody listens on at this moment."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """So many different ports of the loopback interface that nobody listens on at this moment.

    They lie below those that systems give to connections going out (from 32768 on Linux): one of
    these might be taken before our server comes to listen. Chosen at random, so that two that ask
    at once hardly ever get the same; labs have a range of their own above (`PortBlock`).
    """
    candidates = random.sample(range(10_000, 20_000), 50 * count)
    found = itertools.islice((port for port in candidates if not is_taken(port)), count)
    return list(found)


class PortBlock:
    """So many `ports` of one lab, in a row.

    Below all ports that systems give to connections, so nobody comes upon one by chance: neither
    between choosing and listening, nor while a broker that listened there is down. It is the first
    block whose ports are all free and that no other lab of this user has taken, by a lock on a file
    that ends with this process and with those that inherit its `descriptors`. Raises LabError where
    the block would be too long or none is left.
    """

    def __init__(self, count: int, *, first: int = 7101, step: int = 20, blocks: int = 90) -> None:
        if not 0 <= count <= step:
            raise LabError(f"A block has at most {step} ports, so {count} cannot be had.")
        for number in range(first, first + blocks * step, step):
            wanted = list(range(number, number + count))
            path = Path(tempfile.gettempdir()) / f"electionlab-ports-{number}-{os.getuid()}.lock"
            with contextlib.ExitStack() as unless_ours:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                unless_ours.callback(os.close, descriptor)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                if not any(map(is_taken, wanted)):
                    unless_ours.pop_all()
                    self.ports = wanted
                    self.descriptors = [descriptor]
                    return
        raise LabError(
            f"No {count} ports in a row are free between {first} and {first + blocks * step - 1}. "
            "Stop what listens there, other labs for one, then try again."
        )

    def release(self) -> None:
        """Let others have them. Released already is fine."""
        while self.descriptors:
            os.close(self.descriptors.pop())
