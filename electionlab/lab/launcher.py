"""Starts worker processes, and waits until they are ready."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.host import ports
from electionlab.host.folders import new_log
from electionlab.host.interrupts import held_back
from electionlab.host.process import Process, folder_for_a_process
from electionlab.host.waiting import wait_until
from electionlab.kafka import membership
from electionlab.lab import command as commands
from electionlab.lab import environment
from electionlab.lab.recorder import Recorder, without_secrets
from electionlab.lab.roster import Roster
from electionlab.lab.worker import Worker


class Launcher:
    """Starts the workers of a run, whose program is in `folder`."""

    def __init__(self, recorder: Recorder, roster: Roster, folder: Path) -> None:
        self._recorder, self._roster, self._folder = recorder, roster, folder

    def require_ended(self, name: str) -> None:
        """LabError if the worker of this name is running. If it was interrupted or killed, waits
        for its end first."""
        self._roster.wait_for_end(name)
        former = self._roster.get(name)
        if former and former.alive:
            raise LabError(
                f"Worker {name} is already running (process {former.process.pid}). "
                "Interrupt or kill it first."
            )

    def launch(
        self,
        name: str,
        command: str,
        settings: Mapping[str, str],
        *,
        way: Mapping[str, str],
        keep: Sequence[int],
    ) -> Worker:
        """Start a worker, without waiting until it is ready. `settings` are for it alone, `way`
        tells it where Kafka is, `keep` are file descriptors that its guard holds open. LabError if
        its port is taken."""
        ports.require_free([int(name)], f"worker {name}'s web server")
        self._recorder.read()  # so that the end of its last process comes before this start
        begun = time.time()
        with held_back(), folder_for_a_process(f"worker-{name}") as data:
            process = Process(
                commands.arguments(command),
                name=f"Worker {name}",
                log=new_log(name),
                folder=self._folder,
                environment={
                    **environment.of_worker(self._folder, data),
                    **self._recorder.settings,
                    **way,
                    **settings,
                },
                remove=[data],
                keep=keep,
            )
            worker = Worker(name, command, process, settings)
            self._roster.enter(worker)
            self._recorder.record_act(
                ev.WorkerStarted,
                name,
                begun,
                pid=process.pid,
                command=command,
                log=worker.log.name,
                settings=without_secrets(settings),
                by=self._recorder.by,
            )
        return worker

    def wait_ready(self, worker: Worker, *, within: float = 60.0) -> Worker:
        """Wait until a worker that was launched is ready, and return it. LabError if it ends or is
        not ready after `within` seconds (with an excerpt of its log), or has joined another Kafka;
        the worker is then stopped."""

        def ready_or_ended() -> bool:
            self._recorder.read()
            self._recorder.kafka.require_alive()
            return worker.ready or not worker.alive

        try:
            wait_until(
                ready_or_ended,
                within=within,
                why=lambda: f"worker {worker.name} is not ready. {worker.process.last_words()}",
                pause=self._recorder.pause,
                what=f"worker {worker.name} to be ready",
                now=worker.last_said,
            )
            if worker.alive:
                self._require_member(worker)
        except BaseException:
            worker.process.stop(within=2)
            raise
        if not worker.alive:
            raise LabError(
                f"Worker {worker.name} ended at start, with status {worker.process.status}. "
                f"{worker.process.last_words()}"
            )
        return worker

    def _require_member(self, worker: Worker) -> None:
        """LabError if a worker that is ready has joined a Kafka other than ours."""

        def member_id() -> str:
            self._recorder.read()
            return worker.member_id

        membership.require_member(
            self._recorder.kafka.witness,
            self._recorder.app,
            member_id,
            joined=lambda: membership.connections(worker.process.pid),
        )
