"""Whether each leader runs the leader's task."""

import pytest
from histories import assigned, published, run_of

from electionlab.checks import each_leader_runs_its_task
from electionlab.checks.tasks import WORDS
from electionlab.history import events as ev

A, B = "A", "B"
GAINED = [assigned(1, A, True), assigned(8, A, False), assigned(8.1, B, True)]


def ran(time, worker, words=WORDS):
    return ev.Logged(time=time, worker=worker, level="WARNING", text=words)


def test_a_leader_whose_log_does_not_have_the_task_did_not_run_it():
    history = run_of(*GAINED, ran(2, A), published(3, A), published(9, B))
    verdict = each_leader_runs_its_task(history).expect("broken")
    assert verdict.finding == "1 of 2 did not."
    assert verdict.figures == {"leaderships": 2, "without": 1}
    assert verdict.evidence[0].endswith("A led, and ran it")
    assert verdict.evidence[1].endswith("B led, and did not run it")
    assert verdict.evidence[1].worker == B


def test_each_that_ran_it_did():
    history = run_of(*GAINED, ran(2, A), published(3, A), ran(8.5, B), published(9, B))
    verdict = each_leader_runs_its_task(history).expect("held")
    assert verdict.finding == "All 2 did."
    assert verdict.figures == {"leaderships": 2, "without": 0}


@pytest.mark.parametrize("ran_at", [0.5, 8.05])
def test_what_ran_before_or_after_a_leadership_is_not_its_task(ran_at):
    each_leader_runs_its_task(run_of(*GAINED, ran(ran_at, A), published(3, A))).expect("broken")


def test_other_words_are_no_task_and_the_words_can_be_others():
    history = run_of(*GAINED, ran(2, A, "something"), published(3, A))
    each_leader_runs_its_task(history).expect("broken")
    each_leader_runs_its_task(history, "some").expect("held")


def test_a_leader_that_published_nothing_does_not_count():
    verdict = each_leader_runs_its_task(run_of(*GAINED)).expect("unknown")
    assert verdict.finding == "No leader published anything."
