"""Cells that are run again, in a real kernel: a start cell starts over, and nothing is left."""

import pytest
from gone import assert_gone, listening
from kernels import kernel

pytestmark = pytest.mark.live
START = """
from electionlab import Kafka, Workers
kafka = Kafka().start()
print(kafka)
"""
WORKERS = """
workers = Workers(kafka)
for port in 6066, 6067:
    workers.start(f"faust -A leader worker -l info --web-port {port}")
print(sorted(worker.name for worker in workers.running()))
"""


@pytest.mark.timeout(300)
def test_a_start_cell_that_is_run_again_starts_over():
    with kernel() as running:
        running.run(START, "kafka")
        running.run(WORKERS, "workers")
        first = listening()
        told = running.run(WORKERS, "workers")
        assert "Stopped what was started here before: workers 6066, 6067" in told
        assert "['6066', '6067']" in told
        second = listening()
        assert second[9092] == first[9092]
        assert {first[6066], first[6067]}.isdisjoint({second[6066], second[6067]})
        told = running.run(START, "kafka")
        assert "workers 6066, 6067, Kafka on localhost:9092" in told
        third = listening()
        assert set(third) == {9092, 9093}
        assert third[9092] != second[9092]
    assert_gone([])


@pytest.mark.timeout(300)
def test_an_edited_start_cell_and_one_in_another_place_start_over_too():
    with kernel() as running:
        running.run(START)
        first = listening()
        running.run(START + "\n# edited")
        assert listening()[9092] != first[9092]
        # On free ports the cell tells: the same one again, or another.
        running.run("free = Kafka(port=0).start()", "free")
        running.run("old, free = free, Kafka(port=0).start()", "free")
        assert "True False" in running.run("print(free.alive, old.alive)")
        running.run("other = Kafka(port=0).start()", "other")
        assert "True True" in running.run("print(free.alive, other.alive)")
    assert_gone([])


def test_a_worker_inside_the_kernel_starts_over():
    inside = (
        "from electionlab.lab.in_kernel import InsideWorker\ninside = InsideWorker(kafka).start()"
    )
    with kernel() as running:
        running.run(START, "kafka")
        running.run(inside, "inside")
        assert "the worker in this kernel" in running.run(inside, "inside")
        assert "True" in running.run("print(inside.wait(lambda: inside.is_leader, within=90))")
    assert_gone([])
