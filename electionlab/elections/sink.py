"""The receiver as a process, and what it has been sent."""

from __future__ import annotations

import sys
from typing import Self

from electionlab.elections.members import writes
from electionlab.elections.model import Write
from electionlab.host import ports
from electionlab.host.folders import PROJECT, new_log
from electionlab.host.lifecycle import Startable
from electionlab.host.process import Process, json_lines


class Sink(Startable):
    """A receiver that listens on `port` of loopback. LabError if that is taken."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._process: Process | None = None

    def start(self) -> Self:
        if self._process is None:
            ports.require_free([self.port], "the receiver of greetings")
            self._process = Process(
                [sys.executable, "-m", "electionlab.elections.receiver", str(self.port)],
                name="The receiver",
                log=new_log("receiver"),
                folder=PROJECT,
            )
            self._process.wait_ready(lambda: ports.accepts(self.port), within=30)
        return self

    def writes(self) -> list[Write]:
        """All greetings so far, in its order."""
        assert self._process
        self._process.require_alive()
        return writes(json_lines(self._process.log))

    def stop(self) -> None:
        if self._process:
            self._process.stop(within=1)
