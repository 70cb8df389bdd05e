"""How far each partition of the greetings was committed, over time."""

from __future__ import annotations

from bisect import bisect_right

from electionlab.history import events as ev
from electionlab.history.history import History


class Commits:
    """The commits that were read from the broker's log, by partition of the greetings' topic. A
    Kafka that was replaced by an empty one takes its commits with it."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._of: dict[tuple[int, int], list[tuple[float, int]]] = {}
        for event in history.of(ev.OffsetCommitted):
            if "__" not in event.topic:
                place = self._place(event.partition, event.time)
                self._of.setdefault(place, []).append((event.time, event.committed))

    def __bool__(self) -> bool:
        return bool(self._of)

    def at(self, partition: int, time: float) -> int:
        """The last offset committed at or before a time; 0 for none."""
        commits = self._of.get(self._place(partition, time), [])
        number = bisect_right(commits, (time, 1 << 62))
        return commits[number - 1][1] if number else 0

    def passed_at(self, stored: ev.GreetingStored) -> float | None:
        """When a greeting was first committed past (Unix seconds); None if it never was."""
        for time, committed in self._of.get(self._place(stored.partition, stored.time), []):
            if committed > stored.offset:
                return time
        return None

    def _place(self, partition: int, time: float) -> tuple[int, int]:
        return self._history.kafka_at(time), partition
