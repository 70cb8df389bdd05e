"""The exercises that histories judge: as they stand in the notebooks, with wrong answers, and with
the solutions that are told there."""

import pytest
from exercise_cells import NOTEBOOKS, find, told, with_answer

from electionlab import events
from electionlab.checks.leaders import two_at_once
from electionlab.exercises import groups, recorded
from electionlab.exercises.faults import without_actions
from electionlab.history.history import History

FOUND = find()
LIVE = {"on-duty", "second-role"}
WRONG = {
    "printed": [
        "answer = len(history.of(events.GreetingPrinted))",
        "answer = len(history.of(events.Published, worker=first.name))",
        "answer = len(history.of(events.GreetingPrinted, worker=first.name)) + 1",
        "answer = -1",
    ],
    "two-leaders": [
        "def seconds_with_two(history):\n    return 0",
        "def seconds_with_two(history):\n    return len(history.leaderships) - 1",
        "def seconds_with_two(history):\n"
        "    return checks.at_most_one_leader(history).figures['longest_s']",
        "def seconds_with_two(history):\n"
        "    spans = history.leaderships\n"
        "    return sum(max(0, a.end - b.start) for a, b in zip(spans, spans[1:])) + 1",
    ],
    "same-leader": [
        "answer = len(history.stored_generations)",
        "answer = checks.group_leader_leads(history).figures['differ']",
        "answer = sum(g.group_leader == g.leader for g in history.stored_generations)",
    ],
    "next-leader": [
        "def next_leader(past):\n    return past.leader",
        "def next_leader(past):\n    return past.workers[0]",
        "def next_leader(past):\n"
        "    return next(name for name in past.workers if name != past.leader)",
        "def next_leader(past):\n    return past.stored_generations[-1].group_leader",
    ],
}


class First:
    name = recorded.recorded_run().of(events.WorkerKilled)[0].worker


def told_on_the_recorded_run(source):
    return told(source, recorded.recorded_run(), first=First())


def test_each_exercise_is_judged_here_or_on_a_cluster():
    assert set(FOUND) == set(WRONG) | LIVE
    assert {exercise.notebook for exercise in FOUND.values()} == {
        path.stem for path in NOTEBOOKS if path.stem[:2] in ("01", "02")
    }


@pytest.mark.parametrize("name", FOUND)
def test_each_has_a_hint_and_is_not_yet_solved(name):
    exercise = FOUND[name]
    assert "<details><summary>A hint</summary>" in exercise.text
    found = told_on_the_recorded_run(exercise.cell)
    assert not found.solved
    assert found.words


@pytest.mark.parametrize(("name", "answer"), [(name, w) for name in WRONG for w in WRONG[name]])
def test_a_wrong_answer_is_not_taken(name, answer):
    found = told_on_the_recorded_run(with_answer(FOUND[name], answer))
    assert not found.solved
    assert "raised" not in found.words


@pytest.mark.parametrize("name", WRONG)
def test_the_solution_is(name):
    found = told_on_the_recorded_run(FOUND[name].solution)
    assert found.solved, found


def test_the_recorded_run_has_what_answers_are_judged_by():
    run = recorded.recorded_run()
    losses = list(groups.losses(run))
    assert len(losses) == 3
    assert len({after for _, after in losses}) > 1
    assert all(past.end < run.end and after != past.leader for past, after in losses)
    assert len(run.cached(two_at_once)) == 2  # frozen, and cut off
    assert not recorded.quiet_run().cached(two_at_once)


def test_what_was_done_is_not_in_the_traces():
    left = without_actions(recorded.recorded_run())
    assert not left.of(events.Action, events.WorkerExited)
    assert left.of(events.Published)
    assert isinstance(left, History)
