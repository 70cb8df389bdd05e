"""When a member's session expired, according to the broker's own log.

Kafka's coordinator logs it at INFO (GroupMetadataManager of Kafka 4.3). Apart from the rebalance
that follows, nothing else shows when the coordinator gave up on a silent member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from electionlab.history import events as ev
from electionlab.history.log_tail import Tail
from electionlab.history.worker_log import unix_time

FAILED = re.compile(
    r"^\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] .*"
    r"Member (?P<member>\S+) in group (?P<group>\S+) has failed, removing it from the group"
)


def expired(lines: list[str], group: str) -> Iterator[ev.SessionExpired]:
    """The expired sessions of a group's members, from the lines of a broker's log."""
    for line in lines:
        failed = FAILED.match(line)
        if failed and failed["group"] == group:
            yield ev.SessionExpired(
                time=unix_time(failed["time"]), worker="kafka", member_id=failed["member"]
            )


class BrokerLog:
    """A broker's log, read as it grows."""

    def __init__(self, path: Path, group: str) -> None:
        self._tail, self._group = Tail(path), group

    def take(self) -> list[ev.SessionExpired]:
        """The sessions that expired since the last call."""
        return list(expired(self._tail.read().splitlines(), self._group))
