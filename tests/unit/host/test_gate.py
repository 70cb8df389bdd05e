"""Who may begin, and when: without a lab, on a machine that is as busy as it is told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from electionlab.host import gate, load
from electionlab.host.gate import Gate
from electionlab.host.waiting import wait_until


@pytest.fixture
def machine(monkeypatch):
    room = {"more": True}
    monkeypatch.setattr(load, "has_room", lambda: room["more"])
    monkeypatch.setattr(gate, "LOOK_EVERY_S", 0.01)
    return room


class Crowd:
    """Some that want to begin; who is inside stays there until it is let go."""

    def __init__(self, gate):
        self.gate = gate
        self.pool = ThreadPoolExecutor(8)
        self.inside = []
        self.most = 0
        self.go = {}

    def comes(self, name, **how):
        self.go[name] = threading.Event()

        def stay():
            with self.gate.entered(**how) as opened:
                if opened:
                    self.inside.append(name)
                    self.most = max(self.most, len(self.inside))
                    assert self.go[name].wait(60)
                    self.inside.remove(name)
                return opened

        return self.pool.submit(stay)

    def sees(self, *names):
        wait_until(
            lambda: sorted(self.inside) == sorted(names), within=20, why=lambda: str(self.inside)
        )

    def stays(self, *names):
        """Nobody else has come in after some looks."""
        assert not threading.Event().wait(0.1)
        assert sorted(self.inside) == sorted(names)

    def leaves(self, name):
        self.go[name].set()


@pytest.fixture
def crowd(request, machine):
    crowd = Crowd(Gate(2))
    yield crowd
    crowd.gate.close()
    for go in crowd.go.values():
        go.set()
    crowd.pool.shutdown()


def test_no_more_than_so_many_begin_at_once(crowd):
    for name in "abc":
        crowd.comes(name)
        crowd.sees(*"ab"[: len(crowd.go)])
    crowd.stays("a", "b")
    crowd.leaves("a")
    crowd.sees("b", "c")
    assert crowd.most == 2


def test_on_a_busy_machine_one_begins_after_the_other_and_it_is_asked_anew_each_time(
    crowd, machine
):
    machine["more"] = False
    crowd.comes("a")
    crowd.sees("a")
    crowd.comes("b")
    crowd.stays("a")
    machine["more"] = True
    crowd.sees("a", "b")


def test_who_says_how_many_gets_them_on_any_machine(machine):
    machine["more"] = False
    several = Gate(3, on_any_machine=True)
    with several.entered() as first, several.entered() as second:
        assert first and second


def test_who_has_to_be_alone_waits_for_all_and_all_wait_for_it(crowd):
    crowd.comes("a")
    crowd.sees("a")
    crowd.comes("lonely", alone=True)
    crowd.stays("a")
    crowd.leaves("a")
    crowd.sees("lonely")
    crowd.comes("b")
    crowd.stays("lonely")
    crowd.leaves("lonely")
    crowd.sees("b")


def test_a_gate_that_is_closed_tells_all_who_wait(crowd):
    first = crowd.comes("a")
    crowd.sees("a")
    lonely = crowd.comes("lonely", alone=True)
    crowd.gate.close()
    assert lonely.result(20) is False
    assert crowd.comes("late").result(20) is False
    crowd.leaves("a")
    assert first.result(20) is True
