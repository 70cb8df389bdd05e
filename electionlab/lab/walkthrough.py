"""The playbook's walkthrough in short: for `make demo`, the README's picture and the tests."""

from __future__ import annotations

from collections.abc import Callable

from electionlab.history.history import History
from electionlab.kafka.kafka import Kafka
from electionlab.lab.workers import Workers

COMMAND = "faust -A leader worker -l info --web-port {port}"
PORTS = (6066, 6067, 6068)


def walk(workers: Workers, announce: Callable[[str], object] = str) -> None:
    """Start three workers, interrupt the leader, start it again, and read what was published. The
    workers keep running. `announce` is told each step in words, before it is taken."""
    for port in PORTS:
        command = COMMAND.format(port=port)
        announce(f"$ {command}")
        workers.start(command)
    announce("Three workers run. One leads, and publishes a greeting every two seconds.")
    workers.wait_leader()
    workers.wait_publishes(3)
    first = workers.leader()
    announce(f"Ctrl+C on {first.name}, which leads. Who leads next?")
    workers.interrupt(first)
    workers.wait_new_leader(first, greetings=3)
    announce(f"{workers.leader().name} leads now. {first.name} is started again: does it lead?")
    workers.start(first.command)
    workers.wait_publishes(2)
    workers.read_topic()


def run() -> History:
    """Run the walkthrough on a Kafka of its own, and return its history."""
    with Kafka() as kafka, Workers(kafka) as workers:
        walk(workers)
        return workers.history()
