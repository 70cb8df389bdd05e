"""Breaks what a run depends on: networks, event loops, brokers."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from collections.abc import Callable, Sequence

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.host.interrupts import held_back
from electionlab.kafka.faulty_cluster import BreakableKafka
from electionlab.kafka.relay import Relay
from electionlab.lab.signals import say
from electionlab.lab.slots import Slots
from electionlab.lab.worker import Which, Worker
from electionlab.lab.workers import Workers

BLOCK_S = 8.0  # how long examples/faulty.py blocks by default


class Nemesis:
    """Breaks what a run of workers depends on, and mends it again. Each act is recorded in the
    run's history. Signals to workers are sent by `Signals`.

    `slots` says which way to Kafka each worker has, and what it runs.

    A fault is refused, with a LabError and before anything is done, if the worker has ended or
    belongs to another run, and, where noted, if it is still starting. An act whose target is
    already in that state says so and does nothing. `which` is a worker, or its name as a string or
    a number (7101); `number` is a broker's, from 1.
    """

    def __init__(self, workers: Workers, kafka: BreakableKafka, slots: Slots) -> None:
        self._workers, self._kafka, self._slots = workers, kafka, slots
        self._cut: set[str] = set()
        self._slow: set[str] = set()

    def mend_all(self) -> None:
        """Heal the networks, thaw the workers and start the brokers again."""
        for worker in self._workers.roster.values():
            self.mend(worker)
        for worker in self._workers.running():
            if worker.frozen:
                self._workers.thaw(worker)
        for broker in self._kafka.brokers:
            if not broker.alive:
                self.start_broker(broker.node.id)

    def mend_networks(self) -> None:
        """Heal as many networks as possible."""
        for worker in self._workers.roster.values():
            with contextlib.suppress(LabError):
                self.mend(worker)

    # Faults of one worker

    def cut(self, which: Which) -> None:
        """Cut the worker off from Kafka: everything is silently held back. Does nothing if it is
        already cut off; LabError if it is still starting."""
        worker = self._ready(which)
        if worker.name in self._cut:
            say(f"Worker {worker.name} is already cut off.")
            return
        with held_back():
            at = time.time()
            self._kafka.relays.cut(self._way(worker))
            self._cut.add(worker.name)
            self._record(ev.WorkerCut, worker.name, at)

    def heal(self, which: Which) -> None:
        """Mend the worker's network, cut or slow: what was held back arrives. Does nothing if it is
        intact. A worker that is started again has its network mended too."""
        worker = self._workers.worker(which)
        if not self.mend(worker):
            say(f"Worker {worker.name} is neither cut off nor slow: nothing to heal.")

    def mend(self, worker: Worker) -> bool:
        """Like `heal`, but silently. Returns whether there was anything to mend."""
        if worker.name not in self._cut | self._slow:
            return False
        with held_back():
            at = time.time()
            relays = self._way(worker)
            for relay in relays:
                relay.delay_s = 0.0
            self._kafka.relays.cut(relays, cut=False)
            self._cut.discard(worker.name)
            self._slow.discard(worker.name)
            self._record(ev.WorkerHealed, worker.name, at)
        return True

    def slow(self, which: Which, delay_s: float) -> None:
        """Make the worker's network slow: everything arrives `delay_s` later, each way. LabError if
        the worker is still starting. A slow network can be made slower, or less slow."""
        if not 0 < delay_s < math.inf:
            raise LabError(
                f"A network is made slow by a number of seconds above 0, not by {delay_s!r}."
            )
        worker = self._ready(which)
        with held_back():
            at = time.time()
            for relay in self._way(worker):
                relay.delay_s = delay_s
            self._slow.add(worker.name)
            self._record(ev.WorkerSlowed, worker.name, at, delay_s=delay_s)

    def block(self, which: Which, seconds: float | None = None) -> None:
        """Block the worker's event loop. Needs `program="faulty"`, whose setting BLOCK_S says for
        how many seconds (8 by default); LabError if `seconds` differs from it, or if the
        worker is still starting."""
        worker = self._ready(which)
        if self._slots.program != "faulty":
            raise LabError('Only examples/faulty.py can block its loop: Lab(program="faulty").')
        settings = {**self._workers.recorder.settings, **worker.settings}
        setting = settings.get("BLOCK_S", str(BLOCK_S))
        if seconds not in (None, float(setting)):
            raise LabError(
                f"Worker {worker.name} blocks for {setting} s, as its setting BLOCK_S says, not "
                f"for {seconds!r} s."
            )
        self._workers.signals.send(worker, signal.SIGALRM, ev.LoopBlocked, seconds=float(setting))

    def require_can_end(self, workers: Sequence[Worker]) -> None:
        """LabError if one of these is frozen or cut off: it could not end in good order."""
        for worker in workers:
            if worker.frozen or worker.name in self._cut:
                raise LabError(
                    f"Worker {worker.name} is {'frozen' if worker.frozen else 'cut off'} and could "
                    f"not shut down cleanly: {'thaw' if worker.frozen else 'heal'} it first."
                )

    # Faults of Kafka

    def stop_broker(self, number: int = 1) -> None:
        """Stop a broker in good order and wait for its end; `start_broker` brings it back. If it
        has to be killed after 10 s, the history says so. Does nothing if it is already down;
        LabError if there is no broker of this number."""
        self._end_broker(number, self._kafka.stop_broker)

    def kill_broker(self, number: int = 1) -> None:
        """Kill a broker (kill -9). Does nothing if it is already down; LabError if there is no
        broker of this number."""
        self._end_broker(number, self._kafka.kill_broker)

    def start_broker(self, number: int = 1) -> None:
        """Start a broker again with its data; returns when it answers, or at once if it is the
        first of three that are all down. Does nothing if it is running; LabError if it does not
        answer within 60 s."""
        broker = self._kafka.broker(number)
        if broker.alive:
            say(f"{broker.name} is already running.")
            return
        at = time.time()
        self._kafka.start_broker(number)
        self._record(ev.BrokerStarted, "kafka", at, broker=number)

    def replace_broker(self) -> None:
        """Stop the only broker, and start one without any data in its place, as happens when
        `make kafka` is stopped and started again. The greetings that the old one stored are read
        first. A broker that is down can be replaced too. LabError if there are three brokers, or if
        the new one does not answer within 60 s."""
        recorder = self._workers.recorder
        if self._kafka.alive and len(self._kafka.brokers) == 1:
            recorder.keep_stored()
        self.stop_broker()
        at = time.time()
        self._kafka.start_broker(fresh=True)
        self._record(ev.BrokerStarted, "kafka", at, broker=1, fresh=True)
        recorder.replacement.happened = True

    def coordinator(self) -> int:
        """The id of the broker that coordinates the workers' group."""
        return self._kafka.coordinator(self._workers.recorder.app)

    # Internals

    def _way(self, worker: Worker) -> list[Relay]:
        return self._kafka.way(self._slots.number(worker.name))

    def _ready(self, which: Which) -> Worker:
        worker = self._workers.worker(which)
        self._workers.signals.require_alive(worker)
        self._workers.recorder.read()
        if not worker.ready:
            raise LabError(
                f"Worker {worker.name} is still starting: nothing was done to it. Wait until it "
                "is ready."
            )
        return worker

    def _end_broker(self, number: int, end: Callable[[int], bool | None]) -> None:
        broker = self._kafka.broker(number)
        if not broker.alive or broker.process is None:
            say(f"{broker.name} is already down.")
            return
        at, in_good_order = time.time(), False
        try:
            in_good_order = bool(end(number))
        except BaseException:  # interrupted: the broker has got its signal, and ends anyway
            broker.process.stop(within=0)
            raise
        finally:
            kind = ev.BrokerStopped if in_good_order else ev.BrokerKilled
            self._record(kind, "kafka", at, broker=number)

    def _record(self, kind: type[ev.Action], worker: str, at: float, **fields: object) -> None:
        recorder = self._workers.recorder
        recorder.record_act(kind, worker, at, by=recorder.by, effective=time.time(), **fields)
