"""Faust's own election as a place to be broken, in the words of the other elections.

`posting_leader` posts to the same receiver as their candidates. What `fenced_leader` does goes to
Kafka, which refuses what is stale: so Kafka is its receiver, and the topic the order.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Self

from electionlab.checks.fencing import stamp
from electionlab.elections.contest import FIRST_PORT
from electionlab.elections.model import Observed, Write
from electionlab.elections.sink import Sink
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.host.lifecycle import Startable
from electionlab.host.ports import LOOPBACK, PortBlock
from electionlab.lab.lab import Lab

PROGRAMS = {"faust": "posting_leader", "fenced": "fenced_leader"}
REFUSED = "NOT PUBLISHED"


class FaustContest(Startable):
    """Three workers on a broker of their own. `kind` is a key of `PROGRAMS`. LabError if anything
    does not start."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.faults: list[tuple[float, str]] = []
        with contextlib.ExitStack() as unless_made:
            self._block = PortBlock(1, first=FIRST_PORT, blocks=30)
            unless_made.callback(self._block.release)
            self._sink = Sink(self._block.ports[0])
            self.lab = Lab(
                program=PROGRAMS[kind],
                settings={"TOPIC_PARTITIONS": "1", "SINK": f"{LOOPBACK}:{self._sink.port}"},
                by="elections",
            )
            unless_made.pop_all()

    def start(self) -> Self:
        try:
            self._sink.start()
            self.lab.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, within: float = 0.0) -> None:
        with contextlib.ExitStack() as at_last:
            at_last.callback(self._block.release)
            at_last.callback(self._sink.stop)
            self.lab.stop(within)

    def broken(self, fault: str, old: str) -> None:
        """Break the leader `old` in this way, a word of `model.FAULTS`."""
        self.faults.append((time.time(), old))
        getattr(self.lab, fault)(old)

    def mend(self, fault: str, old: str) -> None:
        """Undo it, and wait until whoever came back is a member again. Who has ended stays so."""
        if fault == "freeze":
            self.lab.thaw(old)
        if fault == "cut":
            self.lab.heal(old)
        if fault in ("freeze", "cut"):
            self.lab.wait_members(self.lab.size)

    def recover(self) -> None:
        """Start again who has ended, and wait until somebody leads."""
        self.lab.recover()

    def wait_leader(self) -> str:
        """Wait until somebody leads and has greeted; returns the worker's name."""
        leader = self.lab.wait_leader().leader
        assert leader
        return leader

    def wait_successor(self, old: str, greetings: int) -> None:
        """Wait until another one leads and has greeted so many times."""
        self.lab.wait_new_leader(old, greetings=greetings)

    def wait_greetings(self, count: int) -> None:
        """Wait for so many more greetings."""
        self.lab.wait_publishes(count)

    def watch(self, experiment: Callable[[Self], None]) -> Observed:
        """Run an experiment, and return what was seen of that time."""
        done, begun = len(self.faults), time.time()
        history = self.lab.watch(lambda _: experiment(self))
        if self.kind == "faust":
            written = [write for write in self._sink.writes() if write.time >= begun]
        else:
            written = in_the_topic(history)
        refused = [e for e in history.of(ev.Logged) if e.text.startswith(REFUSED)]
        return Observed(
            faults=self.faults[done:],
            leaderships=history.leaderships,
            writes=written,
            frozen=history.freezes,
            turned_away=len(refused),
            about=history.about,
        )

    @property
    def title(self) -> str:
        return self.lab.title


def in_the_topic(history: History) -> list[Write]:
    """The greetings in the order of their topic, each with its generation as its token."""
    leaders = {generation.number: generation.leader for generation in history.generations}
    written, newest = [], 0
    for event in sorted(history.of(ev.GreetingStored), key=lambda e: e.offset):
        token = stamp(event.greeting)
        assert token is not None
        who = leaders.get(token) or "unknown"
        written.append(Write(event.time, who, token, token, token >= newest))
        newest = max(newest, token)
    return written
