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
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from electionlab import events as ev
from electionlab import ports
from electionlab.breakable import BreakableKafka
from electionlab.errors import LabError
from electionlab.history import History
from electionlab.observer import Observer
from electionlab.places import PROJECT
from electionlab.relay import Relay
from electionlab.sessions import BrokerLog
from electionlab.worker import Worker
from electionlab.workers import Workers

APP = "leader-anywhere"
TOPIC = "leader-anywhere-anywhere.say"
PATIENCE = {"BROKER_SESSION_TIMEOUT": "6", "BROKER_HEARTBEAT_INTERVAL": "1"}
"""Faust's settings if you give none: 6 s without a heartbeat instead of 60, and one each second."""

ROOM = 20  # workers at most
BLOCK_S = 5.0  # how long examples/faulty.py blocks if nothing is set


class Lab(Workers):
    """A running election with `size` workers (0: none yet), and everything to break it.

    `brokers` is 1 or 3, `room` how many workers it can hold at most (20), `settings` Faust's
    settings for all workers, `kafka_settings` the brokers', `watch` the seconds between two samples
    (0: no observer). `by` is who breaks things, for the history. Raises LabError for what it has no
    room or no ports for.

    Each fault is refused, with a LabError and before anything is done, for a worker that has ended
    or that is of another run; and where it says so, for one that is still starting.
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
            self.broken = BreakableKafka(brokers=brokers, ways=room, settings=kafka_settings)
            unless_made.callback(self.broken.stop)
            super().__init__(
                self.broken,
                folder=PROJECT / "examples",
                settings={**PATIENCE, **own, **(settings or {})},
                app=APP,
                topic=TOPIC,
                lock=False,
            )
            unless_made.pop_all()
        self.size = size
        self.program = program
        self.by = by
        self.observer: Observer | None = None
        self._watch = watch
        self._state = "new"  # then "running", and "ended"
        self._own: dict[str, dict[str, str]] = {}  # workers' own settings, by name
        self._broker_logs: dict[Path, BrokerLog] = {}
        self._cut: set[str] = set()
        self._slow: set[str] = set()

    @property
    def names(self) -> list[str]:
        """The names that workers of this lab may have: their web ports."""
        return [str(port) for port in self._block.ports]

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
                self.wait(lambda h: h.published_by_leader(1), within=within)
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

    def launch(
        self, command: str, *, settings: dict[str, str] | None = None, by: str = ""
    ) -> Worker:
        """As of `Workers`, under one of this lab's names; LabError for others, and if the lab does
        not run. The network of a name that was in use before is whole again."""
        if self._state != "running":
            self._require_not_ended()
            raise LabError("This lab has not been started yet: with Lab() as lab.")
        name = self._web_port(command)
        if name not in self.names:
            raise LabError(f"The workers of this lab are {', '.join(self.names)}, not {name}.")
        if name in self.workers and not self.workers[name].alive:
            self._mend(self.workers[name])  # or the new one could not get ready
        worker = super().launch(command, settings=settings, by=by)
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
        if self.observer:
            with contextlib.suppress(LabError):
                self.observer.settle()
        return self.history().between(begun, time.time())

    def finish(self, *, settle: float = 5.0) -> History:
        """Read what the broker stored, stop everything, and return the history of it all."""
        with contextlib.suppress(LabError):
            self.read_topic(settle)
        if self.observer:
            with contextlib.suppress(LabError):
                self.observer.settle()
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

    # Faults of one worker

    def cut(self, worker: Worker) -> None:
        """Cut the worker off from Kafka: all is held back, silently. LabError if it is cut off
        already, or still starting."""
        self._require_ready(worker)
        if worker.name in self._cut:
            raise LabError(f"Worker {worker.name} is cut off already. Heal it first.")
        at = time.time()
        self.broken.relays.cut(self._way(worker))
        self._cut.add(worker.name)
        self._record(ev.WorkerCut, worker, at, by=self.by, effective=time.time())

    def heal(self, worker: Worker) -> None:
        """Mend the worker's network, cut or slow: what was held back arrives. LabError if there is
        nothing to mend. A worker that is started anew has its network mended too."""
        self._require_mine(worker)
        if worker.name not in self._cut | self._slow:
            raise LabError(f"Worker {worker.name} is neither cut off nor slow: nothing to heal.")
        self._mend(worker)

    def slow(self, worker: Worker, delay_s: float) -> None:
        """Make the worker's network slow: everything comes `delay_s` later, each way. LabError for
        a worker that is still starting. What is slow may be made slower, or less so."""
        if not 0 < delay_s < math.inf:
            raise LabError(f"A network can be slow by some seconds, not by {delay_s!r}.")
        self._require_ready(worker)
        at = time.time()
        for relay in self._way(worker):
            relay.delay_s = delay_s
        self._slow.add(worker.name)
        self._record(ev.WorkerSlowed, worker, at, by=self.by, effective=at, delay_s=delay_s)

    def block(self, worker: Worker, seconds: float | None = None) -> None:
        """Block the worker's event loop. Needs `program="faulty"`, whose setting BLOCK_S says how
        many seconds it takes (5); LabError if you say another number, or if it still starts."""
        self._require_ready(worker)
        if self.program != "faulty":
            raise LabError('Only examples/faulty.py can block its loop: Lab(program="faulty").')
        told = {**self.settings, **self._own[worker.name]}.get("BLOCK_S", str(BLOCK_S))
        if seconds not in (None, float(told)):
            raise LabError(
                f"Worker {worker.name} blocks for {told} s, as its setting BLOCK_S says, not for "
                f"{seconds!r} s."
            )
        seconds = float(told)
        self._act(worker, signal.SIGALRM, ev.LoopBlocked, self.by, seconds=seconds)

    # Faults of Kafka

    def stop_broker(self, number: int = 1) -> None:
        """Stop a broker in good order and wait for its end; `start_broker` brings it back. One that
        had to be killed after 10 s is so called in the history. LabError if it is down already, or
        if there is none of this number; so below."""
        self._at_broker(ev.BrokerStopped, number, self.broken.stop_broker)

    def kill_broker(self, number: int = 1) -> None:
        """Kill a broker with -9."""
        self._at_broker(ev.BrokerKilled, number, self.broken.kill_broker)

    def start_broker(self, number: int = 1) -> None:
        """Start a broker again with its data; returns when it answers, or at once if it is the
        first of three that are down. LabError if it runs, or does not answer in 60 s."""
        self._at_broker(ev.BrokerStarted, number, self.broken.start_broker)

    def coordinator(self) -> int:
        """The id of the broker that coordinates the workers' group."""
        return self.broken.coordinator(self.app)

    # Faults of the group

    def rolling_restart(self, within: float = 90.0) -> None:
        """Interrupt each worker in turn and start it again, as an upgrade does. LabError if one is
        frozen or cut off, which could not end."""
        running = self._by_age()
        self._require_can_end(running)
        for worker in running:
            self.interrupt(worker, by=self.by)
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
            self.interrupt(worker, by=self.by)
        for worker in running[count:]:
            worker.process.wait(within=within)

    # Waiting

    def wait_new_leader(self, old: Worker, *, greetings: int = 1, within: float = 90.0) -> History:
        """Wait until another worker than `old` leads and has published."""
        return self.wait(
            lambda h: h.leader not in (None, old.name) and h.published_by_leader(greetings),
            within=within,
        )

    def wait_leader(self, *, greetings: int = 1, within: float = 90.0) -> History:
        """Wait until the present leader has published so many times since it leads."""
        return self.wait(lambda h: h.published_by_leader(greetings), within=within)

    def wait_members(self, count: int, *, within: float = 90.0) -> History:
        """Wait until the newest generation in the broker's journal has `count` members, and each
        of them has its partitions."""

        def complete(history: History) -> bool:
            stored = history.of(ev.GroupStored)
            if not stored or len(stored[-1].members) != count:
                return False
            told = {e.member_id: e for e in history.of(ev.MemberJoined)}
            given = {e.worker: e.time for e in history.of(ev.PartitionsAssigned)}
            joined = [told.get(member) for member in stored[-1].members]
            return all(
                e and e.generation == stored[-1].generation and given.get(e.worker, 0.0) >= e.time
                for e in joined
            )

        return self.wait(complete, within=within)

    def present_leader(self) -> Worker:
        """The worker that leads now, in its own eyes. LabError if none does."""
        leader = self.leader()
        if leader is None:
            raise LabError(f"Nobody leads: {self._last_seen()}")
        return leader

    def wait_publishes(self, count: int, *, within: float = 90.0) -> History:
        """Wait until `count` more greetings have been published, by whomever."""
        before = len(self.history().of(ev.Published))
        return self.wait(lambda h: len(h.of(ev.Published)) >= before + count, within=within)

    def wait_nobody_leads(self, seconds: float, *, within: float = 120.0) -> History:
        """Wait until nobody has led for so many seconds in a row, each worker in its own eyes."""

        def is_over(history: History) -> bool:
            ends = [span.end for span in history.leaderships]
            return history.leader is None and history.end - max(ends, default=0.0) >= seconds

        return self.wait(is_over, within=within)

    def wait_greetings(self, count: int, *, within: float = 90.0) -> History:
        """Wait until `count` more greetings have been printed."""
        before = len(self.history().of(ev.GreetingPrinted))
        return self.wait(lambda h: len(h.of(ev.GreetingPrinted)) >= before + count, within=within)

    # Inside

    def _launch(self, name: str, settings: Mapping[str, str]) -> Worker:
        command = f"faust -A {self.program} worker -l info --web-port {name}"
        return self.launch(command, settings=dict(settings))

    def _environment(self, data: Path, name: str) -> dict[str, str]:
        environment = super()._environment(data, name)
        return {**environment, "KAFKA_BROKERS": self.broken.way_bootstrap(self.names.index(name))}

    def _way(self, worker: Worker) -> list[Relay]:
        return self.broken.way(self.names.index(worker.name))

    def _held_locks(self) -> list[int]:
        return self._block.descriptors

    def _mend(self, worker: Worker) -> None:
        """Mend a worker's network, and note it; nothing if it is whole."""
        if worker.name not in self._cut | self._slow:
            return
        at = time.time()
        relays = self._way(worker)
        for relay in relays:
            relay.delay_s = 0.0
        self.broken.relays.cut(relays, cut=False)
        self._cut.discard(worker.name)
        self._slow.discard(worker.name)
        self._record(ev.WorkerHealed, worker, at, by=self.by, effective=time.time())

    def _by_age(self) -> list[Worker]:
        return sorted(self.running(), key=lambda worker: worker.started)

    def _require_not_ended(self) -> None:
        if self._state == "ended":
            raise LabError("This lab has ended. Make a new one.")

    def _require_can_end(self, workers: list[Worker]) -> None:
        for worker in workers:
            if worker.frozen or worker.name in self._cut:
                raise LabError(
                    f"Worker {worker.name} is {'frozen' if worker.frozen else 'cut off'} and could "
                    f"not end in good order: {'thaw' if worker.frozen else 'heal'} it first."
                )

    def _require_ready(self, worker: Worker) -> None:
        self._require_mine(worker)
        if not worker.alive:
            raise LabError(
                f"Worker {worker.name} has ended already, with status {worker.process.status}: "
                "nothing was done to it."
            )
        self._read()
        if not worker.ready:
            raise LabError(
                f"Worker {worker.name} is still starting: nothing was done to it. Wait until it "
                "is ready."
            )

    def _at_broker(self, kind: type[ev.Action], number: int, act: Callable[[int], object]) -> None:
        at = time.time()
        if act(number) is False:
            kind = ev.BrokerKilled
        self._events.append(
            kind(time=at, worker="kafka", by=self.by, effective=time.time(), broker=number)  # type: ignore[call-arg]
        )

    def _read(self) -> None:
        with self._reading:
            super()._read()
            if self.observer:
                self._events += self.observer.take()
            for broker in self.broken.brokers:
                if broker.log:
                    own = BrokerLog(broker.log, self.app)
                    self._events += self._broker_logs.setdefault(broker.log, own).take()
