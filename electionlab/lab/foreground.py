"""A broker in the foreground, for the playbook's commands in other terminals."""

from __future__ import annotations

import time

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.host.folders import PROJECT
from electionlab.host.locks import foreground_kafka
from electionlab.host.owners import outer_owners
from electionlab.kafka.kafka import Kafka
from electionlab.kafka.properties import PLAYBOOK_PORT
from electionlab.lab import environment

POLL_S = 0.2


def run() -> None:
    """Run a broker until Ctrl+C, and say what to type in other terminals. Starts nothing if a Kafka
    is already running. LabError if the broker ends by itself, or when make has gone."""
    with Kafka(lock=False) as broker:
        if broker.process is None:
            print(
                f"{broker!r}.\nIt belongs to {ports.listener(PLAYBOOK_PORT)}. Nothing was started."
            )
            return
        foreground_kafka.acquire_in_turn()
        print(
            f"{broker!r}.\nIn other terminals, in the folder {PROJECT}:\n\n"
            "    . .venv/bin/activate\n"
            "    faust -A leader worker -l info --web-port 6066\n\n"
            "and the same with --web-port 6067 and 6068.\n"
            f"{_warning()}Kafka's own log is {broker.process.log}\n"
            "Ctrl+C stops it and removes its data. Stop the workers first, and start them again "
            "once Kafka is back.",
            flush=True,
        )
        try:
            while broker.process.alive:
                outer_owners()  # raises when make has gone
                time.sleep(POLL_S)
        except KeyboardInterrupt:
            print("\nStopping Kafka.")
            return
        raise LabError(f"Kafka has ended by itself: {broker!r}. Its log: {broker.process.log}")


def _warning() -> str:
    """What to know about environment variables that override leader.py; empty if none do."""
    if not (names := environment.ignored()):
        return ""
    return (
        f"Your environment has {', '.join(names)}. A worker that inherits such settings obeys them "
        f"instead of leader.py. In each terminal, before the worker:\n\n    unset "
        f"{' '.join(names)}\n\n"
    )
