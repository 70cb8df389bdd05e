"""A reader's terminal in which both servers of the playbook are started and stopped."""

import contextlib
import os
import subprocess
from pathlib import Path

import psutil
from gone import PORTS, assert_gone, end_group, listening

from electionlab.host import ports
from electionlab.host.locks import walkthrough
from electionlab.host.waiting import wait_until
from electionlab.kafka.witness import Witness
from electionlab.kafka.zookeeper import answers

WORKER = "faust -A leader worker -l info --web-port 6066"
CONSOLE = Path(__file__).parent.parent / "data" / "playbook" / "console.txt"
ZOOKEEPER, KAFKA = (
    line.removeprefix("$ ") for line in CONSOLE.read_text(encoding="utf-8").splitlines()[:2]
)
WITNESS = Witness("127.0.0.1:9092")


@contextlib.contextmanager
def locked():
    """The playbook's ports are ours; 2181 has no other user that heeds the lock."""
    walkthrough.acquire()
    try:
        yield
    finally:
        walkthrough.release()


class Terminal:
    """Runs command lines as a reader does, in a folder whose name has spaces."""

    def __init__(self, folder: Path, kafka_home: str, **environment: str) -> None:
        self.folder = folder
        self.environment = {**os.environ, "KAFKA_HOME": kafka_home, **environment}
        self.running: list[subprocess.Popen] = []

    def start(self, command: str) -> subprocess.Popen:
        with (self.folder / f"{len(self.running)}.log").open("wb") as log:
            started = subprocess.Popen(
                ["sh", "-c", command],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(started)
        return started

    def run(self, command: str, timeout: float = 60) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["sh", "-c", command],
            check=False,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
        )

    def output(self) -> str:
        """What each command has printed so far."""
        return "\n".join(
            path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("*.log"))
        )

    def wait_for(self, answered, started: subprocess.Popen) -> None:
        def look():
            assert started.poll() is None, self.output()
            return answered()

        wait_until(look, within=60, why=self.output)

    def start_both(self) -> set[psutil.Process]:
        self.wait_for(answers, self.start(ZOOKEEPER))
        self.wait_for(is_kafka_there, self.start(KAFKA))
        return servers()


def servers() -> set[psutil.Process]:
    """ZooKeeper and Kafka: who listens on their ports."""
    found = listening([2181, 9092])
    assert len(found) == 2, found
    return set(map(psutil.Process, found.values()))


def is_kafka_there() -> bool:
    return ports.accepts(9092) and WITNESS.can_make_topics(within=5)


@contextlib.contextmanager
def terminal_in(folder: Path, kafka_home: str, **environment: str):
    """A terminal in a new folder; what was started there ends with the block."""
    folder.mkdir()
    opened = Terminal(folder, kafka_home, **environment)
    with locked():
        try:
            yield opened
        finally:
            for started in reversed(opened.running):
                end_group(started)
            wait_until(nothing_listens, within=5, why=lambda: str(listening([2181, 9092])))


def nothing_listens() -> bool:
    return not ports.is_taken(2181) and not ports.is_taken(9092)


def assert_nothing_left(running) -> None:
    # The ports, too, are waited for: a JVM whose main thread has ended counts as gone, while its
    # other threads may hold its sockets for a moment more.
    assert_gone(running, [*PORTS, 2181])
