"""Breaks leaders round after round, with each program, and counts what was stale.

`short` is what a build has time for; `record` measures more, for docs/recorded/fencing.json:

    python -m electionlab fencing --rounds 20 --record docs/recorded/fencing.json
"""

from __future__ import annotations

from pathlib import Path

from electionlab.fencing import model
from electionlab.fencing.model import FAULTS, PROGRAMS, Round
from electionlab.fencing.recordings import Recorded
from electionlab.history.history import History
from electionlab.lab.benches import PATIENCE_S, Bench, SideBySide, start_as
from electionlab.lab.lab import Lab
from electionlab.lab.recorded import command_line
from electionlab.lab.repeated import RepeatedFault

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
        _break(place, fault)

    def make_ready(self, place: Lab) -> None:
        place.recover()
        place.wait_publishes(1)


def _break(lab: Lab, fault: str) -> None:
    """Break the leader, or a broker; mend it once another leads and has published; then wait until
    whoever came back has had two ticks of its timer, and the group is whole."""
    if fault in ("broker", "coordinator"):
        coordinator = lab.coordinator()
        number = next(n for n in (1, 2, 3) if (n == coordinator) == (fault == "coordinator"))
        lab.kill_broker(number)
        lab.wait_publishes(3)
        lab.start_broker(number)
        lab.wait_publishes(2)
        return
    old = lab.wait_leader().leader
    assert old
    {"freeze": lab.freeze, "cut": lab.cut, "kill": lab.kill}[fault](old)
    lab.wait_new_leader(old, greetings=2)
    if fault == "freeze":
        lab.thaw(old)
    elif fault == "cut":
        lab.heal(old)
    if fault != "kill":
        lab.wait_members(lab.size)
    lab.wait_publishes(2)


def name_of(program: str, fault: str, number: int = 0) -> str:
    """An experiment's name."""
    return f"{program}_{fault}" + (f"_{number}" if number else "")


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


def record(count: int, *, command: str, note: str = "", at_once: int | None = None) -> Recorded:
    """Measure `count` rounds of each program under each of its faults. Raises LabError if a round
    fails."""
    pieces: dict[str, tuple[str, str, Bench]] = {}
    for program, faults in BY_PROGRAM.items():
        for fault in faults:
            brokers = 3 if fault in ("broker", "coordinator") else 1
            for number in range(0, count, A_LAB):
                name = name_of(program, fault, number)
                repeated = Repeated(name, fault, min(A_LAB, count - number))
                pieces[name] = program, fault, bench(program, repeated, brokers=brokers)
    measured: list[Round] = []
    about = {}
    with Trials([bench for *_, bench in pieces.values()], at_once=at_once) as trials:
        for name, (program, fault, _) in pieces.items():
            history = trials.history(name, within=7200)
            about = history.about
            here = model.rounds(history, program, fault)
            measured += here
            counts = ", ".join(f"{one.stale} stale, {one.read} read" for one in here)
            print(f"{name}: {counts}", flush=True)
    return Recorded.of_today(measured, about, command=command, note=note)


def main(count: int, path: Path | None, note: str, at_once: int | None) -> None:
    """What `python -m electionlab fencing` does."""
    command = command_line("fencing", count, path)
    recorded = record(count, command=command, note=note, at_once=at_once)
    print(recorded.save(path) if path else recorded)
