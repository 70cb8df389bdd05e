"""The playbook's walkthrough in short: for `make demo`, the README's picture and the tests."""

from __future__ import annotations

from collections.abc import Callable

from electionlab.history.history import History
from electionlab.kafka.kafka import Kafka
from electionlab.lab import conditions
from electionlab.lab.worker import Worker
from electionlab.lab.workers import Workers

COMMAND = "faust -A leader worker -l info --web-port {port}"
PORTS = (6066, 6067, 6068)
SHORT_SESSION = {"BROKER_SESSION_TIMEOUT": "6", "BROKER_HEARTBEAT_INTERVAL": "1"}
"""In seconds. With Faust's own session of 60 s a picture would show a minute of waiting."""


def walk(workers: Workers, announce: Callable[[str], object] = str) -> None:
    """Start three workers, interrupt the leader, start it again, and read what was published. The
    workers keep running. `announce` gets each step in words, before it is taken."""
    first = _start(workers, announce)
    announce(f"Ctrl+C on {first.name}, which leads. Who leads next?")
    workers.interrupt(first)
    workers.wait_new_leader(first, greetings=3)
    announce(f"{workers.leader().name} leads now. {first.name} is started again: does it lead?")
    workers.start(first.command)
    workers.wait_publishes(2)
    workers.read_topic()


def _start(workers: Workers, announce: Callable[[str], object] = str) -> Worker:
    """Start three workers, and return the one that leads once there were three greetings."""
    for port in PORTS:
        command = COMMAND.format(port=port)
        announce(f"$ {command}")
        workers.start(command)
    announce("Three workers run. One leads, and publishes a greeting every two seconds.")
    workers.wait_leader()
    workers.wait_publishes(3)
    return workers.leader()


def run() -> History:
    """Run the walkthrough on a Kafka of its own, and return its history."""
    with Kafka() as kafka, Workers(kafka) as workers:
        walk(workers)
        return workers.history()


def freeze() -> History:
    """Run three workers whose leader stands still until another one leads, and then goes on, on a
    Kafka of their own, and return the history: for a while two lead, each in its own eyes."""
    with Kafka() as kafka, Workers(kafka, settings=SHORT_SESSION) as workers:
        first = _start(workers)
        workers.freeze(first)
        workers.wait_new_leader(first, greetings=3)
        workers.thaw(first)
        workers.wait(conditions.is_back(first.name), what=f"{first.name} to be back")
        workers.wait_publishes(2)
        workers.read_topic()
        return workers.history()


RUNS = {"freeze": freeze, "interrupt": run}
"""What is done to the leader, and the function that does it."""
