"""What is measured: all elections under all faults, and without those that are not here."""

import pytest

from electionlab.elections import measure
from electionlab.elections.measure import Trials
from electionlab.elections.model import ELECTIONS, FAULTS, Observed, Write
from electionlab.elections.wheels import NotHereError
from electionlab.errors import LabError


class Side:
    """Stands for experiments that are done; those of `failed` elections have failed."""

    def __init__(self, failed=None):
        self.failed = failed or {}

    def history(self, name, within):
        election, _ = name.split("_")
        if election in self.failed:
            raise LabError("The experiment failed.") from self.failed[election]
        return Observed([(1.0, "A")], [], [Write(3.0, "B", 2, 2, True)])


def test_a_build_measures_each_election_under_each_fault():
    names = [e.__name__ for bench in measure.short(list(ELECTIONS)) for e in bench.experiments]
    assert names == [measure.name_of(e, fault) for e in ELECTIONS for fault in FAULTS]


def test_the_rounds_are_those_of_all_elections():
    rounds = Trials(Side(), Side()).rounds()
    assert [(one.election, one.fault) for one in rounds] == [
        (election, fault) for election in ELECTIONS for fault in FAULTS
    ]
    assert {one.leaderless_s for one in rounds} == {2.0}


def test_an_election_that_is_not_here_is_left_out_with_its_reason():
    trials = Trials(Side(), Side({"etcd": NotHereError("there is no program of it")}))
    assert trials.missing == {"etcd": "there is no program of it"}
    assert {one.election for one in trials.rounds()} == set(ELECTIONS) - {"etcd"}


def test_an_election_that_failed_is_not_taken_for_one_that_is_not_here():
    trials = Trials(Side(), Side({"redis": LabError("it has ended")}))
    assert trials.missing == {}
    with pytest.raises(LabError, match="The experiment failed"):
        trials.rounds()
