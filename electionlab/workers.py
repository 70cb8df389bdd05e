"""The Faust workers of a run: their processes are started, interrupted, killed and frozen."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from electionlab import events as ev
from electionlab import ports
from electionlab.errors import LabError
from electionlab.locks import walkthrough
from electionlab.places import PROJECT, new_log
from electionlab.processes import Process, folder_for_a_process, last_lines
from electionlab.run import Run, told
from electionlab.started import Started
from electionlab.waiting import wait_until
from electionlab.worker import Worker, program

APP = "leader-example"
GREETINGS_TOPIC = "leader-example-leader.say"
COLOURS = {"FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"}


class Workers(Run):
    """The workers of one run, what was done to them, and the history of it all.

        with Kafka() as kafka, Workers(kafka) as workers:
            workers.start("faust -A leader worker -l info --web-port 6066")

    `settings` are Faust's, as environment variables (`BROKER_SESSION_TIMEOUT="6"`). Each worker
    also gets WEB_BIND=127.0.0.1 and a data folder of its own, so that the commands themselves stay
    as the playbook has them.

    For another program than leader.py, say its `folder`, the name of its `app` and the `topic` of
    its greetings. `lock=False` leaves out the walkthrough's lock: for web ports of your own.
    """

    def __init__(
        self,
        kafka: Started,
        *,
        folder: Path = PROJECT,
        settings: Mapping[str, str] | None = None,
        app: str = APP,
        topic: str = GREETINGS_TOPIC,
        lock: bool = True,
    ) -> None:
        super().__init__(kafka, app=app, topic=topic, settings=settings)
        self.folder = folder
        self._locks = lock
        self._locked = False
        self.by = ""  # who did what nobody else is named for

    # Starting and stopping

    def start(
        self,
        command: str,
        *,
        within: float = 60.0,
        settings: Mapping[str, str] | None = None,
    ) -> Worker:
        """Run a worker's command line and wait until it is ready. Returns the worker.

        `settings` are further ones for this worker alone. Raises LabError where its port is taken,
        or it ends or is silent for `within` seconds: then with its last lines.
        """
        return self.wait_ready(self.launch(command, settings=settings), within=within)

    def launch(self, command: str, *, settings: Mapping[str, str] | None = None) -> Worker:
        """As `start`, but without waiting: the worker is just starting. Only for the end of its
        name's former life, if that was interrupted or killed, it waits 30 s at most."""
        words = shlex.split(command)
        name = self._web_port(command)
        self._wait_for_end(name)
        former = self.workers.get(name)
        if former and former.alive:
            raise LabError(
                f"Worker {name} runs already (process {former.process.pid}). "
                "Interrupt or kill it first."
            )
        if self._locks and not self._locked:
            walkthrough.acquire()
            self._locked = True
        ports.require_free([int(name)], f"worker {name}'s web server")
        self._read()  # the end of the worker's last life comes before this one
        begun = time.time()
        with folder_for_a_process(f"worker-{name}") as data:
            process = Process(
                [str(program(words[0])), *words[1:]],
                name=f"Worker {name}",
                log=new_log(name),
                folder=self.folder,
                environment={**self._environment(data, name), **(settings or {})},
                remove=[data],
                keep=self._held_locks(),
            )
        worker = self.workers[name] = Worker(name, command, process)
        self.lives.append(worker)
        self._record(
            ev.WorkerStarted,
            worker,
            begun,
            pid=process.pid,
            command=command,
            log=worker.log.name,
            settings=told(settings or {}),
            by=self.by,
        )
        return worker

    def wait_ready(self, worker: Worker, *, within: float = 60.0) -> Worker:
        """Wait until a worker that was launched is ready; returns it. Raises as `start` does."""

        def why() -> str:
            return (
                f"worker {worker.name} is not ready. The last lines of {worker.log}:\n"
                + last_lines(worker.log)
            )

        def ready_or_ended() -> bool:
            self._read()
            self.kafka.require_alive()
            return worker.ready or not worker.alive

        try:
            wait_until(ready_or_ended, within=within, why=why)
        except BaseException:
            worker.process.stop(within=2)
            raise
        if not worker.alive:
            raise LabError(
                f"Worker {worker.name} ended at start, with status {worker.process.status}. The "
                f"last lines of {worker.log}:\n{last_lines(worker.log)}"
            )
        return worker

    def stop(self, within: float = 10.0) -> None:
        """Interrupt all workers and wait for their end. Stopped already is fine.

        A worker that still runs after `within` seconds is killed; without its broker Faust may take
        minutes to stop, so then it is killed after 2 s.
        """
        running = self.running()
        within = within if self.kafka.alive else 2.0
        try:
            if running:
                self._events.append(ev.RunEnding(time=_now(), worker="lab"))
            for worker in running:
                with contextlib.suppress(LabError):  # it has just ended by itself
                    if worker.frozen:
                        self.thaw(worker)
                    self.interrupt(worker)
            with contextlib.suppress(LabError):
                wait_until(
                    lambda: not any(worker.alive for worker in running), within=within, why=str
                )
        finally:
            for worker in list(self.workers.values()):
                with contextlib.suppress(LabError):
                    if worker.alive:
                        self.kill(worker)
                        worker.process.wait(within=5)
            self._read()
            if self._locked:
                self._locked = False
                walkthrough.release()

    # What is done to a worker

    def interrupt(self, worker: Worker) -> None:
        """Send Ctrl+C's signal. LabError if it has ended already; so below."""
        self._act(worker, signal.SIGINT, ev.WorkerInterrupted)
        worker.ending = True

    def kill(self, worker: Worker, *, by: str = "") -> None:
        """Send SIGKILL: kill -9. `by` is who did it, for the history, if not `self.by`."""
        self._act(worker, signal.SIGKILL, ev.WorkerKilled, by)
        worker.ending = True
        worker.frozen = False  # this signal alone ends one that stands still

    def freeze(self, worker: Worker) -> None:
        """Send SIGSTOP: the process stands still. LabError too if it does so already."""
        self._require_mine(worker)
        if worker.alive and worker.frozen:
            raise LabError(f"Worker {worker.name} is frozen already. Thaw it first.")
        self._act(worker, signal.SIGSTOP, ev.WorkerFrozen)
        worker.frozen = True

    def thaw(self, worker: Worker) -> None:
        """Send SIGCONT: the process goes on. LabError too if it is not frozen."""
        self._require_mine(worker)
        if worker.alive and not worker.frozen:
            raise LabError(f"Worker {worker.name} is not frozen, so there is nothing to thaw.")
        self._act(worker, signal.SIGCONT, ev.WorkerThawed)
        worker.frozen = False

    # Inside

    def _web_port(self, command: str) -> str:
        found = re.search(r"--web-port[= ](\d+)", command)
        if not found:
            raise LabError(
                f"A worker's name is its web port, and there is no --web-port in: {command}"
            )
        return found[1]

    def _wait_for_end(self, name: str) -> None:
        """Wait until the worker of this name has ended, if it was interrupted or killed. One that
        is frozen would not end."""
        former = self.workers.get(name)
        if former and former.ending and not former.frozen:
            former.process.wait(within=30)  # a busy machine takes its time to stop one

    def _held_locks(self) -> list[int]:
        return walkthrough.descriptors if self._locks else []

    def _environment(self, data: Path, name: str) -> dict[str, str]:
        # A notebook's kernel asks its children for colours, which would end up in the logs.
        inherited = {name: value for name, value in os.environ.items() if name not in COLOURS}
        own = {"WEB_BIND": ports.LOOPBACK, "APP_DATADIR": str(data)}
        return {**inherited, **own, **self.settings}

    def _act(
        self,
        worker: Worker,
        number: signal.Signals,
        kind: type[ev.Event],
        by: str = "",
        **fields: object,
    ) -> None:
        self._require_mine(worker)
        before = _now()  # whatever follows from the signal is logged after this moment
        worker.process.send(number)
        self._record(kind, worker, before, by=by or self.by, effective=time.time(), **fields)

    def _require_mine(self, worker: object) -> None:
        if worker not in self.lives:
            raise LabError(
                f"{worker!r} is no worker of this run, so nothing was done. (While nobody leads, "
                "leader() is None.)"
            )


def _now() -> float:
    """Unix time. Logs drop what is below a millisecond, so it is dropped here too: or what is done
    in one millisecond would not keep its order."""
    return int(time.time() * 1000) / 1000
