"""Measures failovers over and over, with several settings side by side.

`SHORT` is what a build has time for; `record` measures more, for docs/recorded/failover.json:

    python -m electionlab failover --rounds 20 --record docs/recorded/failover.json
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from electionlab import events as ev
from electionlab import failover
from electionlab.blocks import Stoppable
from electionlab.experiments import Bench
from electionlab.failover import FAULTS, Round, Settings
from electionlab.history import History
from electionlab.lab import Lab
from electionlab.lateness import Lateness
from electionlab.places import PROJECT
from electionlab.recorded import VERSIONS, Recorded, machine
from electionlab.sidebyside import SideBySide
from electionlab.worker import Worker

BASE = Settings(6, 1, 2)
FAUST_OWN = Settings(60, 3, 2)
SWEEP = (
    BASE,
    *(Settings(session, 1, 2) for session in (2, 4, 10)),
    *(Settings(6, heartbeat, 2) for heartbeat in (0.5, 2)),
    *(Settings(6, 1, timer) for timer in (1, 4)),
)
"""One setting at a time is moved away from `BASE`."""

A_LAB = 4
"""Rounds of each fault in one lab: in a fresh group timers and heartbeats stand to each other in
another way."""

FLOOR_MS = "6000"  # Kafka's own default
TOO_SHORT = {"BROKER_SESSION_TIMEOUT": "2", "BROKER_HEARTBEAT_INTERVAL": "0.5"}


class Repeated:
    """An experiment: `count` rounds of each fault in turn.

    A round waits for a random moment, breaks the leader, waits for the next leader's first
    greeting, and starts the broken worker again. The moments are spread evenly over the time after
    which heartbeats and ticks stand to each other as before; `seed` makes them the same each time.
    """

    def __init__(self, name: str, settings: Settings, count: int, seed: int) -> None:
        self.__name__ = name
        self._settings, self._count, self._seed = settings, count, seed

    def __call__(self, lab: Lab) -> None:
        chance = random.Random(f"{self._seed} {self._settings}")
        patience = 60 + 2 * self._settings.session_s
        for _ in range(self._count):
            for fault in FAULTS:
                if len(lab.running()) < lab.size:
                    lab.recover(patience)
                time.sleep(chance.uniform(0, self._settings.period_s))
                old = _leader(lab, patience)
                (lab.kill if fault == "kill" else lab.interrupt)(old)
                lab.wait_new_leader(old, within=patience)
                old.process.wait(within=patience)


class Frozen:
    """An experiment: the leader stands still for `seconds`, and for longer if it takes longer
    until another leads that has to."""

    def __init__(self, name: str, seconds: float, *, until_moved: bool) -> None:
        self.__name__ = name
        self._seconds, self._until_moved = seconds, until_moved

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
    """The leader, once there is one that has published: this machine may have been so slow that
    the group was just rebalancing."""
    leader = lab.wait_leader(within=within).leader
    assert leader
    return lab.workers[leader]


def below_the_floor(lab: Lab) -> None:
    """A worker asks for a session shorter than its broker allows. It is never ready."""
    worker = lab.launch(
        f"faust -A anywhere worker -l info --web-port {lab.names[0]}", settings=TOO_SHORT
    )
    lab.wait(refusals, within=90)
    views = len(lab.history().of(ev.WorkerView))
    lab.wait(lambda h: len(h.of(ev.WorkerView)) >= views + 2, within=60)
    assert worker.alive and not worker.ready


def refusals(history: History) -> list[ev.Logged]:
    """The log records in which a worker says that its session timeout was refused."""
    return [event for event in history.of(ev.Logged) if "InvalidSessionTimeout" in event.text]


def bench(settings: Settings, *experiments: Callable[[Lab], None], watch: float = 2.0) -> Bench:
    """A lab of three workers with these settings, for experiments that follow each other."""

    def make() -> Lab:
        return Lab(program="faulty", settings=settings.environment(), watch=watch, by="failover")

    return Bench(make, experiments)


def short(seed: int = 1) -> list[Bench]:
    """What a build measures: three settings and the broker's floor."""
    quick, middle, long = Settings(2, 0.5, 1), Settings(4, 1, 3), BASE
    return [
        bench(
            long,
            Repeated("session_of_6", long, 1, seed),
            Frozen("frozen_for_half_a_session", 3, until_moved=False),
        ),
        bench(middle, Repeated("session_of_4", middle, 2, seed)),
        bench(
            quick,
            Repeated("session_of_2", quick, 2, seed),
            Frozen("frozen_for_longer", 3, until_moved=True),
        ),
        Bench(
            lambda: Lab(
                size=0, kafka_settings={"group.min.session.timeout.ms": FLOOR_MS}, by="floor"
            ),
            (below_the_floor,),
        ),
    ]


class Failovers(Stoppable):
    """Runs benches side by side, from when it is made, and watches how late this machine is."""

    def __init__(self, benches: Sequence[Bench], *, at_once: int | None = None) -> None:
        self.lateness = Lateness()
        self._labs = SideBySide(benches, at_once=at_once)

    def history(self, name: str, within: float = 220.0) -> History:
        """What happened in an experiment; as `SideBySide.history`."""
        return self._labs.history(name, within)

    def rounds(self, *names: str, within: float = 220.0) -> list[Round]:
        """The failovers of these experiments."""
        found: list[Round] = []
        for name in names:
            found += failover.rounds(self.history(name, within), self.lateness.noted)
        return found

    @property
    def names(self) -> list[str]:
        """The experiments by name."""
        return self._labs.names

    @property
    def stopped(self) -> bool:
        return self._labs.stopped

    def stop(self) -> None:
        """End all labs. Ended already is fine."""
        self._labs.stop()
        self.lateness.stop()


_running: list[Failovers] = []


def start() -> Failovers:
    """Start what a build measures; where this interpreter measures already, that is returned: a
    cell that is run twice starts nothing twice."""
    _running[:] = [labs for labs in _running if not labs.stopped]
    if not _running:
        _running.append(Failovers(short()))
    return _running[0]


def record(
    count: int,
    *,
    seed: int,
    command: str,
    note: str = "",
    at_once: int | None = None,
    say: Callable[[str], None] = print,
) -> Recorded:
    """Measure `count` rounds of each fault with each setting of `SWEEP`, and a quarter as many with
    Faust's own. Raises LabError if a round fails."""
    pieces: dict[str, Bench] = {}
    for settings in (FAUST_OWN, *SWEEP):
        left, number = count if settings != FAUST_OWN else max(1, count // 4), 0
        while left > 0:
            name = f"{settings} ({number})"
            here = min(left, A_LAB)
            pieces[name] = bench(settings, Repeated(name, settings, here, seed + number))
            left, number = left - here, number + 1
    measured: list[Round] = []
    about: dict[str, str] = {}
    with Failovers(list(pieces.values()), at_once=at_once) as labs:
        for name in pieces:
            found = labs.rounds(name, within=7200)
            about = labs.history(name).about
            measured += found
            say(f"{name}: " + ", ".join(f"{one.fault} {one.total_s:.2f} s" for one in found))
    versions = {name: about[name] for name in VERSIONS}
    return Recorded(
        date=date.today().isoformat(),
        machine=machine(),
        command=command,
        versions=versions,
        rounds=sorted(measured, key=lambda one: (one.fault, one.settings)),
        note=note,
    )


def main(count: int, path: Path | None, note: str, at_once: int | None) -> None:
    """What `python -m electionlab failover` does."""
    command = f"python -m electionlab failover --rounds {count}"
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)  # not after a quarter of an hour
        inside = path.resolve().is_relative_to(PROJECT)
        command += f" --record {path.resolve().relative_to(PROJECT) if inside else path.name}"
    told = record(count, seed=1, command=command, note=note, at_once=at_once)
    for fault in FAULTS:
        print(failover.follows_the_settings(told.rounds, fault))
    print(told.save(path) if path else told)
