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
        workers.wait(lambda h: h.published_by_leader(3), within=60)
        first = workers.leader()
        assert first
        workers.interrupt(first)
        workers.wait(lambda h: h.leader != first.name and h.published_by_leader(3), within=60)
        workers.start(first.command)
        workers.wait(lambda h: h.published_by_leader(5), within=60)
        workers.read_topic()
        return workers.history()
