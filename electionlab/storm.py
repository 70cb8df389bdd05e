"""A storm: faults in rounds on a running election, and after each round it has to recover.

The schedule is fixed by its seed (`schedule`); what came of it is judged afterwards (`explain`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import psutil

from electionlab import events as ev
from electionlab.errors import LabError
from electionlab.history import History
from electionlab.lab import Lab
from electionlab.present import Present
from electionlab.schedule import BLOCK_S, LEADER, Round, Step
from electionlab.worker import Worker

SETTINGS = {
    "BROKER_SESSION_TIMEOUT": "3",
    "BROKER_HEARTBEAT_INTERVAL": "1",
    "BLOCK_S": f"{BLOCK_S:g}",
}
"""Faust's settings in a storm: with a longer session its rounds would be spent on waiting."""

ENDS_WITHIN_S = 10.0  # a worker that was interrupted; then it is killed
POLL_S = 0.05


class Storm:
    """Runs a schedule on a lab of its own, and keeps what happened.

    `recover_within` is how many seconds the election has after a round: far more than it needs,
    since a slow machine is no finding.
    """

    def __init__(
        self,
        rounds: Sequence[Round],
        *,
        workers: int = 3,
        brokers: int = 1,
        program: str = "faulty",
        recover_within: float = 120.0,
    ) -> None:
        self.rounds = rounds
        self.history: History | None = None  # once it has ended
        self.lab = Lab(workers, brokers=brokers, program=program, settings=SETTINGS, by="storm")
        self._recover_within = recover_within
        self._present = Present()
        self._seen = 0
        self._wanted: set[str] = set()  # the workers that should run

    def run(self) -> History:
        """Run all rounds, or up to the one after which the election does not recover.

        Ctrl+C stops everything at once; what happened so far is in `history` then too.
        """
        try:
            self.lab.start_all()
            self._wanted = {worker.name for worker in self.lab.running()}
            well = not self._recover(0, time.time())  # before the first round
            for drawn in self.rounds:
                well = well and self._run_round(drawn)
            self.history = self.lab.finish()
        except BaseException:
            self.lab.stop(within=1.0)
            self.history = self.lab.history()
            raise
        return self.history

    def _run_round(self, drawn: Round) -> bool:
        """One round; False if the election did not recover."""
        lab, begun = self.lab, time.time()
        lab.by = f"round {drawn.number}"
        lab.note(ev.RoundBegun(time=begun, worker="lab", number=drawn.number, what=drawn.kind))
        targets = self._resolve(drawn)
        _say(f"{drawn.number:>4}  {begun - lab.began:7.1f} s  {drawn.kind:<11}  ")
        for step in drawn.steps:
            self._follow_until(begun + step.at_s)
            try:
                whom = self._act(step, targets)
                _say(f"{time.time() - begun:.1f} {step.act.replace('_', ' ')} {whom}; ")
            except LabError as error:  # it has ended by itself: a finding, and judged as one
                _say(f"({error}); ")
            if step.act == "block":
                self._follow_until(time.time() + BLOCK_S)
        missing = self._recover(drawn.number, time.time())
        took = time.time() - begun
        if missing:
            _say(f"\n      never recovered, in {took:.1f} s: {missing}\n")
        else:
            _say(f"{took:.1f} {self._present.leaders[0]} leads\n")
        return not missing

    def _resolve(self, drawn: Round) -> list[str]:
        """The names of a round's targets, all different."""
        left = sorted(self._wanted)
        found = []
        for target in drawn.targets:
            leader = next((name for name in self._look().leaders if name in left), left[0])
            name = leader if target == LEADER else left[target % len(left)]
            left.remove(name)
            found.append(name)
        return found

    def _act(self, step: Step, targets: Sequence[str]) -> str:
        """Do one step; returns to whom, in words: a star behind whoever leads."""
        lab = self.lab
        if step.act == "add":
            added = lab.add_starting()
            self._wanted.add(added.name)
            return added.name
        if step.is_on_broker:
            getattr(lab, step.act)(step.target)
            return str(step.target)
        name = targets[step.target]
        leads = "*" if name in self._look().leaders else ""
        worker = lab.workers[name]
        if step.act == "start":
            self._end(worker)
            lab.restart(worker, ready=False)
            self._wanted.add(name)
        else:
            if step.act in ("interrupt", "kill"):
                self._wanted.discard(name)
            amount = [] if step.amount is None else [step.amount]
            getattr(lab, step.act)(worker, *amount)
        return name + leads + ("" if step.amount is None else f" {step.amount:g} s")

    def _end(self, worker: Worker) -> None:
        """Wait until a worker that was told to end has ended; one that does not is killed."""
        deadline = time.time() + ENDS_WITHIN_S
        while worker.alive and time.time() < deadline:
            self._look()
            time.sleep(POLL_S)
        if worker.alive:
            self.lab.kill(worker, by=f"{self.lab.by}: it did not end")
            worker.process.wait(within=10)

    def _recover(self, number: int, since: float) -> str:
        """Wait until all is well; returns what is missing, if it does not come about."""
        deadline = time.time() + self._recover_within
        missing = "nothing was looked at"
        while missing and time.time() < deadline:
            for name in sorted(self._wanted):
                if not self.lab.workers[name].alive:  # it ended by itself
                    self.lab.restart(self.lab.workers[name], ready=False)
            missing = self._look().missing(self._wanted, since)
            time.sleep(POLL_S)
        for worker in self.lab.running():
            if not missing and worker.name not in self._wanted:
                self._end(worker)
        self.lab.note(ev.RoundEnded(time=time.time(), worker="lab", number=number, missing=missing))
        return missing

    def _follow_until(self, due: float) -> None:
        while (left := due - time.time()) > 0:
            self._look()
            time.sleep(min(left, POLL_S))

    def _look(self) -> Present:
        news = self.lab.news(self._seen)
        self._seen += len(news)
        self._present.feed(news)
        return self._present


def _say(text: str) -> None:
    print(text, end="", flush=True)


def left_over() -> list[str]:
    """What this process has started and still runs, in words: nothing, after a storm."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if child.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{child.pid} {' '.join(child.cmdline())[:80]}")
        except psutil.NoSuchProcess:
            continue
    return found
