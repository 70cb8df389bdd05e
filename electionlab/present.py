"""How an election stands at this moment, kept up to date event by event.

A history is made anew each time it is asked for; over hours of a storm that would take longer than
the waiting. This follows the same rules with a few values for each worker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from electionlab import events as ev


class Present:
    """Who leads, who is in which generation, and what was published and printed last.

    Feed it each event once, in the order in which they became known. Times are Unix seconds.
    """

    def __init__(self) -> None:
        self.stored: ev.GroupStored | None = None  # the newest generation in the broker's log
        self.printed_at = 0.0
        self._leads_since: dict[str, float] = {}
        self._stopping: set[str] = set()
        self._joined: dict[str, ev.MemberJoined] = {}
        self._given_at: dict[str, float] = {}
        self._published_at: dict[str, float] = {}

    def feed(self, events: Iterable[ev.Event]) -> None:
        for event in events:
            match event:
                case ev.GreetingPrinted():
                    self.printed_at = max(self.printed_at, event.time)
                case ev.Published():
                    self._published_at[event.worker] = event.time
                case ev.GroupStored():
                    if self.stored is None or event.offset >= self.stored.offset:
                        self.stored = event
                case ev.MemberJoined():
                    self._joined[event.worker] = event
                case ev.PartitionsAssigned():
                    self._given_at[event.worker] = event.time
                    if not event.leads:
                        self._leads_since.pop(event.worker, None)
                    else:
                        self._leads_since.setdefault(event.worker, event.time)
                case ev.WorkerInterrupted() | ev.WorkerStopping():
                    self._stopping.add(event.worker)
                case ev.GroupLeft() if event.worker in self._stopping:
                    self._leads_since.pop(event.worker, None)
                case ev.WorkerStarted() | ev.WorkerExited():
                    self._stopping.discard(event.worker)
                    self._leads_since.pop(event.worker, None)
                    self._joined.pop(event.worker, None)

    @property
    def leaders(self) -> list[str]:
        """Who leads in their own eyes, the youngest leadership first."""
        return sorted(self._leads_since, key=self._leads_since.__getitem__, reverse=True)

    def missing(self, workers: Collection[str], since: float) -> str:
        """What the election lacks until all is well again, in words; empty when nothing is.

        All is well when the newest generation in the broker's log has these workers and no others,
        each of them knows it and has its partitions, its leader alone leads in its own eyes and has
        published as such, and a greeting was printed after that. The last two count from `since`.
        """
        return next(self._lacks(workers, since), "")

    def _lacks(self, workers: Collection[str], since: float) -> Iterator[str]:
        """Each is asked for only where those before it are not lacking."""
        stored = self.stored
        if stored is None:
            yield "no generation in the broker's log"
            return
        number = stored.generation
        for worker in sorted(workers):
            joined = self._joined.get(worker)
            if joined is None or joined.member_id not in stored.members:
                yield f"{worker} is not in generation {number}, the newest in the broker's log"
            elif joined.generation != number:
                yield f"{worker} is in generation {joined.generation}, the broker's is {number}"
            elif self._given_at.get(worker, 0.0) < joined.time:
                yield f"{worker} has no partitions in generation {number}"
        if len(stored.members) != len(workers):
            count = len(stored.members)
            yield f"generation {number} has {count} members, and {len(workers)} workers run"
        if len(self.leaders) != 1:
            yield f"{' and '.join(self.leaders) or 'nobody'} leads"
            return
        (leader,) = self.leaders
        if leader not in self._joined or self._joined[leader].member_id != stored.leader:
            yield f"{leader} leads, but not in the broker's log"
        begun = max(since, self._leads_since[leader], stored.time)
        if self._published_at.get(leader, 0.0) < begun:
            yield f"{leader} leads and has not published"
        if self.printed_at < begun:
            yield "no greeting was printed"
