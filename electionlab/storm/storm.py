"""A storm: faults in rounds on a running election, which has to recover after each round.

The seed fixes the schedule (`generator`); what happened is judged afterwards (`judge`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import psutil

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.readable import number_of
from electionlab.host.waiting import Patience
from electionlab.lab.lab import Lab
from electionlab.lab.worker import Worker
from electionlab.storm.generator import BLOCK_S, LEADER, Round, Step
from electionlab.storm.recovery import Recovery

SETTINGS = {
    "BROKER_SESSION_TIMEOUT": "3",
    "BROKER_HEARTBEAT_INTERVAL": "1",
    "BLOCK_S": f"{BLOCK_S:g}",
}
"""Faust's settings in a storm: with a longer session its rounds would be spent waiting."""

ENDS_WITHIN_S = 10.0  # for an interrupted worker to end; after that it is killed
POLL_S = 0.05


class Storm:
    """Runs a schedule on a lab of its own, and keeps what happened.

    `recover_within` is how many seconds the election has to recover after a round: far more than it
    needs, since a slow machine is not a finding.
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
        self._recovery = Recovery()
        self._seen = 0
        self._wanted: set[str] = set()  # the workers that should run

    def __repr__(self) -> str:
        return f"A storm of {number_of(len(self.rounds), 'round')}"

    def run(self) -> History:
        """Run all rounds, or up to the one after which the election does not recover.

        Ctrl+C stops everything at once; what happened so far is in `history` even then.
        """
        try:
            self.lab.start()
            self._wanted = {worker.name for worker in self.lab.running()}
            recovered = not self._recover(0, time.time())  # before the first round
            for round_ in self.rounds:
                recovered = recovered and self._run_round(round_)
            self.history = self.lab.finish()
        except BaseException:
            self.lab.stop(within=1.0)
            self.history = self.lab.history()
            raise
        return self.history

    def _run_round(self, round_: Round) -> bool:
        """Run one round; False if the election did not recover."""
        recorder, begun = self.lab.workers.recorder, time.time()
        recorder.by = f"round {round_.number}"
        recorder.note(
            ev.RoundBegun(time=begun, worker="lab", number=round_.number, what=round_.kind)
        )
        targets = self._resolve(round_)
        refusals = []
        _print(f"{round_.number:>4}  {begun - recorder.began:7.1f} s  {round_.kind:<11}  ")
        for step in round_.steps:
            self._follow_until(begun + step.at_s)
            try:
                target = self._act(step, targets)
                _print(f"{time.time() - begun:.1f} {step.act.replace('_', ' ')} {target}; ")
            except LabError as error:
                _print(f"({error}); ")
                if not self._has_ended(step, targets):  # which is judged separately
                    refusals.append(f"{step.act} was refused: {error}")
            if step.act == "block":
                self._follow_until(time.time() + BLOCK_S)
        missing = self._recover(round_.number, time.time(), refusals)
        took = time.time() - begun
        if missing:
            _print(f"\n      not well after {took:.1f} s: {missing}\n")
        else:
            _print(f"{took:.1f} {self._recovery.leaders[0]} leads\n")
        return not missing

    def _resolve(self, round_: Round) -> list[str]:
        """The names of a round's targets, all different."""
        candidates = sorted(self._wanted)
        names = []
        for target in round_.targets:
            leaders = [name for name in self._look().leaders if name in candidates]
            leader = leaders[0] if leaders else candidates[0]
            name = leader if target == LEADER else candidates[target % len(candidates)]
            candidates.remove(name)
            names.append(name)
        return names

    def _act(self, step: Step, targets: Sequence[str]) -> str:
        """Do one step. Returns its target in words, with a star after a leader's name."""
        lab = self.lab
        if step.act == "add":
            added = lab.scaling.add_starting()
            self._wanted.add(added.name)
            return added.name
        if step.is_on_broker:
            getattr(lab, step.act)(step.target)
            return str(step.target)
        name = targets[step.target]
        star = "*" if name in self._look().leaders else ""
        worker = lab.worker(name)
        if step.act == "start":
            self._wanted.add(name)  # even if this start fails: it is tried again
            self._end(worker)
            lab.workers.launch(worker)
        else:
            if step.act in ("interrupt", "kill"):
                self._wanted.discard(name)
            amount = [] if step.amount is None else [step.amount]
            getattr(lab, step.act)(worker, *amount)
        return name + star + ("" if step.amount is None else f" {step.amount:g} s")

    def _has_ended(self, step: Step, targets: Sequence[str]) -> bool:
        """Whether a step was meant for a worker that has ended."""
        if step.is_on_broker or step.act == "add":
            return False
        return not self.lab.worker(targets[step.target]).alive

    def _end(self, worker: Worker) -> None:
        """Wait until a worker that was interrupted or killed has ended. One that does not end is
        killed."""
        patience = Patience(ENDS_WITHIN_S)
        while worker.alive and not patience.over:
            self._look()
            time.sleep(POLL_S)
            patience.count()
        if worker.alive:
            by = f"{self.lab.workers.recorder.by}: it did not end"
            self.lab.kill(worker, by=by)
            worker.process.wait(within=10)

    def _recover(self, number: int, since: float, refusals: Sequence[str] = ()) -> str:
        """Wait until the election has recovered. Returns what is missing if it does not, or else
        which steps were refused; empty if neither."""
        patience = Patience(self._recover_within)
        missing = "nothing was looked at"
        while missing and not patience.over:
            for name in sorted(self._wanted):
                if not self.lab.worker(name).alive:  # it ended by itself
                    self.lab.workers.launch(name)
            missing = self._look().missing(self._wanted, since)
            time.sleep(POLL_S)
            patience.count()
        for worker in self.lab.running():
            if not missing and worker.name not in self._wanted:
                self._end(worker)
        missing = missing or "; ".join(refusals)
        ended = ev.RoundEnded(time=time.time(), worker="lab", number=number, missing=missing)
        self.lab.workers.recorder.note(ended)
        return missing

    def _follow_until(self, due: float) -> None:
        while (left := due - time.time()) > 0:
            self._look()
            time.sleep(min(left, POLL_S))

    def _look(self) -> Recovery:
        news = self.lab.workers.recorder.news(self._seen)
        self._seen += len(news)
        self._recovery.feed(news)
        return self._recovery


def _print(text: str) -> None:
    print(text, end="", flush=True)


def left_over() -> list[str]:
    """The processes started by this one that are still running, in words: none after a storm."""
    processes = []
    for child in psutil.Process().children(recursive=True):
        try:
            if child.status() != psutil.STATUS_ZOMBIE:
                processes.append(f"{child.pid} {' '.join(child.cmdline())[:80]}")
        except psutil.NoSuchProcess:
            continue
    return processes
