"""Measures failovers round after round, with several settings side by side.

`short` is what a build has time for; `record` measures more, for docs/recorded/failover.json:

    python -m electionlab failover --rounds 20 --record docs/recorded/failover.json
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from electionlab.failover import model, verdicts
from electionlab.failover.model import FAULTS, Round, Settings
from electionlab.failover.recordings import Recorded
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.lab.benches import PATIENCE_S, Bench, SideBySide, start_as
from electionlab.lab.lab import Lab
from electionlab.lab.recorded import Task
from electionlab.lab.worker import Worker

BASE = Settings(6, 1, 2)
FAUST_OWN = Settings(60, 3, 2)
SWEEP = (
    BASE,
    *(Settings(session, 1, 2) for session in (2, 4, 10)),
    *(Settings(6, heartbeat, 2) for heartbeat in (0.5, 2)),
    *(Settings(6, 1, timer) for timer in (1, 4)),
)
"""`BASE`, and settings that differ from it in one value."""

SEED = 1

A_LAB = 4
"""Rounds of each fault in one lab: each new group has a different phase between timers and
heartbeats."""

FLOOR_MS = "6000"  # Kafka's own default
TOO_SHORT = {"BROKER_SESSION_TIMEOUT": "2", "BROKER_HEARTBEAT_INTERVAL": "0.5"}


class Repeated:
    """An experiment: `count` rounds of each fault in turn.

    A round waits for a random moment, breaks the leader, waits for the next leader's first
    greeting, and starts the broken worker again. The moments are uniformly distributed over the
    time after which heartbeats and ticks are in phase again; `seed` makes them the same each time.
    """

    def __init__(self, name: str, settings: Settings, count: int, seed: int) -> None:
        self.__name__ = name
        self._settings, self._count, self._seed = settings, count, seed

    def __repr__(self) -> str:
        return f"{self.__name__}: {self._count} rounds of each fault"

    def moments(self) -> Iterator[tuple[str, float]]:
        """For each round its fault, and how many seconds to wait before it."""
        chance = random.Random(f"{self._seed} {self._settings}")
        for _ in range(self._count):
            for fault in FAULTS:
                yield fault, chance.uniform(0, self._settings.period_s)

    def __call__(self, lab: Lab) -> None:
        patience = 60 + 2 * self._settings.session_s
        for fault, wait_s in self.moments():
            if len(lab.running()) < lab.size:
                lab.recover(patience)
            time.sleep(wait_s)
            old = _leader(lab, patience)
            (lab.kill if fault == "kill" else lab.interrupt)(old)
            lab.wait_new_leader(old, within=patience)
            old.process.wait(within=patience)


class Frozen:
    """An experiment: the leader is frozen for `seconds`; with `until_moved` for longer, if another
    worker needs longer to take over."""

    def __init__(self, name: str, seconds: float, *, until_moved: bool) -> None:
        self.__name__ = name
        self._seconds, self._until_moved = seconds, until_moved

    def __repr__(self) -> str:
        return self.__name__

    def __call__(self, lab: Lab) -> None:
        old = _leader(lab)
        lab.freeze(old)
        time.sleep(self._seconds)
        if self._until_moved:
            lab.wait_new_leader(old)
        lab.thaw(old)
        lab.wait_members(lab.size)
        lab.wait_publishes(2)


def _leader(lab: Lab, within: float = 90.0) -> Worker:
    """The leader, once there is one that has published: on a slow machine the group may still have
    been rebalancing."""
    leader = lab.wait_leader(within=within).leader
    assert leader
    return lab.worker(leader)


def below_the_floor(lab: Lab) -> None:
    """A worker asks for a shorter session than its broker allows, and is never ready."""
    worker = lab.workers.launch(
        f"faust -A anywhere worker -l info --web-port {lab.slots.names[0]}", settings=TOO_SHORT
    )
    lab.wait(refusals, within=90)
    views = len(lab.history().of(ev.WorkerView))
    lab.wait(lambda h: len(h.of(ev.WorkerView)) >= views + 2, within=60)
    assert worker.alive and not worker.ready


def refusals(history: History) -> list[ev.Logged]:
    """The log records in which a worker says that its session timeout was refused."""
    return [event for event in history.of(ev.Logged) if "InvalidSessionTimeout" in event.text]


def bench(settings: Settings, *experiments: Callable[[Lab], None], watch: float = 2.0) -> Bench:
    """A lab of three workers with these settings, for experiments that run one after another."""

    def make() -> Lab:
        return Lab(program="faulty", settings=settings.environment(), watch=watch, by="failover")

    return Bench(make, experiments)


def short() -> list[Bench]:
    """What a build measures: three settings and the broker's floor."""
    quick, middle, long = Settings(2, 0.5, 1), Settings(4, 1, 3), BASE
    return [
        bench(
            long,
            Repeated("session_of_6", long, 1, SEED),
            Frozen("frozen_for_half_a_session", 3, until_moved=False),
        ),
        bench(middle, Repeated("session_of_4", middle, 2, SEED)),
        bench(
            quick,
            Repeated("session_of_2", quick, 2, SEED),
            Frozen("frozen_for_longer", 3, until_moved=True),
        ),
        Bench(
            lambda: Lab(
                size=0, kafka_settings={"group.min.session.timeout.ms": FLOOR_MS}, by="floor"
            ),
            (below_the_floor,),
        ),
    ]


class Failovers(SideBySide[History]):
    """Runs benches side by side, starting when it is created."""

    def rounds(self, *names: str, within: float = PATIENCE_S) -> list[Round]:
        """The failovers of these experiments."""
        failovers: list[Round] = []
        for name in names:
            failovers += model.rounds(self.history(name, within), self.lateness.noted)
        return failovers


def start() -> Failovers:
    """Start what a build measures, as `benches.start_as` does."""
    return start_as(Failovers, short())


def record(count: int, task: Task) -> Recorded:
    """Measure `count` rounds of each fault with each setting of `SWEEP`, and a quarter as many with
    Faust's own. LabError if a round fails."""
    benches = []
    for settings in (FAUST_OWN, *SWEEP):
        wanted = count if settings != FAUST_OWN else max(1, count // 4)
        for number, done in enumerate(range(0, wanted, A_LAB)):
            name, here = f"{settings} ({number})", min(wanted - done, A_LAB)
            benches.append(bench(settings, Repeated(name, settings, here, SEED + number)))
    labs = Failovers(benches, at_once=task.at_once)
    recorded = Recorded.measured(
        task,
        labs,
        lambda _, history: model.rounds(history, labs.lateness.noted),
        lambda failover: f"{failover.fault} {failover.total_s:.2f} s",
    )
    for fault in FAULTS:
        print(verdicts.follows_the_settings(recorded.rounds, fault))
    print(verdicts.waits_grow(recorded.rounds))
    return recorded
