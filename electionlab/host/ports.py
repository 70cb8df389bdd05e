"""Who listens on a port of this machine, and which ports are free."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import random
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path

import psutil

from electionlab.errors import LabError
from electionlab.host import disks
from electionlab.host.lock import try_lock
from electionlab.host.waiting import stretched

LOOPBACK = "127.0.0.1"


def require_possible(port: int) -> None:
    """Raise LabError for a number that no port can have."""
    if not 0 < port < 65536:
        raise LabError(f"There is no port {port}: ports are numbered from 1 to 65535.")


def is_taken(port: int) -> bool:
    """Whether this port of the loopback interface is taken, so that nobody else could listen on it.

    It tries to listen, as a server would: a connection that has just been closed does not count, a
    listener on all addresses does. LabError for a number that no port can have, or a port that this
    user may not use.
    """
    require_possible(port)
    for family, address in ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
                probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            if error.errno == errno.EACCES:
                raise LabError(
                    f"Port {port} is reserved for root. Choose 1024 or above."
                ) from error
            if family == socket.AF_INET:
                raise  # only IPv6 may be missing on a machine
    return False


def require_localhost() -> None:
    """Raise LabError if `localhost`, where the playbook's program looks for Kafka, is not the
    address on which Kafka listens here."""
    try:
        entries = socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)
        addresses = sorted({str(address[0]) for *_, address in entries})
    except OSError:
        addresses = []
    if LOOPBACK not in addresses:
        meaning = " and ".join(addresses) or "unknown"
        raise LabError(
            f"On this machine `localhost` is {meaning}, and Kafka listens on {LOOPBACK}: workers "
            f"would not find it. Add the line `{LOOPBACK} localhost` to /etc/hosts."
        )


def accepts(port: int) -> bool:
    """Whether something accepts connections on this port of the loopback interface. LabError for a
    number that no port can have."""
    require_possible(port)
    try:
        socket.create_connection((LOOPBACK, port), timeout=stretched(1)).close()
    except OSError:
        return False
    return True


def listener(port: int) -> str:
    """The process that listens on a port, in words: `java (process 4711)`.

    macOS shows the ports of other processes only to root, Linux those of other users' processes; if
    the process cannot be seen, the words say so.
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
            return f"{process.name()} (process {connection.pid}: {shown}){_notebook_of(process)}"
    return "a process that this user may not see"


def _notebook_of(process: psutil.Process) -> str:
    """Which notebook a process belongs to, in words; empty if none. JupyterLab puts the notebook's
    name into its kernel's environment, which whatever the kernel starts inherits."""
    try:
        name = process.environ().get("JPY_SESSION_NAME")
    except psutil.Error:
        return ""
    return f", started by your notebook {name} (end it: Kernel > Shut Down Kernel)" if name else ""


def require_free(ports: Iterable[int], purpose: str) -> None:
    """Raise LabError, naming the process that has it, for the first port that is taken."""
    for port in ports:
        if is_taken(port):
            raise LabError(
                f"Port {port}, needed for {purpose}, is taken by {listener(port)}. "
                "Stop that process, then try again."
            )


def free_port() -> int:
    """A port of the loopback interface that nobody listens on at the moment."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """`count` different ports of the loopback interface that nobody listens on at the moment.

    They lie below those that systems use for outgoing connections (from 32768 on Linux), one of
    which might be taken before our server listens. They are chosen at random, so that two callers
    at once hardly ever get the same; labs have ranges of their own (`PortBlock`).
    """
    candidates = random.sample(range(10_000, 20_000), 50 * count)
    free = (port for port in candidates if not is_taken(port))
    return list(itertools.islice(free, count))


class PortBlock:
    """Consecutive `ports` for one lab.

    They lie below all ports that systems use for outgoing connections, so nothing takes one by
    chance, neither between choosing and listening nor while a broker that listened there is down.
    It is the first block whose ports are all free and that no other lab of this user has locked;
    the lock, on a file, lasts until this process and those that inherit its `descriptors` have
    ended. Raises LabError if the block would be too long or none is left.
    """

    def __init__(self, count: int, *, first: int = 7101, step: int = 20, blocks: int = 90) -> None:
        if not 0 <= count <= step:
            raise LabError(f"A block has at most {step} ports, not {count}.")
        for number in range(first, first + blocks * step, step):
            block = list(range(number, number + count))
            path = Path(tempfile.gettempdir()) / f"electionlab-ports-{number}-{os.getuid()}.lock"
            with contextlib.ExitStack() as unless_ours:
                with disks.temporary().errors():
                    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                unless_ours.callback(os.close, descriptor)
                if try_lock(descriptor) and not any(map(is_taken, block)):
                    unless_ours.pop_all()
                    self.ports = block
                    self.descriptors = [descriptor]
                    return
        raise LabError(
            f"There are no {count} free ports in a row between {first} and "
            f"{first + blocks * step - 1}. Stop what listens there, such as other labs, then try "
            "again."
        )

    def release(self) -> None:
        """Let others have the ports. Does nothing if already released."""
        while self.descriptors:
            os.close(self.descriptors.pop())
