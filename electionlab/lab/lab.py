"""A place to break an election: a Kafka, workers and ports of its own, an observer, and faults.

    with Lab() as lab:
        old = lab.leader()
        lab.cut(old)
        lab.wait_new_leader(old)
        lab.heal(old)
        history = lab.finish()

Several labs can run side by side. Their workers run examples/anywhere.py, which is leader.py with
the broker's address from the environment: leader.py itself names localhost:9092, but here each
worker needs a way of its own. `program="faulty"` adds two faults that only the program can have.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from electionlab.errors import LabError
from electionlab.history import window
from electionlab.history.history import History
from electionlab.history.log_lines import in_order
from electionlab.host import cells
from electionlab.host.folders import PROJECT
from electionlab.host.lifecycle import Startable
from electionlab.kafka.faulty_cluster import BreakableKafka
from electionlab.lab import programs
from electionlab.lab.broker_logs import BrokerLogs
from electionlab.lab.nemesis import Nemesis
from electionlab.lab.observer import Observer
from electionlab.lab.scaling import Scaling
from electionlab.lab.slots import Slots, room_for
from electionlab.lab.worker import Which, logged
from electionlab.lab.workers import Workers

PATIENCE = {"BROKER_SESSION_TIMEOUT": "6", "BROKER_HEARTBEAT_INTERVAL": "1"}
"""Default settings for Faust: sessions of 6 s instead of 60, and a heartbeat each second."""


class Lab(Startable):
    """A running election with `size` workers (0: none yet), and all that it takes to break it.

    `brokers` is 1 or 3, `room` how many workers it can hold (5, or `size` if that is more; 20 at
    most), `settings` Faust's settings for all workers, `kafka_settings` the brokers', `watch` the
    seconds between two samples (0: no observer). `by` is who breaks things, for the history. Raises
    LabError if a number is out of range, or no ports are free. A lab has a `kafka`, `workers`, a
    `nemesis` that breaks both, `scaling`, and an `observer`. Experiments call their methods on the
    lab itself: `lives`, `running`, `worker`, `leader`, `history`, `interrupt`, `kill`, `freeze`,
    `thaw`, `wait` and `wait_…` are those of `workers` (`Workers`) · `cut`, `heal`, `slow`, `block`,
    `stop_broker`, `kill_broker`, `start_broker` and `coordinator` those of `nemesis` (`Nemesis`) ·
    `add`, `scale` and `rolling_restart` those of `scaling` (`Scaling`).
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
        room = room_for(size, room)
        self.app, self.topic = programs.named(program)
        own = {"APP_WEB_STATS_ENABLED": "1", "KAFKA_REPLICATION": str(brokers)}
        with contextlib.ExitStack() as unless_made:
            kafka = BreakableKafka(brokers=brokers, ways=room, settings=kafka_settings)
            unless_made.callback(kafka.stop)
            self.slots = Slots(self, kafka, room, program)
            unless_made.callback(self.slots.block.release)
            self.observer = Observer(kafka.witness, self.app, self.slots.names, every=watch)
            unless_made.pop_all()
        self.kafka: BreakableKafka = kafka
        self.size = size
        self.settings = {**PATIENCE, **own, **(settings or {})}
        self.state = "new"  # then "running", and "ended"
        self.workers = Workers(
            kafka,
            folder=PROJECT / "examples",
            settings=self.settings,
            app=self.app,
            topic=self.topic,
            by=by,
            slots=self.slots,
            about=self._about,
            prepare=self._prepare,
        )
        self.nemesis = Nemesis(self.workers, kafka, self.slots)
        self.scaling = Scaling(self.workers, self.nemesis, self.slots)
        broker_logs = BrokerLogs(kafka, self.app)
        self.workers.recorder.sources += [self.observer.take, broker_logs.take]
        self._stand_for_parts()

    def _stand_for_parts(self) -> None:
        """What experiments call on a lab: methods of its parts, under the same names."""
        workers, nemesis, scaling = self.workers, self.nemesis, self.scaling
        self.lives = workers.lives
        self.running = workers.running
        self.worker = workers.worker
        self.leader = workers.leader
        self.history = workers.history

        self.interrupt = workers.interrupt
        self.kill = workers.kill
        self.freeze = workers.freeze
        self.thaw = workers.thaw
        self.cut = nemesis.cut
        self.heal = nemesis.heal
        self.slow = nemesis.slow
        self.block = nemesis.block
        self.stop_broker = nemesis.stop_broker
        self.kill_broker = nemesis.kill_broker
        self.start_broker = nemesis.start_broker
        self.coordinator = nemesis.coordinator
        self.add = scaling.add
        self.scale = scaling.scale
        self.rolling_restart = scaling.rolling_restart

        self.wait = workers.wait
        self.wait_leader = workers.wait_leader
        self.wait_new_leader = workers.wait_new_leader
        self.wait_publishes = workers.wait_publishes
        self.wait_greetings = workers.wait_greetings
        self.wait_members = workers.waits.wait_members
        self.wait_nobody_leads = workers.waits.wait_nobody_leads

    def start(
        self,
        which: Which | None = None,
        *,
        within: float = 90.0,
        settings: Mapping[str, str] | None = None,
    ) -> Any:
        """Start Kafka, the observer and the workers; wait until one leads and has published.
        Returns the lab. If it is already running, all workers that have ended are started again.

        With a worker, or its name as a string or a number: start that one, as `Workers.start` does.
        The name may be that of a slot that has not been used yet.

        LabError if the lab has ended, or if anything has not started after `within` seconds; if
        that is the lab itself, everything is stopped.
        """
        if which is not None:
            return self.workers.start(which, within=within, settings=settings)
        if self.state == "running":
            self.workers.start(within=within)
            return self
        self._require_not_ended()
        self.state = "running"
        try:
            cells.make_room(self, [])
            self.kafka.start()
            self.observer.start()
            if self.size:
                self.add(self.size, within=within)
                self.wait_leader(within=within)
        except BaseException:
            self.stop()
            raise
        return self

    def recover(self, within: float = 120.0) -> None:
        """Mend what is broken: heal, thaw, start brokers and workers again until `size` workers
        run, and wait until they are one group with a leader that publishes."""
        self.nemesis.mend_all()
        self.scaling.wait_for_ends(within)
        if len(self.running()) != self.size:
            self.scale(self.size, within=within)
        self.wait_members(self.size, within=within)
        self.wait_leader(within=within)

    def replace_broker(self) -> None:
        """Like `Nemesis.replace_broker`; the observer then reads the new Kafka's journal."""
        self.observer.settle()  # reads what the old Kafka has written, before it goes
        self.nemesis.replace_broker()
        self.observer.begin_anew()

    def watch(self, experiment: Callable[[Self], None], *, settle: float = 8.0) -> History:
        """Run one experiment; return that time's history, which counts its seconds from there."""
        begun = window.just_before(self.history().events, time.time())
        with self.workers.recorder.experiment(begun):
            experiment(self)
            self.workers.read_topic(settle)
            self.observer.settle()
            end = time.time()  # before it is read: later lines would be in its log alone
            history = self.history().between(begun, end)
            history.log = in_order(logged(self.lives), begun, end)
        return history

    def finish(self, *, settle: float = 5.0) -> History:
        """Read what the broker stored, stop everything, and return the whole history."""
        with contextlib.suppress(LabError):
            self.workers.read_topic(settle)
        self.observer.settle()
        self.stop()
        return self.history()

    def stop(self, within: float = 0.0) -> None:
        """Mend all networks and end everything. Workers have `within` seconds to end by themselves.
        Does nothing if already stopped."""
        self.state = "ended"
        with contextlib.ExitStack() as at_last:  # even if a step below fails or is interrupted
            at_last.callback(self.slots.block.release)
            at_last.callback(self.kafka.stop)
            at_last.callback(self.observer.stop)
            self.nemesis.mend_networks()
            self.workers.stop(within)
            cells.forget(self)

    @property
    def holds(self) -> set[object]:
        return self.workers.holds

    @property
    def title(self) -> str:
        return f"a lab with {self.workers.title}" if self.running() else "a lab without workers"

    def __repr__(self) -> str:
        names = ", ".join(worker.name for worker in self.running())
        return f"Lab on {self.kafka.bootstrap}: {names or 'none'} running"

    # Internals

    def _about(self) -> dict[str, str]:
        return {"brokers": self.kafka.patience} if self.kafka.patience else {}

    def _prepare(self, name: str) -> None:
        """Before a worker is started: LabError if that cannot be here; else its network is mended,
        or the new process could not get ready."""
        if self.state != "running":
            self._require_not_ended()
            raise LabError("This lab has not been started yet: with Lab() as lab.")
        if name not in self.slots.names:
            names = ", ".join(self.slots.names)
            raise LabError(f"The workers of this lab are {names}, not {name}.")
        roster = self.workers.roster
        roster.wait_for_end(name)
        if name in roster and not roster[name].alive:
            self.nemesis.mend(roster[name])

    def _require_not_ended(self) -> None:
        self.require_not_ended_in_absence()
        if self.state == "ended":
            raise LabError("This lab has ended. Make a new one.")
