"""What a way of starting Kafka costs: processes, memory, and the time to the first election."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from electionlab import events as ev
from electionlab.history import History
from electionlab.started import Started
from electionlab.tables import Table


@dataclass(frozen=True)
class Footprint:
    """What one way costs. Memory is what is resident, in MB by process name; times in seconds.

    `election_s` counts from the start of the first worker until it leads.
    """

    name: str
    memory_mb: dict[str, float]
    ready_s: float
    election_s: float

    @classmethod
    def of(cls, name: str, kafka: Started, history: History) -> Footprint:
        """Measure a Kafka that runs, and a history of workers on it."""
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
        ("processes", *(", ".join(found.memory_mb) for found in footprints)),
        ("memory", *(f"{sum(found.memory_mb.values()):.0f} MB" for found in footprints)),
        ("ready after", *(f"{found.ready_s:.1f} s" for found in footprints)),
        ("first leader after", *(f"{found.election_s:.1f} s" for found in footprints)),
    ]
    return Table(["", *(found.name for found in footprints)], rows)
