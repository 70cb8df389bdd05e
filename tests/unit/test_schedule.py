"""A storm's schedule: fixed by its seed, complete, and possible."""

import pytest

from electionlab import schedule
from electionlab.errors import LabError

BEGINS = {"freeze": "thaw", "cut": "heal", "slow": "heal", "kill": "start", "interrupt": "start"}


def test_the_same_seed_gives_the_same_schedule():
    assert schedule.make(200, 7) == schedule.make(200, 7)
    assert schedule.make(200, 7) != schedule.make(200, 8)


def test_a_longer_storm_begins_as_a_shorter_one():
    assert schedule.make(200, 7)[:30] == schedule.make(30, 7)


@pytest.mark.parametrize("seed", range(10))
def test_every_kind_occurs_in_200_rounds(seed):
    assert {drawn.kind for drawn in schedule.make(200, seed)} == set(schedule.KINDS)


@pytest.mark.parametrize("seed", range(10))
def test_the_number_of_workers_stays_within_its_limits(seed):
    running = 4
    for drawn in schedule.make(200, seed, workers=4):
        running += {"add": 1, "remove": -1}.get(drawn.kind, 0)
        assert schedule.FEWEST <= running <= schedule.MOST


def test_every_fault_is_undone_in_its_own_round():
    for drawn in schedule.make(500, 3, brokers=3):
        assert list(drawn.steps) == sorted(drawn.steps, key=lambda step: step.at_s)
        open_ends = []
        for step in drawn.steps:
            if step.act in BEGINS:
                open_ends.append((BEGINS[step.act], step.target))
            elif step.act in ("stop_broker", "kill_broker"):
                open_ends.append(("start_broker", step.target))
            elif step.act in ("start", "thaw", "heal", "start_broker"):
                open_ends.remove((step.act, step.target))
        assert open_ends == ([("start", 0)] if drawn.kind == "remove" else [])


def test_targets_are_there():
    for drawn in schedule.make(500, 4, brokers=3):
        for step in drawn.steps:
            if step.is_on_broker:
                assert step.target in (1, 2, 3)
            elif step.act != "add":
                assert step.target < len(drawn.targets)


def test_one_broker_is_broker_1():
    steps = [step for drawn in schedule.make(200, 5) for step in drawn.steps if step.is_on_broker]
    assert {step.target for step in steps} == {1}


def test_kinds_can_be_left_out():
    kinds = {drawn.kind for drawn in schedule.make(200, 5, without=["block", "two"])}
    assert kinds == set(schedule.KINDS) - {"block", "two"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rounds": 0}, "A storm has one round or more, not 0."),
        ({"rounds": -3}, "A storm has one round or more, not -3."),
        ({"workers": 2}, "A storm has 3 to 5 workers, not 2."),
        ({"workers": 6}, "A storm has 3 to 5 workers, not 6."),
        ({"brokers": 2}, "A storm has 1 or 3 brokers, not 2."),
        ({"without": ["hail"]}, "There is no kind of round 'hail'. There are: interrupt, kill, "),
    ],
)
def test_bad_input_is_one_sentence(changes, sentence):
    with pytest.raises(LabError) as told:
        schedule.make(**{"rounds": 5, "seed": 1, **changes})
    assert str(told.value).startswith(sentence)
