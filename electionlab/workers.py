"""The Faust workers of a run: started, broken and followed, and the history of it all."""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import os
import platform
import re
import shlex
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from electionlab import events as ev
from electionlab import ports, tables
from electionlab.blocks import Stoppable
from electionlab.errors import LabError
from electionlab.history import History
from electionlab.locks import walkthrough
from electionlab.places import PROJECT, new_log
from electionlab.processes import Process, folder_for_a_process, last_lines
from electionlab.started import Started
from electionlab.tables import Table
from electionlab.waiting import wait_until
from electionlab.worker import Worker, program, shown

APP = "leader-example"
GREETINGS_TOPIC = "leader-example-leader.say"
COLOURS = {"FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"}


class Workers(Stoppable):
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
        settings: dict[str, str] | None = None,
        app: str = APP,
        topic: str = GREETINGS_TOPIC,
        lock: bool = True,
    ) -> None:
        self.kafka = kafka
        self.folder = folder
        self.app = app
        self.topic = topic
        self.settings = dict(settings or {})
        self.workers: dict[str, Worker] = {}  # by name, each one's newest life
        self.lives: list[Worker] = []  # every process that was started, in that order
        self._events: list[ev.Event] = []
        self._stored: list[ev.GreetingStored] = []
        self._locks = lock
        self._locked = False
        self._reading = threading.RLock()
        self.began = time.time()

    by = ""  # who did what nobody else is named for

    # Starting and stopping

    def start(
        self,
        command: str,
        *,
        within: float = 60.0,
        settings: dict[str, str] | None = None,
        by: str = "",
    ) -> Worker:
        """Run a worker's command line and wait until it is ready. Returns the worker.

        `settings` are further ones for this worker alone; `by` is who asked, for the history.
        Raises LabError where its port is taken, or it ends or is silent for `within` seconds: then
        with its last lines.
        """
        return self.wait_ready(self.launch(command, settings=settings, by=by), within=within)

    def launch(
        self, command: str, *, settings: dict[str, str] | None = None, by: str = ""
    ) -> Worker:
        """As `start`, but without waiting: the worker is just starting."""
        words = shlex.split(command)
        name = self._web_port(command)
        former = self.workers.get(name)
        if former and former.interrupted:
            former.process.wait(within=30)  # a busy machine takes its time to stop one
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
            settings=_told(settings or {}),
            by=by or self.by,
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
            for worker in self.workers.values():
                with contextlib.suppress(LabError):
                    if worker.alive:
                        self.kill(worker)
                        worker.process.wait(within=5)
            self._read()
            if self._locked:
                self._locked = False
                walkthrough.release()

    # What is done to a worker

    def interrupt(self, worker: Worker, *, by: str = "") -> None:
        """Send Ctrl+C's signal. LabError if it has ended already; so below."""
        self._act(worker, signal.SIGINT, ev.WorkerInterrupted, by)
        worker.interrupted = True

    def kill(self, worker: Worker, *, by: str = "") -> None:
        """Send SIGKILL: kill -9."""
        self._act(worker, signal.SIGKILL, ev.WorkerKilled, by)

    def freeze(self, worker: Worker, *, by: str = "") -> None:
        """Send SIGSTOP: the process stands still. LabError too if it does so already."""
        self._require_mine(worker)
        if worker.alive and worker.frozen:
            raise LabError(f"Worker {worker.name} is frozen already. Thaw it first.")
        self._act(worker, signal.SIGSTOP, ev.WorkerFrozen, by)
        worker.frozen = True

    def thaw(self, worker: Worker, *, by: str = "") -> None:
        """Send SIGCONT: the process goes on. LabError too if it is not frozen."""
        self._require_mine(worker)
        if worker.alive and not worker.frozen:
            raise LabError(f"Worker {worker.name} is not frozen, so there is nothing to thaw.")
        self._act(worker, signal.SIGCONT, ev.WorkerThawed, by)
        worker.frozen = False

    # What happened

    def history(self) -> History:
        """All that happened so far, up to this moment."""
        self._read()
        now = ev.HistoryEnded(time=time.time(), worker="lab")
        return History([*self._events, *self._stored, now], self._about())

    def news(self, since: int) -> list[ev.Event]:
        """The events from the place `since` on, in the order in which they became known: for
        whoever follows a long run and cannot look at all of it each time."""
        self._read()
        return self._events[since:]

    def note(self, event: ev.Event) -> None:
        """Add an event of one's own to the history."""
        self._events.append(event)

    def group(self) -> Table:
        """The group as Kafka itself describes it, with the worker behind each member."""
        return tables.group(self.kafka.witness.group(self.app), self.history(), self.app)

    def running(self) -> list[Worker]:
        """The workers whose processes run."""
        return [worker for worker in self.workers.values() if worker.alive]

    def leader(self) -> Worker | None:
        """The worker that leads now, according to the workers' logs."""
        name = self.history().leader
        return self.workers[name] if name else None

    def read_topic(self, settle: float = 5.0) -> None:
        """Ask the broker for the greetings it stored during this run, and add them.

        The last ones may not have been printed yet: for that it waits, `settle` seconds at most.
        """
        self._read_stored()
        stored = {event.greeting for event in self._stored}
        with contextlib.suppress(LabError):  # then a greeting is lost, and a check will say so
            self.wait(
                lambda h: stored <= {event.greeting for event in h.of(ev.GreetingPrinted)},
                within=settle,
            )

    def _read_stored(self) -> None:
        records = self.kafka.witness.records(self.topic, since=self.began)
        self._stored = [
            ev.GreetingStored(
                time=record.time,
                worker="kafka",
                greeting=record.value,
                partition=record.partition,
                offset=record.offset,
            )
            for record in records
        ]

    # Waiting

    def wait(
        self,
        condition: Callable[[History], object],
        *,
        within: float,
        why: Callable[[], str] | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> History:
        """Wait until `condition` is true of the history, and return that history.

        Raises LabError after `within` seconds, with `why()` or the last events seen; at once when
        the broker has died.
        """

        def look() -> History | None:
            history = self.history()
            self.kafka.require_alive()
            return history if condition(history) else None

        return wait_until(look, within=within, why=why or self._last_seen, pause=pause)

    def follow(self, condition: Callable[[History], object], *, within: float = 90.0) -> History:
        """Print what the workers say about the election, as they say it, until `condition` is true.

        Each line is shown behind its worker's name and the time of day, tables without their
        frames. Lines about anything else are only counted; the logs have them all.
        """
        skipped = 0

        def show() -> None:
            nonlocal skipped
            news = [
                (event, record) for worker in self.lives for event, record in worker.take_unshown()
            ]
            for event, record in sorted(news, key=lambda told: told[0].time):
                if isinstance(event, ev.Logged):
                    skipped += record.text.count("\n") + 1
                else:
                    print(shown(event, record), flush=True)

        def pause(seconds: float) -> None:
            show()
            time.sleep(seconds)

        try:
            return self.wait(condition, within=within, pause=pause)
        finally:
            show()
            if skipped:
                print(f"({skipped} other lines are in the logs.)")

    def follow_new_leader(
        self, old: Worker, *, greetings: int = 2, within: float = 90.0
    ) -> History:
        """Follow until another worker than `old` leads and has published `greetings` times."""

        def taken_over(history: History) -> bool:
            return history.leader != old.name and history.published_by_leader(greetings)

        return self.follow(taken_over, within=within)

    def follow_return(self, woken: Worker, *, within: float = 90.0) -> History:
        """Follow until a worker that was thawed has been given partitions anew, and a greeting was
        published after that."""

        def is_back(history: History) -> bool:
            thaws = history.of(ev.WorkerThawed, worker=woken.name)
            given = history.of(ev.PartitionsAssigned, worker=woken.name)
            since = [event.time for event in given if thaws and event.time > thaws[-1].time]
            return bool(since) and any(e.time > since[0] for e in history.of(ev.Published))

        return self.follow(is_back, within=within)

    # Inside

    def _web_port(self, command: str) -> str:
        found = re.search(r"--web-port[= ](\d+)", command)
        if not found:
            raise LabError(
                f"A worker's name is its web port, and there is no --web-port in: {command}"
            )
        return found[1]

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
        by: str,
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

    def _record(self, kind: type[ev.Event], worker: Worker, at: float, **fields: object) -> None:
        self._events.append(kind(time=at, worker=worker.name, **fields))  # type: ignore[arg-type]

    def _read(self) -> None:
        with self._reading:  # two threads would read the same lines
            for worker in self.lives:
                self._events += worker.read()

    def _last_seen(self) -> str:
        seen = [event for event in self.history() if not isinstance(event, ev.HistoryEnded)]
        told = "\n".join(f"    {event}" for event in seen[-5:])
        return f"the last events were\n{told or '    none'}"

    def _about(self) -> dict[str, str]:
        return {
            "app": self.app,
            "kafka": self.kafka.version or "one that was there already",
            "faust-streaming": _version("faust-streaming"),
            "aiokafka": _version("aiokafka"),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "settings": _told(self.settings),
        }


def _now() -> float:
    """Unix time. Logs drop what is below a millisecond, so it is dropped here too: or what is done
    in one millisecond would not keep its order."""
    return int(time.time() * 1000) / 1000


@functools.cache
def _version(package: str) -> str:
    """Asked for with each history, 20 times a second while a run is followed."""
    return importlib.metadata.version(package)


def _told(settings: dict[str, str]) -> str:
    """Settings on one line, without their secrets."""
    return " ".join(
        f"{name}={'(hidden)' if 'PASSWORD' in name else value}" for name, value in settings.items()
    )
