"""A place to break an election: a Kafka, workers and ports of its own, an observer, and faults.

    with Lab() as lab:
        old = lab.leader()
        lab.cut(old)
        lab.wait_new_leader(old)
        lab.heal(old)
        history = lab.finish()

Several labs can run side by side. Their workers run examples/anywhere.py, which is leader.py with
the broker's address from the environment: leader.py itself says localhost:9092, and here each
worker needs a way of its own. `program="faulty"` adds two faults that only the program can have.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from electionlab import conditions, ports
from electionlab import events as ev
from electionlab.breakable import BreakableKafka
from electionlab.breaking import Breaking
from electionlab.errors import LabError
from electionlab.history import History
from electionlab.observer import Observer
from electionlab.places import PROJECT
from electionlab.sessions import BrokerLog
from electionlab.worker import Worker

APP = "leader-anywhere"
TOPIC = "leader-anywhere-anywhere.say"
PATIENCE = {"BROKER_SESSION_TIMEOUT": "6", "BROKER_HEARTBEAT_INTERVAL": "1"}
"""Faust's settings if you give none: 6 s without a heartbeat instead of 60, and one each second."""

ROOM = 20  # workers at most


class Lab(Breaking):
    """A running election with `size` workers (0: none yet), and everything to break it.

    `brokers` is 1 or 3, `room` how many workers it can hold at most (20), `settings` Faust's
    settings for all workers, `kafka_settings` the brokers', `watch` the seconds between two samples
    (0: no observer). `by` is who breaks things, for the history. Raises LabError for what it has no
    room or no ports for.
    """

    def __init__(
        self,
        size: int = 3,
        *,
        brokers: int = 1,
        room: int = 5,
        program: str = "anywhere",
        settings: Mapping[str, str] | None = None,
        kafka_settings: Mapping[str, str] | None = None,
        watch: float = 1.0,
        by: str = "lab",
    ) -> None:
        room = max(room, size)
        if size < 0 or not 1 <= room <= ROOM:
            raise LabError(f"A lab has room for 1 to {ROOM} workers, not for {min(size, room)}.")
        if not 0 <= watch < math.inf:
            raise LabError(f"Samples are taken every so many seconds, not every {watch!r}.")
        own = {"APP_WEB_STATS_ENABLED": "1", "KAFKA_REPLICATION": str(brokers)}
        with contextlib.ExitStack() as unless_made:
            self._block = ports.PortBlock(room, step=ROOM)
            unless_made.callback(self._block.release)
            kafka = BreakableKafka(brokers=brokers, ways=room, settings=kafka_settings)
            unless_made.callback(kafka.stop)
            super().__init__(
                kafka,
                names=[str(port) for port in self._block.ports],
                program=program,
                by=by,
                folder=PROJECT / "examples",
                settings={**PATIENCE, **own, **(settings or {})},
                app=APP,
                topic=TOPIC,
            )
            unless_made.pop_all()
        self.size = size
        self.observer: Observer | None = None
        self._watch = watch
        self._state = "new"  # then "running", and "ended"
        self._broker_logs: dict[Path, BrokerLog] = {}

    # Starting and stopping

    def start_all(self, within: float = 90.0) -> Self:
        """Start Kafka, the observer and the workers; wait until one leads and has published.

        Started already: nothing happens. LabError if the lab has ended, or if anything does not
        start `within` seconds; then all is stopped.
        """
        if self._state == "running":
            return self
        self._require_not_ended()
        self._state = "running"
        try:
            self.broken.start()
            if self._watch:
                self.observer = Observer(
                    self.broken.witness, self.app, self.names, every=self._watch
                )
            if self.size:
                self.add(self.size, within=within)
                self.wait_leader(within=within)
        except BaseException:
            self.stop()
            raise
        return self

    def __enter__(self) -> Self:
        return self.start_all()

    def add(
        self,
        count: int = 1,
        *,
        settings: Mapping[str, str] | None = None,
        within: float = 90.0,
    ) -> list[Worker]:
        """Start `count` workers at once, under the first names that are free; wait until they are
        ready. `settings` are theirs alone, and their restarts'. LabError if the lab has no room for
        them, or if one does not get ready: then those that are not ready yet are ended."""
        started: list[Worker] = []
        try:
            for _ in range(self._room_for(count)):
                started.append(self.add_starting(settings=settings))
            for worker in started:
                self.wait_ready(worker, within=within)
        except BaseException:
            for worker in started:
                if not worker.ready:
                    worker.process.stop(within=2)
            raise
        return started

    def add_starting(self, *, settings: Mapping[str, str] | None = None) -> Worker:
        """As `add`, for one worker and without waiting: it is just starting."""
        self._room_for(1)
        return self._launch(self._free_names()[0], settings or {})

    def _free_names(self) -> list[str]:
        return [n for n in self.names if n not in self.workers or not self.workers[n].alive]

    def _room_for(self, count: int) -> int:
        """The same number; LabError if there is no room for so many more workers."""
        if count < 1:
            raise LabError(f"One worker or more can be added, not {count}.")
        free = self._free_names()
        if count > len(free):
            raise LabError(
                f"This lab has room for {len(self.names)} workers: {len(free)} are free."
            )
        return count

    def launch(self, command: str, *, settings: Mapping[str, str] | None = None) -> Worker:
        """As of `Workers`, under one of this lab's names; LabError for others, and if the lab does
        not run. The network of a name that was in use before is whole again."""
        if self._state != "running":
            self._require_not_ended()
            raise LabError("This lab has not been started yet: with Lab() as lab.")
        name = self._web_port(command)
        if name not in self.names:
            raise LabError(f"The workers of this lab are {', '.join(self.names)}, not {name}.")
        self._wait_for_end(name)
        if name in self.workers and not self.workers[name].alive:
            self._mend(self.workers[name])  # or the new one could not get ready
        worker = super().launch(command, settings=settings)
        self._own[name] = dict(settings or {})
        return worker

    def restart(self, worker: Worker, *, ready: bool = True, within: float = 90.0) -> Worker:
        """Start a worker anew under the name of one that has ended, with the settings it had.
        Without `ready` it is just starting when this returns."""
        self._require_mine(worker)
        started = self._launch(worker.name, self._own[worker.name])
        return self.wait_ready(started, within=within) if ready else started

    def recover(self, within: float = 120.0) -> None:
        """Mend what is broken: heal, thaw, start brokers and workers again until there are `size`
        of them, and wait until they are one group with a leader that publishes."""
        for name in list(self._cut | self._slow):
            self.heal(self.workers[name])
        for worker in self.running():
            if worker.frozen:
                self.thaw(worker)
        for broker in self.broken.brokers:
            if not broker.alive:
                self.start_broker(broker.node.id)
        if len(self.running()) != self.size:
            self.scale(self.size, within=within)
        self.wait_members(self.size, within=within)
        self.wait_leader(within=within)

    def watch(self, experiment: Callable[[Self], None], *, settle: float = 8.0) -> History:
        """Run one experiment and return the history of that stretch of time alone."""
        begun = time.time() - 0.05  # so that what was so before comes before what is done
        experiment(self)
        self.read_topic(settle)
        self._settle()
        return self.history().between(begun, time.time())

    def finish(self, *, settle: float = 5.0) -> History:
        """Read what the broker stored, stop everything, and return the history of it all."""
        with contextlib.suppress(LabError):
            self.read_topic(settle)
        self._settle()
        self.stop()
        return self.history()

    def stop(self, within: float = 0.0) -> None:
        """Mend all networks and end everything. What workers could still say in `within` seconds is
        waited for; the history of the run is over. Stopped already is fine."""
        self._state = "ended"
        with contextlib.ExitStack() as at_last:  # whatever fails or is interrupted before it
            at_last.callback(self._block.release)
            at_last.callback(self.broken.stop)
            if self.observer:
                at_last.callback(self.observer.stop)
            for worker in list(self.workers.values()):
                with contextlib.suppress(LabError):
                    self._mend(worker)
            super().stop(within)

    # Faults of the group

    def rolling_restart(self, within: float = 90.0) -> None:
        """Interrupt each worker in turn and start it again, as an upgrade does. LabError if one is
        frozen or cut off, which could not end."""
        running = self._by_age()
        self._require_can_end(running)
        for worker in running:
            self.interrupt(worker)
            worker.process.wait(within=within)
            self.restart(worker, within=within)

    def scale(self, count: int, *, within: float = 120.0) -> None:
        """Start workers, or interrupt the youngest, until `count` of them run. LabError if there is
        no room for so many, or if one that has to go is frozen or cut off."""
        if count < 0:
            raise LabError(f"No worker or more can run, not {count}.")
        running = self._by_age()
        self._require_can_end(running[count:])
        if count > len(running):
            self.add(count - len(running), within=within)
        for worker in running[count:]:
            self.interrupt(worker)
        for worker in running[count:]:
            worker.process.wait(within=within)

    def wait_members(self, count: int, *, within: float = 90.0) -> History:
        """Wait until the newest generation in the broker's journal has `count` members, and each
        of them has its partitions."""
        return self.wait(conditions.has_members(count), within=within)

    def wait_nobody_leads(self, seconds: float, *, within: float = 120.0) -> History:
        """Wait until nobody has led for so many seconds in a row, each worker in its own eyes."""
        return self.wait(conditions.nobody_leads(seconds), within=within)

    # Inside

    def _launch(self, name: str, settings: Mapping[str, str]) -> Worker:
        command = f"faust -A {self.program} worker -l info --web-port {name}"
        return self.launch(command, settings=settings)

    def _settle(self) -> None:
        """Wait until the observer has told what it knows, as far as the brokers answer. If it has
        not read the journal to its end, the history says so."""
        if not self.observer:
            return
        try:
            self.observer.settle()
        except LabError as error:
            now = time.time()
            self.note(ev.WitnessFailed(time=now, worker="kafka", asked="journal", why=str(error)))

    def _held_locks(self) -> list[int]:
        return self._block.descriptors

    def _by_age(self) -> list[Worker]:
        return sorted(self.running(), key=lambda worker: worker.started)

    def _require_not_ended(self) -> None:
        if self._state == "ended":
            raise LabError("This lab has ended. Make a new one.")

    def _read(self) -> None:
        with self._reading:
            super()._read()
            if self.observer:
                self._events += self.observer.take()
            for broker in self.broken.brokers:
                if broker.log:
                    own = BrokerLog(broker.log, self.app)
                    self._events += self._broker_logs.setdefault(broker.log, own).take()


_started: list[Lab] = []  # by `start_lab`


def start_lab(size: int = 3, *, watch: float = 1.0) -> Lab:
    """Start a lab of `size` workers, watched every so many seconds, for a notebook's cells. The one
    that this interpreter started so before is stopped first: a cell that is run again starts over
    and leaves nothing behind. Raises LabError as `Lab` does."""
    while _started:
        _started.pop().stop()
    lab = Lab(size, watch=watch)
    _started.append(lab)
    return lab.start_all()
