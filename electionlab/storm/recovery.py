"""Whether a running election has recovered, kept up to date event by event.

A history is rebuilt each time it is asked for; over the hours of a storm that would take longer
than the wait itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from electionlab.history import events as ev
from electionlab.history.group_state import GroupState
from electionlab.history.readable import number_of


class Recovery:
    """The state of the group, and when a greeting was last published and printed.

    Feed it each event once, in the order in which they became known. Times are Unix seconds.
    """

    def __init__(self) -> None:
        self.group = GroupState()
        self.printed_at = 0.0
        self._published_at: dict[str, float] = {}

    def feed(self, events: Iterable[ev.Event]) -> None:
        for event in events:
            if isinstance(event, ev.GreetingPrinted):
                self.printed_at = max(self.printed_at, event.time)
            elif isinstance(event, ev.Published):
                self._published_at[event.worker] = event.time
            else:
                self.group.apply(event)

    @property
    def leaders(self) -> list[str]:
        """The workers that lead in their own eyes, the newest leadership first."""
        return self.group.leaders

    def missing(self, workers: Collection[str], since: float) -> str:
        """What the election still lacks to have recovered, in words; empty if it lacks nothing.

        It has recovered when the newest generation in the broker's log has these workers and no
        others, each of them knows it and has its partitions, its leader alone leads in its own
        eyes, and that leader has published and a greeting was printed, both after `since`, after
        the generation was stored and after the leader began to lead.
        """
        return next(self._lacks(workers, since), "")

    def _lacks(self, workers: Collection[str], since: float) -> Iterator[str]:
        """Each is looked at only if nothing before it is lacking."""
        stored = self.group.stored
        if stored is None:
            yield "no generation in the broker's log"
            return
        number = stored.generation
        for worker in sorted(workers):
            state = self.group.of(worker)
            joined = state.joined
            if joined is None or joined.member_id not in stored.members:
                yield f"{worker} is not in generation {number}, the newest in the broker's log"
            elif joined.generation != number:
                yield f"{worker} is in generation {joined.generation}, the broker's is {number}"
            elif not state.has_partitions_of(number):
                yield f"{worker} has no partitions in generation {number}"
        if len(stored.members) != len(workers):
            members = number_of(len(stored.members), "member")
            yield f"generation {number} has {members} for {number_of(len(workers), 'worker')}"
        if len(self.leaders) != 1:
            yield f"{' and '.join(self.leaders) or 'nobody'} leads"
            return
        (leader,) = self.leaders
        state = self.group.of(leader)
        if state.joined is None or state.joined.member_id != stored.leader:
            yield f"{leader} leads, but not in the broker's log"
        led_since = state.gained.time if state.gained else 0.0
        begun = max(since, led_since, stored.time)
        if self._published_at.get(leader, 0.0) < begun:
            yield f"{leader} leads and has not published"
        if self.printed_at < begun:
            yield "no greeting was printed"
