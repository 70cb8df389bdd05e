"""A place in which candidates contest an election, to be broken: a server, relays, a receiver."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Self, TypeVar

from electionlab.elections.members import Members
from electionlab.elections.model import Observed
from electionlab.elections.servers import SERVERS
from electionlab.elections.sink import Sink
from electionlab.host import cells
from electionlab.host.lifecycle import Startable
from electionlab.host.ports import PortBlock
from electionlab.host.waiting import wait_until
from electionlab.kafka.relay import Relays

T = TypeVar("T")
SIZE = 3
LEADER_S = 90.0
FIRST_PORT = 9301  # above the labs' ports


class Contest(Startable):
    """Three candidates for the election by the server `kind`, a key of `servers.SERVERS`.

    Faults are those of `Members`, and recorded with their time. Making one raises NotHereError if
    this machine cannot have the server; starting it LabError if anything does not start.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.faults: list[tuple[float, str]] = []
        self._broken = ""  # who ends, stands still or is cut off
        with contextlib.ExitStack() as unless_made:
            self._block = PortBlock(2, first=FIRST_PORT, blocks=30)
            unless_made.callback(self._block.release)
            own, sink = self._block.ports
            self.server = SERVERS[kind](own)
            self._sink = Sink(sink)
            self._relays = Relays()
            unless_made.callback(self._relays.stop)
            self.members = Members(
                SIZE,
                program=kind,
                wheels=self.server.wheels,
                relays=self._relays,
                server=own,
                sink=sink,
            )
            unless_made.pop_all()

    def start(self) -> Self:
        try:
            cells.make_room(self, [])
            self.server.start()
            self._sink.start()
            for member in self.members:
                self.members.start(member.name)
            self.wait_leader()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, within: float = 0.0) -> None:
        with contextlib.ExitStack() as at_last:
            for end in self._block.release, self._relays.stop, self._sink.stop, self.server.stop:
                at_last.callback(end)
            self.members.stop()
            cells.forget(self)

    def broken(self, fault: str, old: str) -> None:
        """Break the leader `old` in this way, a word of `model.FAULTS`."""
        self._broken = old
        self.faults.append((time.time(), old))
        getattr(self.members, fault)(old)

    def mend(self, fault: str, old: str) -> None:
        """Undo it, and wait until whoever came back campaigns again. Who has ended stays so."""
        term = self.members.term(old)
        if fault == "freeze":
            self.members.thaw(old)
        if fault == "cut":
            self.members.heal(old)
        if fault in ("freeze", "cut"):
            self.wait(
                lambda: term is None or self.members.term(old) != term,
                f"{old} to hear that it has lost",
            )

    def recover(self) -> None:
        """Start again who has ended, and wait until somebody leads."""
        for member in self.members:
            if not member.alive:
                self.members.start(member.name)
        self._broken = ""
        self.wait_leader()

    def wait_leader(self) -> str:
        """Wait until all that run campaign, and just one leads, in its own eyes, and has greeted.
        Returns its name."""

        def leader() -> str | None:
            terms = {member.name: self.members.term(member.name) for member in self.members}
            leading = [name for name, term in terms.items() if term is not None]
            acted = {write.term for write in self._sink.writes()}
            leads = len(leading) == 1 and terms[leading[0]] in acted
            # Without the others nobody would be there to replace it.
            return leading[0] if leads and self.members.are_ready() else None

        return self.wait(leader, "a leader")

    def wait_successor(self, old: str, greetings: int) -> None:
        """Wait until others than `old` have greeted so many times since the last fault."""
        since = self.faults[-1][0]
        self.wait(
            lambda: sum(w.who != old and w.time > since for w in self._sink.writes()) >= greetings,
            f"another leader than {old}",
        )

    def wait_greetings(self, count: int) -> None:
        """Wait for so many more greetings."""
        since = time.time()
        self.wait(
            lambda: sum(w.time > since for w in self._sink.writes()) >= count, "more greetings"
        )

    def wait(self, condition: Callable[[], T | None], what: str) -> T:
        """Wait until a condition is true, and return its value. LabError if the server or a
        candidate dies, other than the one that is broken, or after LEADER_S seconds."""

        def look() -> T | None:
            self.server.require_alive()
            self.members.require_alive(but=self._broken)
            return condition()

        return wait_until(
            look,
            within=LEADER_S,
            why=lambda: f"{what} was waited for. {self._last_words()}",
            what=what,
        )

    def watch(self, experiment: Callable[[Self], None]) -> Observed:
        """Run an experiment, and return what was seen of that time."""
        done, begun = len(self.faults), time.time()
        experiment(self)
        now = time.time()
        # Two writes before it, so that an order of leaderships has a beginning.
        before = [write for write in self._sink.writes() if write.time < begun][-2:]
        return Observed(
            faults=self.faults[done:],
            leaderships=self.members.leaderships(now),
            writes=[*before, *(w for w in self._sink.writes() if w.time >= begun)],
            frozen=self.members.frozen(now),
            about={self.kind: self.server.version},
        )

    @property
    def title(self) -> str:
        return f"the candidates of {self.server.name}"

    def _last_words(self) -> str:
        return " ".join(member.lives[-1].last_words() for member in self.members if member.lives)
