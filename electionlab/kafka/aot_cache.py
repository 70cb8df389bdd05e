"""AOT caches: what one run of a server leaves for later ones, which boot in a third of the time.

A cache (JEP 514) fits one Java, one set of flags and one state of the jars. A JVM ignores a cache
that does not fit, but may crash on a damaged one, so `Installation` keeps checksums of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.host.folders import new_log
from electionlab.host.process import Process
from electionlab.kafka.java import environment

READY_WITHIN_S = 60.0
WRITTEN_WITHIN_S = 120.0


@dataclass(frozen=True)
class Trainee:
    """A server that trains a cache: its name, the command that runs it, the port that it opens once
    it is up, the cache's file, and what is then asked of it."""

    name: str
    command: Sequence[str]
    port: int
    cache: Path
    rehearse: Callable[[], None] | None = None


def train(trainees: Sequence[Trainee]) -> None:
    """Run the servers once, each started when the previous one is up; they write their caches as
    they end, the last one first. Raises LabError, quoting the log, if one writes none."""
    servers: list[Process] = []
    try:
        for trainee in trainees:
            java, *others = trainee.command
            server = Process(
                [java, f"-XX:AOTCacheOutput={trainee.cache}", *others],  # written as it ends
                name=f"{trainee.name} in training",
                log=new_log(f"{trainee.name.lower()}-training"),
                environment=environment(),
            )
            servers.append(server)
            server.wait_ready(functools.partial(ports.accepts, trainee.port), READY_WITHIN_S)
            if trainee.rehearse:
                trainee.rehearse()
        for server in reversed(servers):
            server.stop(WRITTEN_WITHIN_S)
    except BaseException:  # an interrupt must not wait until the caches are written
        for server in servers:
            server.stop(within=0)
        raise
    for trainee, server in zip(trainees, servers, strict=True):
        if not trainee.cache.is_file():
            raise LabError(f"the JVM wrote none for {trainee.name}. {server.last_words()}")
