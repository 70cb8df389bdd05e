"""The playbook's walk in short, for the README's picture and for the tests."""

from __future__ import annotations

from electionlab.history import History
from electionlab.kafka import Kafka
from electionlab.workers import Workers

COMMAND = "faust -A leader worker -l info --web-port {port}"
PORTS = (6066, 6067, 6068)


def run() -> History:
    """Start three workers, interrupt the leader, start it again, and tell what happened."""
    with Kafka() as kafka, Workers(kafka) as workers:
        for port in PORTS:
            workers.start(COMMAND.format(port=port))
        workers.wait_leader(greetings=3)
        first = workers.present_leader()
        workers.interrupt(first)
        workers.wait_new_leader(first, greetings=3)
        workers.start(first.command)
        workers.wait_leader(greetings=5)
        workers.read_topic()
        return workers.history()
