"""Labs side by side, where a lab starts nothing: what is waited for, and how all are stopped."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from electionlab.errors import DeadlineError, LabError
from electionlab.history.history import History
from electionlab.host import cells, load
from electionlab.lab import benches
from electionlab.lab.benches import Bench, SideBySide


@pytest.fixture(autouse=True)
def calm(monkeypatch):
    """A machine that bears several at once."""
    monkeypatch.setattr(load, "has_room", lambda: True)
    monkeypatch.setattr(load, "per_core", lambda: 0.5)


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
    with pytest.raises(LabError, match=rf"AT_ONCE\) is a whole number from 1, not '{told}'"):
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


def test_the_histories_are_those_of_what_is_done_and_has_not_failed():
    with SideBySide([Bench(NoLab, (returns, Fails("wrong", ValueError())))]) as labs:
        assert set(labs.histories) <= {"returns"}
        labs.history("returns")
        with pytest.raises(LabError):
            labs.history("wrong")
        assert list(labs.histories) == ["returns"]


def test_a_history_is_waited_for_by_several_at_once():
    with SideBySide([Bench(NoLab, (returns,))]) as labs, ThreadPoolExecutor(2) as both:
        found = list(both.map(labs.history, ["returns", "returns"]))
    assert [len(history) for history in found] == [0, 0]


# An experiment that fails


class Fails:
    """An experiment that fails with each of `errors` in turn, and then succeeds."""

    def __init__(self, name, *errors):
        self.__name__ = name
        self.errors = list(errors)
        self.labs = []

    def __call__(self, lab):
        self.labs.append(lab)
        if self.errors:
            raise self.errors.pop(0)


def late(seconds=60):
    return DeadlineError(f"Waited {seconds} s in vain: nobody leads")


def test_what_fails_for_want_of_time_runs_once_more_in_a_lab_of_its_own_and_it_is_said(capsys):
    first, slow, third = Fails("first"), Fails("slow", late()), Fails("third")
    with SideBySide([Bench(NoLab, (first, slow, third))]) as labs:
        for name in labs.names:
            labs.history(name)
        labs.history("slow")
    assert (len(first.labs), len(slow.labs), len(third.labs)) == (1, 2, 1)
    # What followed it went on without it, and both tries had labs of their own.
    assert first.labs[0] is slow.labs[0]
    assert len({*first.labs, *slow.labs, *third.labs}) == 3
    said = "slow ran twice. The first time: Waited 60 s in vain: nobody leads\n"
    assert capsys.readouterr().out == said


def test_the_second_try_has_nothing_beside_it():
    busy, most = [], []

    class Counted(NoLab):
        def __enter__(self):
            busy.append(self)
            return self

        def __exit__(self, *_):
            busy.remove(self)

    class Slow(Fails):
        def __call__(self, lab):
            if self.labs:
                most.append(len(busy))
            super().__call__(lab)

    class Lasts(Fails):
        def __call__(self, lab):
            threading.Event().wait(0.2)
            super().__call__(lab)

    benches = [Bench(Counted, (Slow("slow", late()),))]
    benches += [Bench(Counted, (Lasts(f"other{n}"),)) for n in range(4)]
    with SideBySide(benches, at_once=3) as labs:
        for name in labs.names:
            labs.history(name)
    assert most == [1]


def test_what_fails_twice_tells_both_reasons_and_the_remedy(capsys, monkeypatch):
    monkeypatch.setattr(cells, "is_live", lambda: True)
    with SideBySide([Bench(NoLab, (Fails("slow", late(60), late(70)),))]) as labs:
        with pytest.raises(LabError) as caught:
            labs.history("slow")
        assert str(caught.value).splitlines() == [
            "The experiment slow failed. Waited 70 s in vain: nobody leads",
            "That was the second try. The first time: Waited 60 s in vain: nobody leads",
            "To run it again, by itself: labs.retry('slow')",
        ]
        labs.retry("slow")
        labs.history("slow")


@pytest.mark.parametrize(
    ("error", "told"),
    [(LabError("a broker has ended"), "a broker has ended"), (KeyError(1), "KeyError: 1")],
)
def test_what_fails_for_another_reason_is_not_tried_again(error, told):
    wrong = Fails("wrong", error)
    with (
        SideBySide([Bench(NoLab, (wrong,))]) as labs,
        pytest.raises(LabError, match=rf"The experiment wrong failed\. {told}\n$"),
    ):
        labs.history("wrong")
    assert len(wrong.labs) == 1


def test_what_this_machine_slept_through_runs_once_more(capsys):
    class Sleeps(Fails):
        def __call__(self, lab):
            super().__call__(lab)
            if len(self.labs) == 1:
                running[0].lateness.noted.append((benches.time.time(), 70.0))

    running, sleeps = [], Sleeps("sleeps")
    go = threading.Event()

    def make():
        assert go.wait(30)
        return NoLab()

    with SideBySide([Bench(make, (sleeps,))]) as labs:
        running.append(labs)
        go.set()
        labs.history("sleeps")
    assert len(sleeps.labs) == 2
    told = capsys.readouterr().out
    assert "The first time: This machine was suspended for 70 s during it." in told


def test_a_lab_that_does_not_start_leaves_all_its_experiments_to_a_second_try():
    made = []

    class Stuck(NoLab):
        def __enter__(self):
            made.append(self)
            if len(made) == 1:
                raise late()
            return self

    one, two = Fails("one"), Fails("two")
    with SideBySide([Bench(Stuck, (one, two))]) as labs:
        for name in labs.names:
            labs.history(name)
    assert one.labs == two.labs == made[1:]


def test_what_cannot_be_retried_says_why():
    go = threading.Event()

    def lasts(lab):
        assert go.wait(30)

    labs = SideBySide([Bench(NoLab, (lasts,))])
    with pytest.raises(LabError, match="There is no experiment 'other', but lasts"):
        labs.retry("other")
    with pytest.raises(LabError, match="lasts is still running"):
        labs.retry("lasts")
    go.set()
    labs.history("lasts")
    labs.stop()
    with pytest.raises(LabError, match="have been stopped"):
        labs.retry("lasts")


def test_a_start_cell_that_runs_again_runs_what_failed_again_and_only_that(capsys):
    good, wrong = Fails("good"), Fails("wrong", LabError("no"))

    class Own(SideBySide):
        pass

    labs = benches.start_as(Own, [Bench(NoLab, (good,)), Bench(NoLab, (wrong,))])
    with labs:
        with pytest.raises(LabError, match="no"):
            labs.history("wrong")
        labs.history("good")
        assert benches.start_as(Own, []) is labs
        labs.history("wrong")
        assert (len(good.labs), len(wrong.labs)) == (1, 2)
    assert "wrong runs again, by itself" in capsys.readouterr().out
    assert benches.start_as(Own, []) is not labs
