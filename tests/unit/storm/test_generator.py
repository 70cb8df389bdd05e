"""A storm's schedule: fixed by its seed, complete, and possible."""

import pytest

from electionlab.errors import LabError
from electionlab.storm import generator

BEGINS = {"freeze": "thaw", "cut": "heal", "slow": "heal", "kill": "start", "interrupt": "start"}


def test_the_same_seed_gives_the_same_schedule():
    assert generator.make(200, 7) == generator.make(200, 7)
    assert generator.make(200, 7) != generator.make(200, 8)


def test_a_longer_storm_begins_as_a_shorter_one():
    assert generator.make(200, 7)[:30] == generator.make(30, 7)


@pytest.mark.parametrize("seed", range(10))
def test_every_kind_occurs_in_200_rounds(seed):
    assert {drawn.kind for drawn in generator.make(200, seed)} == set(generator.KINDS)


@pytest.mark.parametrize("seed", range(10))
def test_the_number_of_workers_stays_within_its_limits(seed):
    running = 4
    for drawn in generator.make(200, seed, workers=4):
        running += {"add": 1, "remove": -1}.get(drawn.kind, 0)
        assert generator.FEWEST <= running <= generator.MOST


def test_every_fault_is_undone_in_its_own_round():
    for drawn in generator.make(500, 3, brokers=3):
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
    for drawn in generator.make(500, 4, brokers=3):
        for step in drawn.steps:
            if step.is_on_broker:
                assert step.target in (1, 2, 3)
            elif step.act != "add":
                assert step.target < len(drawn.targets)


def test_one_broker_is_broker_1():
    steps = [step for drawn in generator.make(200, 5) for step in drawn.steps if step.is_on_broker]
    assert {step.target for step in steps} == {1}


def test_kinds_can_be_left_out():
    kinds = {drawn.kind for drawn in generator.make(200, 5, without=["block", "two"])}
    assert kinds == set(generator.KINDS) - {"block", "two"}


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
        generator.make(**{"rounds": 5, "seed": 1, **changes})
    assert str(told.value).startswith(sentence)


DRAWN = """
block        leader    0.4 block 0 for 4
stop broker            1.7 stop_broker 2; 2.5 start_broker 2
freeze       leader    1.1 freeze 0; 3.2 thaw 0
cut          leader    0.1 cut 0; 2.9 heal 0
kill broker            1.4 kill_broker 1; 2.7 start_broker 1
interrupt    leader    1.8 interrupt 0; 4.6 start 0
two          leader 4  0.3 cut 1; 1.4 freeze 0; 3.2 heal 1; 5.7 thaw 0
cut          2         1.4 cut 0; 3.0 heal 0
add                    1.4 add 0
freeze       leader    1.2 freeze 0; 4.3 thaw 0
kill         0         0.6 kill 0; 1.1 start 0
kill broker            1.3 kill_broker 1; 2.7 start_broker 1
starting     leader    1.8 interrupt 0; 2.5 start 0; 2.9 kill 0; 3.8 start 0
two          leader 2  0.7 freeze 0; 0.8 kill 1; 4.8 start 1; 5.1 thaw 0
both         leader    0.1 freeze 0; 0.3 cut 0; 4.4 heal 0; 4.5 thaw 0
two          leader 0  0.3 interrupt 1; 2.0 freeze 0; 4.2 thaw 0; 4.3 start 1
two          leader 0  1.2 kill 0; 1.3 cut 1; 3.1 heal 1; 3.7 start 0
freeze       leader    0.5 freeze 0; 4.5 thaw 0
cut          leader    1.4 cut 0; 4.5 heal 0
starting     leader    0.5 interrupt 0; 0.8 start 0; 2.7 freeze 0; 4.7 thaw 0
remove       leader    0.6 interrupt 0
interrupt    leader    2.0 interrupt 0; 2.7 start 0
slow         leader    0.3 slow 0 for 0.3; 2.6 heal 0
two          leader 1  0.0 kill 1; 0.7 start 1; 1.9 kill 0; 6.4 start 0
"""


def in_words(drawn):
    targets = " ".join("leader" if t == generator.LEADER else str(t) for t in drawn.targets)
    steps = "; ".join(
        f"{step.at_s:.1f} {step.act} {step.target}"
        + ("" if step.amount is None else f" for {step.amount:g}")
        for step in drawn.steps
    )
    return f"{drawn.kind:12} {targets:9} {steps}"


def test_a_seed_that_somebody_has_written_down_gives_what_it_gave():
    made = generator.make(24, 195, workers=4, brokers=3)
    assert [in_words(drawn) for drawn in made] == DRAWN.strip().splitlines()
    assert [drawn.number for drawn in made] == list(range(1, 25))


def test_a_storm_begins_with_three_workers_and_one_broker():
    made = generator.make(200, 5)
    assert made == generator.make(200, 5, workers=3, brokers=1, without=())
    first = next(drawn for drawn in made if drawn.kind in ("add", "remove"))
    assert first.kind == "add"


@pytest.mark.parametrize("numbers", [{"workers": 3}, {"workers": 5}, {"rounds": 1}, {"brokers": 3}])
def test_the_smallest_and_the_largest_storm_can_be_made(numbers):
    assert generator.make(**{"rounds": 5, "seed": 1, **numbers})


def test_the_first_unknown_kind_is_named_with_all_that_there_are():
    with pytest.raises(LabError) as told:
        generator.make(5, 1, without=["snow", "hail"])
    assert str(told.value) == (
        "There is no kind of round 'hail'. There are: interrupt, kill, freeze, cut, slow, block, "
        "add, remove, stop broker, kill broker, starting, two, both."
    )
