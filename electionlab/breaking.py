"""Breaks what workers and brokers rest on: networks, event loops, brokers.

`Workers` sends signals to processes; here are the faults that need a Kafka that can be broken.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from electionlab import events as ev
from electionlab.breakable import BreakableKafka
from electionlab.errors import LabError
from electionlab.relay import Relay
from electionlab.worker import Worker
from electionlab.workers import Workers

BLOCK_S = 5.0  # how long examples/faulty.py blocks if nothing is set


class Breaking(Workers):
    """Workers of `names`, each with a way of its own to a Kafka that can be broken.

    `program` is what they run, of those in `folder`; `by` is who breaks things, for the history.
    The rest is as for `Workers`.

    Each fault is refused, with a LabError and before anything is done, for a worker that has ended
    or that is of another run; and where it says so, for one that is still starting.
    """

    def __init__(
        self,
        kafka: BreakableKafka,
        *,
        names: Sequence[str],
        program: str,
        by: str,
        folder: Path,
        settings: Mapping[str, str],
        app: str,
        topic: str,
    ) -> None:
        super().__init__(kafka, folder=folder, settings=settings, app=app, topic=topic, lock=False)
        self.broken = kafka
        self.names = list(names)
        self.program = program
        self.by = by
        self._own: dict[str, dict[str, str]] = {}  # workers' own settings, by name
        self._cut: set[str] = set()
        self._slow: set[str] = set()

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
        self._act(worker, signal.SIGALRM, ev.LoopBlocked, seconds=seconds)

    # Faults of Kafka

    def stop_broker(self, number: int = 1) -> None:
        """Stop a broker in good order and wait for its end; `start_broker` brings it back. One that
        had to be killed after 10 s is so called in the history. LabError if it is down already, or
        if there is none of this number; so below."""
        at = time.time()
        in_good_order = self.broken.stop_broker(number)
        self._note_broker(ev.BrokerStopped if in_good_order else ev.BrokerKilled, number, at)

    def kill_broker(self, number: int = 1) -> None:
        """Kill a broker with -9."""
        at = time.time()
        self.broken.kill_broker(number)
        self._note_broker(ev.BrokerKilled, number, at)

    def start_broker(self, number: int = 1) -> None:
        """Start a broker again with its data; returns when it answers, or at once if it is the
        first of three that are down. LabError if it runs, or does not answer in 60 s."""
        at = time.time()
        self.broken.start_broker(number)
        self._note_broker(ev.BrokerStarted, number, at)

    def coordinator(self) -> int:
        """The id of the broker that coordinates the workers' group."""
        return self.broken.coordinator(self.app)

    # Inside

    def _environment(self, data: Path, name: str) -> dict[str, str]:
        own = {"KAFKA_BROKERS": self.broken.way_bootstrap(self.names.index(name))}
        return {**super()._environment(data, name), **own}

    def _way(self, worker: Worker) -> list[Relay]:
        return self.broken.way(self.names.index(worker.name))

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

    def _note_broker(self, kind: type[ev.Action], number: int, at: float) -> None:
        self._events.append(
            kind(time=at, worker="kafka", by=self.by, effective=time.time(), broker=number)  # type: ignore[call-arg]
        )
