"""Breaks leaders round after round, with each program, and counts what was stale.

`short` is what a build has time for; `record` measures more, for docs/recorded/fencing.json:

    python -m electionlab fencing --rounds 20 --record docs/recorded/fencing.json
"""

from __future__ import annotations

from electionlab.fencing import model
from electionlab.fencing.model import FAULTS, PROGRAMS, Round
from electionlab.fencing.recordings import Recorded
from electionlab.history.history import History
from electionlab.lab.benches import PATIENCE_S, Bench, SideBySide, start_as
from electionlab.lab.lab import Lab
from electionlab.lab.recorded import Task
from electionlab.lab.repeated import RepeatedFault, name_of

ONE_PARTITION = {"TOPIC_PARTITIONS": "1"}
"""All readers see the greetings in one order."""

A_LAB = 5
"""Rounds in one lab, where many are recorded."""

BY_PROGRAM = {
    "stamped_leader": FAULTS,
    "fenced_leader": FAULTS,
    "lease_leader": ("freeze", "cut"),
}
"""The faults that each program is tried under. A lease changes nothing for a leader that is dead,
nor for one that is alive and connected."""


class Repeated(RepeatedFault):
    """An experiment: `count` rounds of one fault."""

    def once(self, place: Lab, fault: str) -> None:
        """Break the leader, or a broker; mend it once another leads and has published; then wait
        until whoever came back has had two ticks of its timer, and the group is whole."""
        if fault in ("broker", "coordinator"):
            coordinator = place.coordinator()
            number = next(n for n in (1, 2, 3) if (n == coordinator) == (fault == "coordinator"))
            place.kill_broker(number)
            place.wait_publishes(3)
            place.start_broker(number)
            place.wait_publishes(2)
            return
        old = place.wait_leader().leader
        assert old
        getattr(place, fault)(old)
        place.wait_new_leader(old, greetings=2)
        if fault == "freeze":
            place.thaw(old)
        elif fault == "cut":
            place.heal(old)
        if fault != "kill":
            place.wait_members(place.size)
        place.wait_publishes(2)

    def make_ready(self, place: Lab) -> None:
        place.recover()
        place.wait_publishes(1)


def bench(program: str, *experiments: Repeated, brokers: int = 1) -> Bench:
    """A lab of three workers that run this program, for experiments one after another."""
    return Bench(
        lambda: Lab(program=program, brokers=brokers, settings=ONE_PARTITION, by="fencing"),
        experiments,
    )


def short() -> list[Bench]:
    """What a build measures: one round each of the two faults that leave a leader alive."""
    return [
        bench(
            program,
            *(Repeated(name_of(program, fault), fault, 1) for fault in ("freeze", "cut")),
        )
        for program in PROGRAMS
    ]


class Trials(SideBySide[History]):
    """Runs benches side by side, starting when it is created."""

    def rounds(self, program: str, fault: str, within: float = PATIENCE_S) -> list[Round]:
        """The rounds of this program under this fault."""
        return model.rounds(self.of(program, fault, within), program, fault)

    def of(self, program: str, fault: str, within: float = PATIENCE_S) -> History:
        """The history of this program under this fault."""
        return self.history(name_of(program, fault), within)


def start() -> Trials:
    """Start what a build measures, as `benches.start_as` does."""
    return start_as(Trials, short())


def record(count: int, task: Task) -> Recorded:
    """Measure `count` rounds of each program under each of its faults. LabError if one fails."""
    pieces: dict[str, tuple[str, str]] = {}
    benches = []
    for program, faults in BY_PROGRAM.items():
        for fault in faults:
            brokers = 3 if fault in ("broker", "coordinator") else 1
            for number in range(0, count, A_LAB):
                name = name_of(program, fault, number)
                repeated = Repeated(name, fault, min(A_LAB, count - number))
                pieces[name] = program, fault
                benches.append(bench(program, repeated, brokers=brokers))
    return Recorded.measured(
        task,
        Trials(benches, at_once=task.at_once),
        lambda name, history: model.rounds(history, *pieces[name]),
        lambda one: f"{one.stale} stale, {one.read} read",
    )
