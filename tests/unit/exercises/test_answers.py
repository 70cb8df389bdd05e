"""The exercises that histories judge: as they stand in the notebooks, with wrong answers, and with
the solutions that are told there."""

import pytest
from exercise_cells import NOTEBOOKS, find, told, with_answer

from electionlab import events as ev
from electionlab import exercises
from electionlab.checks.leaders import two_at_once
from electionlab.exercises import groups, recorded
from electionlab.exercises.faults import stayed, without_actions
from electionlab.exercises.feedback import UnsolvedError
from electionlab.history.history import History
from electionlab.host.folders import PROJECT

FOUND = find()
NAMES = {
    ev.WorkerInterrupted: "interrupt",
    ev.WorkerKilled: "kill",
    ev.WorkerFrozen: "freeze",
    ev.WorkerCut: "cut",
}
LIVE = {"poison", "on-duty", "second-role", "leader-stays", "after-kill", "after-interrupt"}
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

WRONG["which-fault"] = [
    f"cases = {{'interrupt': interrupt, 'kill': kill, 'freeze': freeze, 'cut': cut}}\n{function}"
    for function in (
        "def which_fault(past):\n    return 'kill'",
        "def which_fault(past):\n    return 'a meteorite'",
        "def which_fault(past):\n"
        "    return 'kill' if past.of(events.WorkerKilled) else 'interrupt'",
        "def which_fault(past):\n"
        "    old = past.leaderships[0].worker\n"
        "    left = past.of(events.GroupLeft, worker=old)\n"
        "    acted = past.of(events.Published, worker=old)\n"
        "    late = acted and acted[-1].time > past.leaderships[1].start\n"
        "    return 'interrupt' if left else 'freeze' if late else 'kill'",
    )
]
WRONG["lost"] = [
    "def find_lost(history):\n    return []",
    "def find_lost(history):\n"
    "    printed = {e.greeting for e in history.of(events.GreetingPrinted)}\n"
    "    stored = history.of(events.GreetingStored)\n"
    "    return [e.greeting for e in stored if e.greeting not in printed]",
    "def find_lost(history):\n"
    "    return [event.greeting for event in history.of(events.GreetingStored)]",
]
WRONG["settings"] = [
    "session, heartbeat, timer = 60, 3, 2",
    "session, heartbeat, timer = 2, 0.5, 1",
    "session, heartbeat, timer = 3, 0.5, 2",
    "session, heartbeat, timer = 3.2, 1.5, 0.2",
]
WRONG["tokens"] = [
    "def take(generations):\n    return sorted(generations)",
    "def take(generations):\n    return sorted(set(generations))",
    "def take(generations):\n"
    "    return [new for old, new in zip([0, *generations], generations) if new >= old]",
    "def take(generations):\n    return generations[:1]",
    "def take(generations):\n    return 'all of them'",
]
WRONG["newest"] = [
    "def takes(token, newest):\n    return newest is None or token == newest",
    "def takes(token, newest):\n    return newest is None or token > newest",
    "def takes(token, newest):\n    return newest is None or token <= newest",
    "def takes(token, newest):\n    return newest is not None and token >= newest",
    "def takes(token, newest):\n    return newest is None or token in (newest, newest + 1)",
    "def takes(token, newest):\n    return True",
    "def takes(token, newest):\n    return 'yes'",
]


class First:
    name = recorded.recorded_run().of(ev.WorkerKilled)[0].worker


def sections():
    """What the notebook about workers has by name, cut out of the recorded run."""
    run = recorded.recorded_run()
    faults = run.of(ev.WorkerInterrupted, ev.WorkerKilled, ev.WorkerFrozen, ev.WorkerCut)
    cut = {}
    for fault in faults:
        if fault.time < run.over:
            # Until the worker is started again, or the next one is broken; a leader that had been
            # frozen still led when the next one was cut off.
            later = [*faults, *run.of(ev.WorkerStarted, ev.RunEnding)]
            end = min(event.time for event in later if event.time > fault.time)
            start = fault.time + (0.2 if isinstance(fault, ev.WorkerCut) else -0.2)
            cut[NAMES[type(fault)]] = run.between(start, end)
    return {**cut, "lossy": History.load(PROJECT / "docs/recorded/lost-greeting.jsonl")}


def told_on_the_recorded_run(source):
    return told(source, recorded.recorded_run(), first=First(), **sections())


def test_each_exercise_is_judged_here_or_on_a_cluster():
    assert set(FOUND) == set(WRONG) | LIVE
    assert {exercise.notebook for exercise in FOUND.values()} == {path.stem for path in NOTEBOOKS}


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
    assert not left.of(ev.Action, ev.WorkerExited)
    assert left.of(ev.Published)
    assert isinstance(left, History)


@pytest.mark.parametrize(
    ("after_s", "leader", "words"),
    [
        (-1, "7101", "No worker was cut off"),
        (2, "7101", "7101 was cut off, which led"),
        (2, "7104", "not for long enough"),
    ],
)
def test_an_experiment_that_cuts_off_nobody_or_the_leader_is_none(after_s, leader, words):
    run = recorded.recorded_run()
    (cut,) = run.of(ev.WorkerCut)
    with pytest.raises(UnsolvedError, match=words):
        stayed(run.between(run.start, cut.time + after_s), leader, 4, 4)


def test_an_experiment_that_leaves_a_worker_cut_off_is_none():
    run = recorded.recorded_run()
    (healed,) = run.of(ev.WorkerHealed)
    with pytest.raises(UnsolvedError, match="3 of 4 workers were members"):
        stayed(run.between(run.start, healed.time - 0.1), "7104", 4, 4)
    with pytest.raises(UnsolvedError, match="Leadership moved"):
        stayed(run.between(run.start, run.over - 0.1), "7104", 4, 4)


@pytest.mark.parametrize("experiment", [None, 3, "lab.cut", lambda lab: None])
def test_what_is_no_experiment_starts_no_cluster(experiment, monkeypatch):
    monkeypatch.setattr("electionlab.exercises.faults.Lab", None)
    assert not exercises.leader_stays(experiment).solved
