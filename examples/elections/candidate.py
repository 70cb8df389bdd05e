"""Campaigns, and greets while it leads: the program that runs under every election here.

An election has three methods: `campaign` waits until this process leads, and returns a number that
is higher for each later leader; `lead` keeps the leadership, and sets an event when it is lost;
`close` gives it up. A candidate campaigns, posts a greeting every two seconds while it leads, and
campaigns anew when it has lost. It says on standard output, as JSON lines, when it leads and when
no longer. In the folder of this file:

    python candidate.py with_redis 127.0.0.1:6379 --name A --sink 127.0.0.1:7000
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import signal
import socket
import threading
import time
from typing import Protocol

SESSION_S = 6.0  # who is silent for so long has lost
HEARTBEAT_S = 1.0  # how often a leader makes itself heard
STEP_DOWN_S = 4.0  # who has heard nothing for so long stops by itself, before it has lost
GREETING_S = 2.0  # how often it acts


class Election(Protocol):
    """One campaign, and what comes of it. Made anew for the next one."""

    def campaign(self) -> int: ...

    def lead(self, lost: threading.Event) -> None: ...

    def close(self) -> None: ...


class Heartbeat(threading.Thread):
    """Asks every HEARTBEAT_S whether this process still leads, and sets `lost` once the answer is
    no, or if there was none for STEP_DOWN_S."""

    def __init__(self, still_leads, lost: threading.Event) -> None:
        super().__init__(daemon=True)
        self._still_leads, self._lost = still_leads, lost

    def run(self) -> None:
        heard = time.monotonic()
        while not self._lost.wait(HEARTBEAT_S):
            asked = time.monotonic()
            try:
                if not self._still_leads():
                    self._lost.set()
                heard = asked  # the answer may be as old as the question
            except Exception as error:  # each client has its own; all mean: no answer
                if time.monotonic() - heard >= STEP_DOWN_S:
                    say("no answer", why=repr(error))
                    self._lost.set()


class Sink:
    """Where greetings go: it writes down each one, and says if its token was older than the newest
    that it had seen."""

    def __init__(self, address: str) -> None:
        host, port = address.split(":")
        self._stream = socket.create_connection((host, int(port)), timeout=10).makefile("rw")

    def post(self, **greeting: object) -> bool:
        self._stream.write(json.dumps(greeting) + "\n")
        self._stream.flush()
        return json.loads(self._stream.readline())["in_time"]


def say(what: str, **more: object) -> None:
    print(json.dumps({"time": time.time(), "says": what, **more}), flush=True)


def lead(election: Election, name: str, sink: Sink) -> None:
    """Wait until this process leads, and greet until it has lost."""
    token = election.campaign()
    term, lost = time.time(), threading.Event()
    say("leads", token=token, term=term)
    try:
        election.lead(lost)
        while not lost.is_set():
            sink.post(who=name, term=term, token=token)
            lost.wait(GREETING_S)
    finally:
        lost.set()
        say("lost")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("election")
    parser.add_argument("server")
    parser.add_argument("--name", required=True)
    parser.add_argument("--sink", required=True)
    given = parser.parse_args()
    make = importlib.import_module(given.election).Election
    # A script's background jobs ignore Ctrl+C, and so would what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sink = Sink(given.sink)
    say("ready")
    while True:
        election = make(given.server, given.name)
        try:
            lead(election, given.name, sink)
        except KeyboardInterrupt:  # Ctrl+C: leave in good order
            election.close()
            return
        except Exception as error:
            say("failed", why=repr(error))
            time.sleep(0.2)
        with contextlib.suppress(Exception):  # what it held may be gone already
            election.close()


if __name__ == "__main__":
    main()
