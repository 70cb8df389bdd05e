"""The exercises that a real cluster judges: a wrong answer, and the solution of the notebook."""

import psutil
import pytest
from exercise_cells import find, told, with_answer
from gone import assert_gone

pytestmark = [pytest.mark.own_ports, pytest.mark.live]
FOUND = find()


def judged(source):
    """What a cell is told; nothing that it started is left."""
    before = set(psutil.Process().children(recursive=True))
    feedback = told(source)
    assert_gone(list(set(psutil.Process().children(recursive=True)) - before), [])
    return feedback


def test_a_task_for_the_leader_alone_has_to_go_on_with_the_next_leader():
    task = """
def on_duty(app):
    import asyncio

    @app.task(on_leader=True)
    async def work():
        while True:
            print("ON DUTY")
            await asyncio.sleep(0.5)
"""
    found = judged(with_answer(FOUND["on-duty"], task))
    assert not found.solved
    assert "never printed ON DUTY" in found.words
    found = judged(FOUND["on-duty"].solution)
    assert found.solved, found


def test_a_second_role_has_to_be_another_than_the_leaders():
    role = """
def second_role(app):
    @app.timer(0.5, on_leader=True)
    async def work():
        print("ON DUTY")
"""
    found = judged(with_answer(FOUND["second-role"], role))
    assert not found.solved
    assert "it was Faust's leader, too" in found.words
    found = judged(FOUND["second-role"].solution)
    assert found.solved, found


def test_a_worker_that_does_not_lead_is_cut_off_and_the_leader_stays():
    found = judged(FOUND["leader-stays"].solution)
    assert found.solved, found


@pytest.mark.parametrize("name", ["after-kill", "after-interrupt"])
def test_settings_that_the_formula_promises_much_of_keep_it_on_a_cluster(name):
    found = judged(FOUND[name].solution)
    assert found.solved, found
