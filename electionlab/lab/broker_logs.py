"""What the brokers of a lab have logged about the workers' group."""

from __future__ import annotations

from pathlib import Path

from electionlab.history import events as ev
from electionlab.history.broker_log import BrokerLog
from electionlab.kafka.faulty_cluster import BreakableKafka


class BrokerLogs:
    """The logs of all brokers, including those started later; `app` is the group."""

    def __init__(self, kafka: BreakableKafka, app: str) -> None:
        self._kafka, self._app = kafka, app
        self._logs: dict[Path, BrokerLog] = {}

    def take(self) -> list[ev.Event]:
        """The events logged since the last call."""
        events: list[ev.Event] = []
        for broker in self._kafka.brokers:
            if broker.log:
                log = self._logs.setdefault(broker.log, BrokerLog(broker.log, self._app))
                events += log.take()
        return events
