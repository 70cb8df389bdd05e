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
from electionlab.worker import Worker
from electionlab.workers import Workers

APP = "leader-anywhere"
TOPIC = "leader-anywhere-anywhere.say"
PATIENCE = {"BROKER_SESSION_TIMEOUT": "6", "BROKER_HEARTBEAT_INTERVAL": "1"}
"""Faust's settings if you give none: 6 s without a heartbeat instead of 60, and one each second."""


class Lab(Workers):
    """A running election with `size` workers (0: none yet), and everything to break it.

    `brokers` is 1 or 3, `room` how many workers it can hold at most, `settings` Faust's settings
    for all workers, `kafka_settings` the brokers', `watch` the seconds between two samples (0: no
    observer). `by` is who breaks things, for the history.
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
        watch: float = 0.5,
        by: str = "lab",
    ) -> None:
        room = max(room, size)
        self.broken = BreakableKafka(brokers=brokers, ways=room, settings=kafka_settings)
        own = {"APP_WEB_STATS_ENABLED": "1", "KAFKA_REPLICATION": str(brokers)}
        super().__init__(
            self.broken,
            folder=PROJECT / "examples",
            settings={**PATIENCE, **own, **(settings or {})},
            app=APP,
            topic=TOPIC,
            lock=False,
        )
        self.size = size
        self.program = program
        self.by = by
        self.observer: Observer | None = None
        self._watch = watch
        self._block = ports.PortBlock(room)
        self._cut: set[str] = set()
        self._slow: set[str] = set()

    @property
    def names(self) -> list[str]:
        """The names that workers of this lab may have: their web ports."""
        return [str(port) for port in self._block.ports]

    # Starting and stopping

    def start_all(self, within: float = 90.0) -> Self:
        """Start Kafka, the observer and the workers; wait until one leads and has published."""
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
        ready. LabError if the lab has no room for them."""
        started = self.add_starting(count, settings=settings)
        for worker in started:
            self.wait_ready(worker, within=within)
        return started

    def add_starting(
        self, count: int = 1, *, settings: Mapping[str, str] | None = None
    ) -> list[Worker]:
        """As `add`, but without waiting: the workers are just starting."""
        free = [n for n in self.names if n not in self.workers or not self.workers[n].alive]
        if count > len(free):
            raise LabError(
                f"This lab has room for {len(self.names)} workers: {len(free)} are free."
            )
        return [self._launch(name, settings) for name in free[:count]]

    def restart(self, worker: Worker, *, ready: bool = True, within: float = 90.0) -> Worker:
        """Start a worker anew under the name of one that has ended. Without `ready` it is just
        starting when this returns."""
        started = self._launch(worker.name, None)
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

    def watch(self, experiment: Callable[[Self], None], *, settle: float = 3.0) -> History:
        """Run one experiment and return the history of that stretch of time alone."""
        begun = int(time.time() * 1000) / 1000  # as actions and logs have it
        experiment(self)
        self.read_topic(settle)
        if self.observer:
            with contextlib.suppress(LabError):
                self._events += self.observer.settle()
        return self.history().between(begun, time.time())

    def finish(self, *, settle: float = 5.0) -> History:
        """Read what the broker stored, stop everything, and return the history of it all."""
        with contextlib.suppress(LabError):
            self.read_topic(settle)
        if self.observer:
            with contextlib.suppress(LabError):
                self._events += self.observer.settle()
        self.stop()
        return self.history()

    def stop(self, within: float = 0.0) -> None:
        """End everything. What workers could still say in `within` seconds is waited for; the
        history of the run is over."""
        for name in list(self._cut | self._slow):
            with contextlib.suppress(LabError):
                self._restore(name)
        try:
            super().stop(within)
        finally:
            if self.observer:
                self._read()
                self.observer.stop()
            self.broken.stop()
            self._block.release()

    # Faults of one worker

    def cut(self, worker: Worker) -> None:
        """Cut the worker off from Kafka: all is held back, silently. LabError if it is cut off
        already, or does not run; so below."""
        self._require_ready(worker)
        if worker.name in self._cut:
            raise LabError(f"Worker {worker.name} is cut off already. Heal it first.")
        at = time.time()
        self.broken.relays.cut(self._way(worker))
        self._cut.add(worker.name)
        self._record(ev.WorkerCut, worker, at, by=self.by, effective=time.time())

    def heal(self, worker: Worker) -> None:
        """Mend the worker's network, cut or slow: what was held back arrives. LabError if there is
        nothing to mend."""
        if worker.name not in self._cut | self._slow:
            raise LabError(f"Worker {worker.name} is neither cut off nor slow: nothing to heal.")
        at = time.time()
        self._restore(worker.name)
        self._record(ev.WorkerHealed, worker, at, by=self.by, effective=time.time())

    def slow(self, worker: Worker, delay_s: float) -> None:
        """Make the worker's network slow: everything comes `delay_s` later, each way."""
        self._require_ready(worker)
        at = time.time()
        for relay in self._way(worker):
            relay.delay_s = delay_s
        self._slow.add(worker.name)
        self._record(ev.WorkerSlowed, worker, at, by=self.by, effective=at, delay_s=delay_s)

    def block(self, worker: Worker, seconds: float = 5.0) -> None:
        """Block the worker's event loop. Needs `program="faulty"`, and as many seconds as its
        setting BLOCK_S says."""
        if "faulty" not in worker.command:
            raise LabError('Only examples/faulty.py can block its loop: Lab(program="faulty").')
        self._require_ready(worker)
        self._act(worker, signal.SIGALRM, ev.LoopBlocked, self.by, seconds=seconds)

    # Faults of Kafka

    def stop_broker(self, number: int = 1) -> None:
        """Stop a broker in good order and wait for its end; `start_broker` brings it back."""
        self._at_broker(ev.BrokerStopped, number, self.broken.stop_broker)

    def kill_broker(self, number: int = 1) -> None:
        """Kill a broker with -9."""
        self._at_broker(ev.BrokerKilled, number, self.broken.kill_broker)

    def start_broker(self, number: int = 1) -> None:
        """Start a broker again with its data; returns when it answers."""
        self._at_broker(ev.BrokerStarted, number, self.broken.start_broker)

    def coordinator(self) -> int:
        """The id of the broker that coordinates the workers' group."""
        return self.broken.coordinator(self.app)

    # Faults of the group

    def rolling_restart(self, within: float = 90.0) -> None:
        """Interrupt each worker in turn and start it again, as an upgrade does."""
        for worker in self.running():
            self.interrupt(worker, by=self.by)
            worker.process.wait(within=within)
            self.restart(worker, within=within)

    def scale(self, count: int, *, within: float = 120.0) -> None:
        """Start workers, or interrupt the youngest, until `count` of them run."""
        running = self.running()
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
            joined = [told.get(member) for member in stored[-1].members]
            return all(e and e.generation == stored[-1].generation for e in joined)

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

    def _launch(self, name: str, settings: Mapping[str, str] | None) -> Worker:
        command = f"faust -A {self.program} worker -l info --web-port {name}"
        return self.launch(command, settings=dict(settings or {}), by=self.by)

    def _environment(self, data: Path, name: str) -> dict[str, str]:
        environment = super()._environment(data, name)
        return {**environment, "KAFKA_BROKERS": self.broken.way_bootstrap(self.names.index(name))}

    def _way(self, worker: Worker) -> list[Relay]:
        return self.broken.way(self.names.index(worker.name))

    def _restore(self, name: str) -> None:
        relays = self.broken.way(self.names.index(name))
        for relay in relays:
            relay.delay_s = 0.0
        self.broken.relays.cut(relays, cut=False)
        self._cut.discard(name)
        self._slow.discard(name)

    def _require_ready(self, worker: Worker) -> None:
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
        act(number)
        self._events.append(
            kind(time=at, worker="kafka", by=self.by, effective=time.time(), broker=number)  # type: ignore[call-arg]
        )

    def _read(self) -> None:
        super()._read()
        if self.observer:
            self._events += self.observer.take()
