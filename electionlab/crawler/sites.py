"""The news sites as a process, and what they were asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from electionlab.crawler.server import sites_of
from electionlab.crawler.world import Site
from electionlab.history.readable import Readable
from electionlab.host import ports
from electionlab.host.folders import PROJECT, new_log
from electionlab.host.lifecycle import Startable
from electionlab.host.process import Process, folder_for_a_process, json_lines


@dataclass(frozen=True, repr=False)
class Request(Readable):
    """A request that reached a site: when (Unix seconds), for which path, what was answered (0:
    nothing), and which worker asked."""

    time: float
    host: str
    path: str
    status: int
    worker: str

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"


class Sites(Startable):
    """News sites, served on a free port of loopback by a process that ends with its owner.

    `settings` are those of `server`: `count`, `seed`, `stories`, `troubles`, `answer_after_s`,
    `poisoned`. ValueError if there cannot be so many. Once they are started, the file `sources` has
    the address of each, for the crawler.
    """

    def __init__(self, **settings: Any) -> None:
        self.all: list[Site] = sites_of(settings)
        self.port = ports.free_port()
        self.sources: Path | None = None
        self._settings = settings
        self._process: Process | None = None

    @property
    def proxy(self) -> str:
        """What a client has to use as its proxy."""
        return f"http://{ports.LOOPBACK}:{self.port}"

    def start(self) -> Self:
        if self._process is None:
            settings = json.dumps(self._settings)
            with folder_for_a_process("news-sites") as folder:
                self.sources = folder / "sources.txt"
                addresses = "".join(f"{site.url}\n" for site in self.all)
                self.sources.write_text(addresses, encoding="utf-8")
                self._process = Process(
                    [sys.executable, "-m", "electionlab.crawler.server", str(self.port), settings],
                    name="The news sites",
                    log=new_log("news-sites"),
                    folder=PROJECT,
                    remove=[folder],
                )
            self._process.wait_ready(lambda: ports.accepts(self.port), within=30)
        return self

    def requests(self) -> list[Request]:
        """What all sites were asked for so far, in the order of time. LabError if they ended."""
        assert self._process
        self._process.require_alive()
        return requests_of(json_lines(self._process.log))

    def stop(self) -> None:
        if self._process:
            self._process.stop(within=1)


def requests_of(log: Iterable[dict[str, Any]]) -> list[Request]:
    """The requests in an access log, in the order of time."""
    found = []
    for entry in log:
        worker = entry.pop("agent").rpartition("/")[2]
        found.append(Request(**entry, worker=worker))
    return sorted(found, key=lambda request: request.time)
