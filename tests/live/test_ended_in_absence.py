"""A run that is ended because nobody is connected: all of it ends, and each use of it says why."""

from __future__ import annotations

import pytest
from gone import assert_gone, wait_for_ports
from kernels import CellError, kernel

pytestmark = [pytest.mark.live]

START = """
from electionlab import Kafka, Workers; from electionlab.host import absence, cells
from electionlab.lab.in_kernel import InsideWorker

kafka = Kafka().start()
workers = Workers(kafka)
worker = workers.start("faust -A leader worker -l info --web-port 6066")
inside = InsideWorker(kafka).start()
app = inside.app
"""
# As the thread does that watches: beside the cells, while the kernel's loop is free.
END = """
import asyncio
words = await asyncio.to_thread(lambda: absence.end(cells.running(), 900.0))
words
"""


def test_a_worker_in_the_kernel_ends_too_and_every_use_says_why():
    with kernel() as notebook:
        notebook.run(START, "start")
        running = wait_for_ports([9092, 9093, 6066], within=10)
        told = notebook.run(END, "end")
        for what in ("the worker in this kernel", "workers 6066", "Kafka on localhost:9092"):
            assert what in told
        assert_gone(running)
        assert "True None" in notebook.run("print(app.should_stop, inside.app)", "look")
        for use in (
            "inside.is_leader",
            "inside.start()",
            "workers.leader()",
            "workers.interrupt(6066)",
            "workers.wait_leader()",
            "workers.start('faust -A leader worker -l info --web-port 6067')",
            "Workers(kafka).wait_leader()",
        ):
            with pytest.raises(CellError, match="after 15 minutes without a browser"):
                notebook.run(use, use)
        assert "True" in notebook.run("print(workers.history().leader is None)", "history")
        notebook.run("kafka.start()\nworkers.start(worker.command)\nkafka.stop()", "again")
