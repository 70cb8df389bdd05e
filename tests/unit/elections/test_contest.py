"""What is waited for in an election of candidates: read from what they and the receiver said."""

from types import SimpleNamespace

import pytest

from electionlab.elections.contest import Contest
from electionlab.elections.model import Write
from electionlab.errors import LabError
from electionlab.history.intervals import Span


class Members(list):
    """Stands for candidates; each has a name, a term (None: it does not lead) and a life."""

    def __init__(self, **terms):
        super().__init__(SimpleNamespace(name=name, alive=True, lives=[]) for name in terms)
        self.terms = terms
        self.done = []
        self.ready = True

    def term(self, name):
        return self.terms[name]

    def are_ready(self):
        return self.ready

    def require_alive(self, but):
        dead = [member.name for member in self if not member.alive and member.name != but]
        if dead:
            raise LabError(f"{dead[0]} has ended")

    def leaderships(self, now):
        return [Span("A", 0.5, now)]

    def frozen(self, now):
        return []

    def start(self, name):
        self.done.append(("start", name))
        (member,) = (member for member in self if member.name == name)
        member.alive = True

    def kill(self, name):
        self.done.append(("kill", name))
        (member,) = (member for member in self if member.name == name)
        member.alive = False

    def thaw(self, name):
        self.done.append(("thaw", name))
        self.terms[name] = None

    heal = thaw


def contest(members, *writes):
    made = Contest.__new__(Contest)
    made.kind, made.faults, made._broken = "etcd", [], ""
    made.members = members
    made.server = SimpleNamespace(require_alive=lambda: None, name="etcd", version="3")
    made._sink = SimpleNamespace(writes=lambda: list(writes))
    return made


def write(time, who, term=1):
    return Write(time, who, 1, term, True)


def test_a_leader_is_one_that_leads_alone_and_has_greeted_in_its_term():
    assert contest(Members(A=1, B=None), write(1, "A", 1)).wait_leader() == "A"


@pytest.mark.parametrize(
    ("terms", "writes"),
    [
        ({"A": None, "B": None}, [write(1, "A")]),
        ({"A": 1, "B": 2}, [write(1, "A", 1), write(1, "B", 2)]),
        ({"A": 2, "B": None}, [write(1, "A", 1)]),
    ],
    ids=["nobody leads", "two do", "it has greeted only in an earlier term"],
)
def test_none_of_these_is_a_leader(terms, writes, monkeypatch):
    monkeypatch.setattr("electionlab.elections.contest.LEADER_S", 0.1)
    with pytest.raises(LabError, match="a leader"):
        contest(Members(**terms), *writes).wait_leader()


def test_nobody_counts_as_leader_before_the_others_campaign(monkeypatch):
    monkeypatch.setattr("electionlab.elections.contest.LEADER_S", 0.1)
    members = Members(A=1, B=None)
    members.ready = False
    with pytest.raises(LabError, match="a leader"):
        contest(members, write(1, "A", 1)).wait_leader()


def test_the_successors_greetings_count_since_the_fault_and_the_old_leaders_do_not(monkeypatch):
    monkeypatch.setattr("electionlab.elections.contest.LEADER_S", 0.1)
    made = contest(Members(A=1, B=2), write(1, "B"), write(3, "A"), write(4, "B"), write(5, "B"))
    made.faults.append((2.0, "A"))
    made.wait_successor("A", 2)
    with pytest.raises(LabError, match="another leader than A"):
        made.wait_successor("A", 3)


def test_whoever_dies_without_being_broken_ends_the_wait():
    members = Members(A=1, B=None)
    made = contest(members, write(1, "A"))
    made.broken("kill", "B")
    assert made.wait_leader() == "A", "B is the one that is broken"
    made._broken = ""
    with pytest.raises(LabError, match="B has ended"):
        made.wait_leader()


def test_after_a_fault_it_is_undone_and_whoever_ended_is_started_again():
    members = Members(A=1, B=None)
    made = contest(members, write(1, "A"))
    made.broken("kill", "B")
    made.mend("kill", "B")
    made.recover()
    made.mend("freeze", "A")
    assert members.done == [("kill", "B"), ("start", "B"), ("thaw", "A")]
    assert [old for _, old in made.faults] == ["B"]


def test_an_experiment_is_seen_with_two_writes_from_before_it():
    writes = [write(number, "A") for number in range(5)]
    made = contest(Members(A=1, B=None), *writes)
    made.faults.append((0.5, "A"))
    seen = made.watch(lambda it: it.broken("kill", "B"))
    assert [old for _, old in seen.faults] == ["B"]
    assert [w.time for w in seen.writes] == [3, 4]
    assert seen.about == {"etcd": "3"}
