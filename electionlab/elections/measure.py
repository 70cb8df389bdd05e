"""Breaks the leaders of several elections side by side, with the same faults.

`start` measures what a build has time for; `record` more, for docs/recorded/elections.json:

    python -m electionlab elections --rounds 10 --record docs/recorded/elections.json
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence

from electionlab.elections import model
from electionlab.elections.contest import Contest
from electionlab.elections.faust_contest import PROGRAMS, FaustContest
from electionlab.elections.model import ELECTIONS, FAULTS, Observed, Round
from electionlab.elections.recordings import Recorded
from electionlab.elections.wheels import NotHereError
from electionlab.errors import LabError
from electionlab.host import notes
from electionlab.lab.benches import PATIENCE_S, Bench, SideBySide, start_as
from electionlab.lab.recorded import Task
from electionlab.lab.repeated import RepeatedFault, name_of

A_PLACE = 5
"""Rounds in one place, where many are recorded."""

LIGHT_AT_ONCE = 4
"""A contest of candidates, with its server, takes less than half of what a lab takes. As with labs,
ELECTIONLAB_AT_ONCE overrides this."""


class Repeated(RepeatedFault):
    """An experiment: `count` rounds of one fault."""

    def once(self, place: Contest | FaustContest, fault: str) -> None:
        """Break the leader; once another one has greeted twice, mend it, and wait until whoever
        came back knows who leads, and for two more greetings."""
        old = place.wait_leader()
        place.broken(fault, old)
        place.wait_successor(old, 2)
        place.mend(fault, old)
        place.wait_greetings(2)


def bench(election: str, *experiments: Repeated) -> Bench:
    """A place for this election, a key of `model.ELECTIONS`, for experiments one after another."""
    kind = FaustContest if election in PROGRAMS else Contest
    return Bench(lambda: kind(election), experiments)


def short(elections: Sequence[str]) -> list[Bench]:
    """What a build measures of these: one round of each fault."""
    return [
        bench(election, *(Repeated(name_of(election, fault), fault, 1) for fault in FAULTS))
        for election in elections
    ]


class Faust(SideBySide[Observed]):
    """Runs labs side by side, starting when it is created."""


class Others(SideBySide[Observed]):
    """Runs contests side by side, starting when it is created."""

    def __init__(self, benches: Sequence[Bench], *, at_once: int | None = None) -> None:
        asked = None if "ELECTIONLAB_AT_ONCE" in os.environ else LIGHT_AT_ONCE
        super().__init__(benches, at_once=at_once or asked)


class Trials:
    """The elections of a build, under way. `missing` says why one of them is not here."""

    def __init__(self, faust: Faust, others: Others) -> None:
        self._faust, self._others = faust, others

    def observed(self, election: str, fault: str, within: float = PATIENCE_S) -> Observed:
        """What was seen of an election under a fault. LabError if that failed; its cause is a
        NotHereError if this machine cannot have the server."""
        labs = self._faust if election in PROGRAMS else self._others
        return labs.history(name_of(election, fault), within)

    def rounds(self, within: float = PATIENCE_S) -> list[Round]:
        """All rounds, of the elections that are here. LabError if one failed."""
        return [
            one
            for election in ELECTIONS
            if election not in self.missing
            for fault in FAULTS
            for one in model.rounds(self.observed(election, fault, within), election, fault)
        ]

    @functools.cached_property
    def missing(self) -> dict[str, str]:
        """Which elections this machine cannot run, each with the reason. Waits for the first round
        of each."""
        reasons = {}
        for election in ELECTIONS:
            try:
                self.observed(election, FAULTS[0])
            except LabError as error:
                if isinstance(error.__cause__, NotHereError):
                    reasons[election] = str(error.__cause__)
                    notes.leave_missing_server(f"{election}: {error.__cause__}")
        return reasons

    def stop(self) -> None:
        """Stop all, even in the middle of an experiment."""
        self._faust.stop()
        self._others.stop()


def start() -> Trials:
    """Start what a build measures, as `benches.start_as` does."""
    others = [election for election in ELECTIONS if election not in PROGRAMS]
    return Trials(start_as(Faust, short(list(PROGRAMS))), start_as(Others, short(others)))


def record(count: int, task: Task) -> Recorded:
    """Measure `count` rounds of each election under each fault. LabError if a round fails, or an
    election is not here."""
    pieces: dict[str, tuple[str, str]] = {}
    benches = []
    for fault in FAULTS:
        for number in range(0, count, A_PLACE):
            for election in ELECTIONS:
                name = name_of(election, fault, number)
                repeated = Repeated(name, fault, min(A_PLACE, count - number))
                pieces[name] = election, fault
                benches.append(bench(election, repeated))
    return Recorded.measured(
        task,
        Faust(benches, at_once=task.at_once),
        lambda name, observed: model.rounds(observed, *pieces[name]),
        lambda one: f"{one.leaderless_s or 0:.1f} s, {one.stale} stale",
    )
