"""When a member's session ran out, from the broker's own log.

Kafka's coordinator says so at INFO (GroupMetadataManager of Kafka 4.3): nothing else tells the
moment at which the coordinator gave a silent member up, apart from the rebalance that follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from electionlab import events as ev
from electionlab.records import unix_time
from electionlab.tail import Tail

FAILED = re.compile(
    r"^\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] .*"
    r"Member (?P<member>\S+) in group (?P<group>\S+) has failed, removing it from the group"
)


def expired(lines: list[str], group: str) -> Iterator[ev.SessionExpired]:
    """The sessions of a group's members that ran out, as the lines of a broker's log tell."""
    for line in lines:
        told = FAILED.match(line)
        if told and told["group"] == group:
            yield ev.SessionExpired(
                time=unix_time(told["time"]), worker="kafka", member_id=told["member"]
            )


class BrokerLog:
    """A broker's log, read as it grows."""

    def __init__(self, path: Path, group: str) -> None:
        self._tail, self._group = Tail(path), group

    def take(self) -> list[ev.SessionExpired]:
        """The sessions that ran out since this was last asked."""
        return list(expired(self._tail.read().splitlines(), self._group))
