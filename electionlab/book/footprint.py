"""What a way of starting Kafka costs: processes, memory, and the time to the first election."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.kafka.servers import Servers
from electionlab.pictures.tables import Table


@dataclass(frozen=True)
class Footprint:
    """What one way costs. Memory is resident memory in MB, by process name; times are in seconds.

    `election_s` counts from the start of the first worker until it leads.
    """

    name: str
    memory_mb: dict[str, float]
    ready_s: float
    election_s: float

    @classmethod
    def of(cls, name: str, kafka: Servers, history: History) -> Footprint:
        """Measure a running Kafka, and a history of workers on it."""
        memory = {
            process.name: psutil.Process(process.pid).memory_info().rss / 1e6
            for process in kafka.processes
        }
        started = history.of(ev.WorkerStarted)[0].time
        gained = history.of(ev.LeadershipGained)[0].time
        return cls(name, memory, kafka.ready_after_s or 0.0, gained - started)


def compare(*footprints: Footprint) -> Table:
    """Footprints side by side, a column each."""
    rows = [
        ("processes", *(", ".join(footprint.memory_mb) for footprint in footprints)),
        ("memory", *(f"{sum(footprint.memory_mb.values()):.0f} MB" for footprint in footprints)),
        ("ready after", *(f"{footprint.ready_s:.1f} s" for footprint in footprints)),
        ("first leader after", *(f"{footprint.election_s:.1f} s" for footprint in footprints)),
    ]
    return Table(["", *(footprint.name for footprint in footprints)], rows)
