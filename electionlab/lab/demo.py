"""The playbook's walkthrough in one terminal: each worker's lines in a colour of its own, as they
come, and at the end the verdicts."""

from __future__ import annotations

import contextlib
import sys
import time

import click

from electionlab import checks
from electionlab.checks.verdict import Verdict
from electionlab.errors import LabError
from electionlab.history.history import History
from electionlab.host.terminal import shows_colours
from electionlab.host.waiting import wait_until
from electionlab.kafka.kafka import Kafka
from electionlab.lab import walkthrough
from electionlab.lab.feed import HELD_BACK_S
from electionlab.lab.workers import Workers

COLOURS = ("cyan", "yellow", "magenta")
"""Of the workers, in the order of their ports: no two are alike to those who see red and green
alike, and none is a verdict's."""

OUTCOMES = {"held": "green", "broken": "red", "unknown": "blue"}

CLAIMS = (
    checks.only_the_leader_publishes,
    checks.at_most_one_leader,
    checks.new_leader_after_each_loss,
    checks.greetings_spread,
    checks.each_greeting_printed_once,
    checks.no_greeting_is_lost,
)
"""What the playbook says, or leads its readers to believe."""


class Screen:
    """Where a run is shown while it goes on: standard output, in colours if it is a terminal.

    Each line begins with its worker's name, so that the colour is never the only sign.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._recorder = workers.recorder
        self._feed = workers.recorder.feed
        self._in_colours = shows_colours(sys.stdout)
        self._feed.write = self.show
        self._recorder.pause = self._pause
        self._feed.begin()

    def announce(self, words: str) -> None:
        """Show what is done next, below all that has been logged so far."""
        with contextlib.suppress(LabError):  # somebody goes on logging
            wait_until(self._is_complete, within=HELD_BACK_S, why=str)
        self._feed.show(self._recorder.read, all_of_it=True)
        self._print(f"\n== {words}", bold=True)

    def show(self, worker: str, text: str) -> None:
        """Show one record of a worker's log, its name on each line; without a worker, an act."""
        if not worker:
            self._print(text, bold=True)
            return
        names = [str(port) for port in walkthrough.PORTS]
        colour = COLOURS[names.index(worker)] if worker in names else None
        for line in text.splitlines():
            self._print(worker + line[len(worker) :], fg=colour)

    def judge(self, history: History) -> None:
        """Show a verdict for each claim, with the evidence against it."""
        for check in CLAIMS:
            verdict: Verdict = check(history)
            head, *evidence = str(verdict).splitlines()
            self._print(head, fg=OUTCOMES[verdict.outcome])
            for line in evidence if verdict.outcome != "held" else []:
                self._print(line)

    def _is_complete(self) -> bool:
        """Whether no worker's last record may still grow."""
        self._recorder.read()
        return all(worker.open_since is None for worker in self._workers.lives)

    def _pause(self, seconds: float) -> None:
        self._feed.show(self._recorder.read)
        time.sleep(seconds)

    def _print(self, text: str, **style: str | bool | None) -> None:
        if sys.stderr.isatty():  # what is awaited may stand there
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        styled = click.style(text, **style) if self._in_colours else text  # type: ignore[arg-type]
        print(styled, flush=True)


def run() -> None:
    """Run the walkthrough and show it, then judge the playbook's claims by what happened.

    LabError as `Kafka` and `Workers` raise it. However it ends, nothing of it goes on.
    """
    with Kafka() as kafka, Workers(kafka) as workers:
        screen = Screen(workers)
        screen.announce(f"{kafka!r}.")
        try:
            walkthrough.walk(workers, screen.announce)
        except KeyboardInterrupt:
            screen.announce("Stopping the workers and Kafka.")
            raise
        leader = workers.history().leader or "Nobody"
        screen.announce(f"{leader} leads at the end. All workers are stopped, and judged:")
        workers.stop()
        screen.judge(workers.history())
        print("\nThe same walk with all that lies behind it: make lab, or make html.")
