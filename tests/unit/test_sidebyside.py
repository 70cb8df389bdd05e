"""Labs side by side, where a lab starts nothing: what is waited for, and how all are stopped."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from electionlab.errors import LabError
from electionlab.experiments import Bench
from electionlab.history import History
from electionlab.sidebyside import SideBySide


class NoLab:
    """Stands for a lab. An experiment on it lasts until it is stopped."""

    def __init__(self, error=None):
        self.error = error
        self.stopped = threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def watch(self, experiment):
        experiment(self)
        return History([])

    def recover(self):
        pass

    def stop(self, within):
        self.stopped.set()
        if self.error:
            raise self.error


def waits(lab):
    assert lab.stopped.wait(30)
    raise LabError("this lab has ended")


def returns(lab):
    pass


def never_begun(lab):
    raise AssertionError("it was begun")


@pytest.mark.parametrize("told", ["0", "-1", "two", ""])
def test_a_number_of_labs_that_cannot_be_is_refused(monkeypatch, told):
    monkeypatch.setenv("ELECTIONLAB_AT_ONCE", told)
    with pytest.raises(LabError, match=f"not {told}: see ELECTIONLAB_AT_ONCE"):
        SideBySide([])
    with pytest.raises(LabError, match="not 0"):
        SideBySide([], at_once=0)


def test_what_was_never_begun_says_so_once_all_is_stopped():
    labs = SideBySide([Bench(NoLab, (waits,)), Bench(NoLab, (never_begun,))], at_once=1)
    labs.stop()
    with pytest.raises(LabError, match="were stopped before this experiment"):
        labs.history("never_begun", within=1)
    labs.stop()


def test_a_lab_that_fails_to_stop_leaves_the_others_no_less_stopped():
    made = [NoLab(), NoLab(OSError("no")), NoLab()]
    begun = threading.Barrier(4)

    def meets(number):
        def experiment(lab):
            begun.wait(30)
            waits(lab)

        experiment.__name__ = f"experiment_{number}"
        return experiment

    benches = [Bench(lambda lab=lab: lab, (meets(n),)) for n, lab in enumerate(made)]
    labs = SideBySide(benches, at_once=3)
    begun.wait(30)
    with pytest.raises(OSError, match="no"):
        labs.stop()
    assert all(lab.stopped.is_set() for lab in made)


def test_a_history_is_waited_for_by_several_at_once():
    with SideBySide([Bench(NoLab, (returns,))]) as labs, ThreadPoolExecutor(2) as both:
        found = list(both.map(labs.history, ["returns", "returns"]))
    assert [len(history) for history in found] == [0, 0]
