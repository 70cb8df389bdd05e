"""What checks say of answers that are none."""

import numbers

import pytest

from electionlab import exercises
from electionlab.errors import LabError
from electionlab.exercises.feedback import (
    Feedback,
    UnsolvedError,
    a_history,
    a_number,
    a_worker,
    call,
    gives_feedback,
)
from electionlab.exercises.recorded import recorded_run


class Spiteful:
    """Raises whatever is asked of it."""

    def __repr__(self):
        raise ValueError("no")

    def __eq__(self, other):
        raise ValueError("no")

    __hash__ = None


def raises(*_):
    raise ZeroDivisionError("division by zero")


def leaves(*_):
    raise SystemExit(3)


ODD = [None, ..., "", "6066", -1, 0.5, float("nan"), True, [], {}, object(), Spiteful(), raises]
ODD += [leaves, lambda: None, lambda *_: None, lambda *_: Spiteful(), int, iter("ab"), 1j, b"x"]
OF_A_HISTORY = [exercises.printed_by_the_killed, exercises.same_leader]
OF_FUNCTIONS = [exercises.two_leaders, exercises.next_leader, exercises.lost_greetings]
OF_CLUSTERS = [exercises.stays_on_duty, exercises.second_role]


@pytest.mark.parametrize("answer", ODD, ids=lambda answer: type(answer).__name__)
def test_no_answer_breaks_a_check_and_none_of_these_is_right(answer):
    for check in [*OF_A_HISTORY, *OF_FUNCTIONS]:
        assert not check(recorded_run(), answer).solved
    slices = {"kill": recorded_run()}
    assert not exercises.which_fault(slices, answer).solved
    for check in exercises.fast_and_patient, exercises.after_kill, exercises.after_interrupt:
        assert not check(answer, 1, 1).solved
        assert not check(60, answer, 1).solved


@pytest.mark.parametrize("answer", [None, ..., 3, "x", [], lambda lab: None, Spiteful(), int])
def test_what_is_no_program_starts_no_cluster(answer, monkeypatch):
    monkeypatch.setattr("electionlab.exercises.roles.Lab", raises)
    for check in OF_CLUSTERS:
        assert not check(answer).solved


@pytest.mark.parametrize("history", [None, 3, object(), Spiteful()])
def test_without_a_history_a_check_says_what_is_missing(history):
    for check in [*OF_A_HISTORY, *OF_FUNCTIONS]:
        assert "Run the cells above" in check(history, lambda past: 0).words


def test_a_right_answer_and_others_are_told_apart_at_sight():
    assert str(Feedback(True, "So it is.")) == "✓ Solved. So it is."
    assert str(Feedback(False, "Look again.")) == "○ Not yet. Look again."
    shown = Feedback(False, "`2 < 3` holds")._repr_html_()
    assert "exercise-open" in shown
    assert "<code>2 &lt; 3</code> holds" in shown
    assert "exercise-solved" in Feedback(True, "")._repr_html_()


def test_a_cluster_that_cannot_be_had_is_no_wrong_answer():
    @gives_feedback
    def check() -> str:
        raise LabError("The disk is full.")

    found = check()
    assert not found.solved
    assert found.words == "This could not be checked to the end. The disk is full."


def test_an_error_of_the_check_itself_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        gives_feedback(raises)()


def test_an_answers_error_is_told_with_its_words():
    with pytest.raises(UnsolvedError, match="raised ZeroDivisionError: division by zero"):
        call(raises, 1)
    with pytest.raises(UnsolvedError, match="raised SystemExit: 3"):
        call(leaves)


def test_the_stop_button_is_no_answer():
    def stopped():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(stopped)


def test_what_an_experiment_returns_does_not_matter():
    assert call(lambda: None, returns=False) is None
    with pytest.raises(UnsolvedError, match="returns nothing"):
        call(lambda: None)


def test_a_worker_is_known_by_itself_its_name_or_its_port():
    class Worker:
        name = "6066"

    assert a_worker(Worker()) == a_worker("6066") == a_worker(6066) == "6066"


def test_any_finite_number_is_one():
    assert a_number(2, "two") == 2.0
    assert isinstance(1, numbers.Real)
    with pytest.raises(UnsolvedError, match="counts nothing"):
        a_number(float("inf"), "two")


def test_a_run_stands_for_its_history():
    class Run:
        def history(self):
            return recorded_run()

    assert a_history(Run()) is recorded_run()
