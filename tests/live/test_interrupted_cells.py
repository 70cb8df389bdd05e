"""The stop button at any moment of a cell: nothing half-made is left, and the cell runs again."""

import pytest
from gone import assert_gone, listening, with_guards
from kernels import CellError, kernel

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]
KAFKA = "from electionlab import *\nkafka = Kafka().start()"
WORKERS = """
workers = Workers(
    kafka, settings={"BROKER_SESSION_TIMEOUT": "6", "BROKER_HEARTBEAT_INTERVAL": "1"}
)
for port in 6066, 6067:
    workers.start(f"faust -A leader worker -l info --web-port {port}")
"""
LAB = "lab = start_lab(2)"
INSIDE = "inside = InsideWorker(kafka).start()"
# How long after the beginning of a cell the button is pressed: early, in the middle, late.
MOMENTS = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)
ALL_OURS = """
import psutil
def ours():
    words = []
    for child in psutil.Process().children(recursive=True):
        try:
            command = " ".join(child.cmdline())
        except psutil.Error:
            continue
        if "guard.py" not in command and child.status() != "zombie":
            words.append(command)
    return words
def count(what):
    return sum(what in command for command in ours())
"""


def pressed(running, code, cell, after):
    """Run a cell and press the stop button so many seconds later; whether it was interrupted."""
    request = running.begin(code, cell)
    if running.wait_some(request, after):
        return False  # it was over before
    running.interrupt()
    try:
        running.wait(request)
    except CellError as error:
        # CPython makes a SystemError of an interrupt in the midst of some C functions; its
        # traceback names the interrupt as what caused it.
        shown = error.traceback if str(error).startswith("SystemError") else str(error)
        assert "KeyboardInterrupt" in shown, error
        return True
    return False


def known(running, what, expression):
    """As many processes run as the objects of the notebook know of."""
    told = running.run(f"print(count({what!r}), {expression})")
    found, expected = map(int, told.split()[-2:])
    assert found == expected, running.run("print(ours())")


def test_starts_are_interrupted_and_run_again():
    with kernel() as running:
        running.run(ALL_OURS)
        running.run("from electionlab import *\nfrom electionlab.host import cells")
        for after in MOMENTS:
            pressed(running, KAFKA, "kafka", after)
            known(running, "kafka.Kafka", "sum(len(t.processes) for t in cells.running())")
        running.run(KAFKA, "kafka")
        running.run("workers = Workers(kafka)")
        for after in MOMENTS:
            pressed(running, WORKERS, "workers", after)
            known(running, "--web-port", "len(workers.running())")
        running.run(WORKERS, "workers")
        known(running, "--web-port", "2")
        assert set(listening()) == {6066, 6067, 9092, 9093}
        for after in MOMENTS[:4]:
            pressed(running, INSIDE, "inside", after)
        running.run(INSIDE, "inside")
        assert "True" in running.run("print(inside.generation > 0)")
    assert_gone([])


def test_follow_wait_acts_and_stop_are_interrupted_and_run_again():
    with kernel() as running:
        running.run(ALL_OURS)
        running.run(KAFKA, "kafka")
        running.run(WORKERS, "workers")
        for after in MOMENTS[1:4]:
            assert pressed(running, "workers.follow(lambda history: False)", "follow", after)
            assert pressed(running, "workers.wait(lambda h: False, within=60)", "wait", after)
        running.run("workers.follow_publishes(1)", "follow")
        running.run("first = workers.leader()")
        for after in MOMENTS[:3]:
            pressed(running, "workers.freeze(first, seconds=30)", "freeze", after)
        known(running, "--web-port", "2")
        # What the object says of the worker is what the machine says.
        stopped = "psutil.Process(first.process.pid).status() == 'stopped'"
        assert "True" in running.run(f"print(({stopped}) == first.frozen)")
        running.run("workers.thaw(first)")
        for after in MOMENTS[:3]:
            pressed(running, "workers.stop()", "stop", after)
            known(running, "--web-port", "len(workers.running())")
        running.run("workers.stop()", "stop")
        known(running, "--web-port", "0")
        for after in MOMENTS[:3]:
            pressed(running, "kafka.stop()", "end", after)
        running.run("kafka.stop()", "end")
        known(running, "kafka.Kafka", "0")
        assert listening() == {}
    assert_gone([])


@pytest.mark.own_ports
def test_a_lab_is_interrupted_at_its_start_and_its_end_and_run_again():
    with kernel() as running:
        running.run(ALL_OURS)
        running.run("from electionlab import *\nfrom electionlab.host import cells\nlab = None")
        for after in MOMENTS:
            if pressed(running, LAB, "lab", after):
                assert "[]" in running.run("print(ours())")
        running.run(LAB, "lab")
        running.run("old = lab.leader()\nlab.cut(old)\nlab.heal(old)")
        for after in MOMENTS[:3]:
            pressed(running, "lab.cut(old)\nlab.wait_new_leader(old)", "cut", after)
        assert "is already cut off" in running.run("lab.cut(old)\nlab.wait_new_leader(old)", "cut")
        running.run("lab.heal(old)\nlab.wait_members(2)")
        pressed(running, "history = lab.finish()", "finish", 0.3)
        running.run("history = lab.finish()", "finish")
        assert "[]" in running.run("print(ours())")
        assert "A history of" in running.run("history")


def test_the_tools_of_this_test_find_what_runs():
    with kernel() as running:
        running.run(ALL_OURS)
        running.run(KAFKA, "kafka")
        assert len(with_guards(listening([9092]).values())) == 2
        assert running.run("print(count('kafka.Kafka'))").strip() == "1"


@pytest.mark.own_ports
def test_a_failure_that_ipython_cannot_draw_is_noticed_too():
    with kernel() as running:
        running.run("get_ipython().InteractiveTB.structured_traceback = None")
        with pytest.raises(CellError, match="ZeroDivisionError: division by zero"):
            running.run("1 / 0")
