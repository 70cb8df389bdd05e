"""Whether Kafka was replaced by an empty one while workers kept running."""

from __future__ import annotations

import time
from collections.abc import Callable

from electionlab.history import events as ev
from electionlab.kafka.servers import Servers

IN_WORDS = (
    "Kafka was started again with fresh data while the workers went on. It knows neither their "
    "group nor their topics, and they do not recover from that: stop them (with kill -9 where "
    "Ctrl+C does not help) and start them again. Meanwhile "
)


class Replacement:
    """Notices when a Kafka answers that is not the one that the workers joined. Where only the run
    itself can replace its Kafka, `remember` is never called and nothing is checked."""

    def __init__(self, kafka: Servers, note: Callable[[ev.Event], None]) -> None:
        self.happened = False
        self._kafka = kafka
        self._note = note
        self._cluster: str | None = None  # the id of the Kafka that the workers joined
        self._processes: list[int] = []

    def remember(self) -> None:
        """Remember which Kafka the first worker joins."""
        if self._cluster is None:
            self._cluster = self._kafka.witness.cluster(within=5)

    def look(self) -> None:
        """If another Kafka answers, note that as of now: nobody knows when it started."""
        if self._cluster is None:
            return
        cluster = self._kafka.witness.cluster(within=5)
        if cluster in (None, self._cluster):
            return
        self._cluster, self.happened = cluster, True
        self._note(ev.BrokerStarted(time=time.time(), worker="kafka", by="somebody", fresh=True))

    def look_if_restarted(self) -> None:
        """Like `look`, but only if Kafka's processes have changed, which is quick to tell."""
        processes = [process.pid for process in self._kafka.processes]
        if self._processes != processes and self._kafka.alive:
            self._processes = processes
            self.look()
