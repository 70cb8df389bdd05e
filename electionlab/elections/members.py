"""The candidates of an election: started, broken, and read.

Each runs examples/elections/candidate.py in a process of its own, and reaches its server through a
relay of its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from electionlab.elections.model import Write
from electionlab.errors import LabError
from electionlab.history.intervals import Span
from electionlab.host.folders import PROJECT, new_log
from electionlab.host.ports import LOOPBACK
from electionlab.host.process import Process, json_lines
from electionlab.kafka.relay import Relay, Relays

CANDIDATE = PROJECT / "examples" / "elections"


@dataclass
class Member:
    """A candidate by its name: its way to the server, and its processes, one life after another."""

    name: str
    relay: Relay
    lives: list[Process] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    frozen: list[list[float]] = field(default_factory=list)  # since when, and until when

    @property
    def alive(self) -> bool:
        return bool(self.lives) and self.lives[-1].alive


class Members:
    """`size` candidates named A, B, C …, of the election in `program` (a module beside
    candidate.py), whose clients are in the folder `wheels`. They post to the receiver's port
    `sink`."""

    def __init__(
        self, size: int, *, program: str, wheels: Path, relays: Relays, server: int, sink: int
    ) -> None:
        self._program, self._wheels, self._relays, self._sink = program, wheels, relays, sink
        self._members = {name: Member(name, relays.open(server)) for name in "ABCDEFGHI"[:size]}

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members.values())

    def start(self, name: str) -> None:
        """Start a candidate that does not run. Its network is healed first."""
        member = self._members[name]
        self.heal(name)
        if not member.alive:
            member.lives.append(self._launch(member))

    def _launch(self, member: Member) -> Process:
        server, sink = f"{LOOPBACK}:{member.relay.port}", f"{LOOPBACK}:{self._sink}"
        path = os.pathsep.join([str(self._wheels), os.environ.get("PYTHONPATH", "")])
        return Process(
            [
                *(sys.executable, "candidate.py", f"with_{self._program}", server),
                *("--name", member.name, "--sink", sink),
            ],
            name=f"Candidate {member.name} ({self._program})",
            log=new_log(f"{self._program}-{member.name}"),
            folder=CANDIDATE,
            environment={**os.environ, "PYTHONPATH": path.rstrip(os.pathsep), "PYTHONUTF8": "1"},
        )

    def interrupt(self, name: str) -> None:
        """Send SIGINT, as Ctrl+C does, and wait for the end."""
        self._end(name, signal.SIGINT)

    def kill(self, name: str) -> None:
        """Send SIGKILL: kill -9."""
        self._end(name, signal.SIGKILL)

    def _end(self, name: str, number: signal.Signals) -> None:
        member, before = self._members[name], time.time()
        member.lives[-1].send(number)
        member.lives[-1].wait(within=10)
        member.ended.append(before if number == signal.SIGKILL else time.time())

    def freeze(self, name: str) -> None:
        """Send SIGSTOP: it stands still."""
        self._members[name].lives[-1].send(signal.SIGSTOP)
        self._members[name].frozen.append([time.time()])

    def thaw(self, name: str) -> None:
        """Send SIGCONT: it goes on."""
        self._members[name].frozen[-1].append(time.time())
        self._members[name].lives[-1].send(signal.SIGCONT)

    def cut(self, name: str) -> None:
        """Hold back all that it and its server send each other."""
        self._relays.cut([self._members[name].relay])

    def heal(self, name: str) -> None:
        """Let it go on."""
        self._relays.cut([self._members[name].relay], cut=False)

    def term(self, name: str) -> float | None:
        """The number of a candidate's term if it leads, in its own eyes; None if it does not."""
        member, term = self._members[name], None
        if member.alive:
            for line in json_lines(member.lives[-1].log):
                if line["says"] in ("leads", "lost"):
                    term = line.get("term")
        return term

    def are_ready(self) -> bool:
        """Whether each that runs has begun to campaign."""
        lives = [member.lives[-1] for member in self if member.alive]
        return all(any(line["says"] == "ready" for line in json_lines(one.log)) for one in lives)

    def leaderships(self, now: float) -> list[Span]:
        """When each led, in its own eyes, until `now` (Unix seconds)."""
        spans = []
        for member in self:
            for process in member.lives:
                begun = None
                lines = json_lines(process.log)
                for line in lines:
                    if line["says"] == "leads":
                        begun = line["term"]
                    elif line["says"] == "lost" and begun is not None:
                        spans.append(Span(member.name, begun, line["time"]))
                        begun = None
                if begun is not None:
                    over = [time for time in member.ended if time >= begun and not process.alive]
                    spans.append(Span(member.name, begun, min([*over, now])))
        return spans

    def frozen(self, now: float) -> list[Span]:
        """When each stood still, until `now` (Unix seconds)."""
        return [
            Span(member.name, span[0], span[1] if len(span) > 1 else now)
            for member in self
            for span in member.frozen
        ]

    def require_alive(self, but: str) -> None:
        """LabError, quoting its log, if a candidate other than `but` has ended."""
        for member in self:
            if member.name != but:
                member.lives[-1].require_alive()

    def stop(self) -> None:
        """End all."""
        for member in self:
            if member.alive:
                with contextlib.suppress(LabError):
                    member.lives[-1].send(signal.SIGKILL)
                    member.lives[-1].wait(within=5)


def writes(entries: Sequence[Mapping[str, Any]]) -> list[Write]:
    """What a receiver has written down."""
    return [
        Write(entry["time"], entry["who"], entry["term"], entry["token"], entry["in_time"])
        for entry in entries
    ]
