"""Up to where each partition of the greetings was committed, over time."""

from __future__ import annotations

from bisect import bisect_right

from electionlab import events as ev
from electionlab.history import History


class Commits:
    """The commits that were read from the broker's log, by partition of the greetings' topic."""

    def __init__(self, history: History) -> None:
        self._of: dict[int, list[tuple[float, int]]] = {}
        for event in history.of(ev.OffsetCommitted):
            if "__" not in event.topic:
                self._of.setdefault(event.partition, []).append((event.time, event.committed))

    def __bool__(self) -> bool:
        return bool(self._of)

    def at(self, partition: int, time: float) -> int:
        """The offset committed last at a time; 0 for none."""
        commits = self._of.get(partition, [])
        number = bisect_right(commits, (time, 1 << 62))
        return commits[number - 1][1] if number else 0

    def past(self, partition: int, offset: int) -> float | None:
        """When it was first committed that the greeting at an offset is done with."""
        for time, committed in self._of.get(partition, []):
            if committed > offset:
                return time
        return None
