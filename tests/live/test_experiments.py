"""Experiments in a notebook: what stands in the cell is what runs, again and after an interrupt."""

import psutil
import pytest
from gone import assert_gone
from kernels import CellError, kernel

pytestmark = [pytest.mark.live, pytest.mark.own_ports, pytest.mark.timeout(600)]
BREAK = """
def lose_the_leader(lab):
    old = lab.leader()
    lab.{how}(old)
    lab.wait_new_leader(old)
"""
RUN = """
history = run(lose_the_leader)
done = [type(event).__name__ for event in history.of(events.WorkerInterrupted, events.WorkerFrozen)]
print(done, history.leader is not None, id(run.lab))
"""
WAITS = """
def waits(lab):
    lab.freeze(lab.leader())
    lab.wait_publishes(1000, within=500)
"""


def last_line(told):
    """Of a cell's output; above it stood what it was waiting for."""
    return told.splitlines()[-1].strip()


def test_a_notebooks_experiments_run_as_they_are_written_in_one_lab():
    with kernel() as running:
        running.run("from electionlab import events, run")
        running.run(BREAK.format(how="interrupt"), "experiment")
        told = last_line(running.run(RUN, "run"))
        assert told.startswith("['WorkerInterrupted'] True ")
        lab = told.split()[-1]
        running.run(BREAK.format(how="freeze"), "experiment")
        assert last_line(running.run(RUN, "run")) == f"['WorkerFrozen'] True {lab}"
        left = psutil.Process(running.manager.provisioner.pid).children(recursive=True)

        # The stop button, while the leader stands still
        running.run(WAITS, "waits")
        request = running.begin("run(waits)", "long")
        assert not running.wait_some(request, 8)
        running.interrupt()
        with pytest.raises(CellError, match="KeyboardInterrupt"):
            running.wait(request)
        assert last_line(running.run(RUN, "run")) == f"['WorkerFrozen'] True {lab}"
        running.run("run.stop()")
        assert_gone(left, [])
        assert last_line(running.run("print(run.lab)")) == "None"
