"""Workers end and are started again. Small programs stand for Faust, and there is no Kafka."""

import psutil
import pytest
from scripts import wait_until_stopped

from electionlab import events as ev
from electionlab import ports
from electionlab.errors import LabError
from electionlab.waiting import wait_until
from electionlab.workers import Workers

PROGRAM = """import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: {})
print("runs", flush=True)
time.sleep(60)
"""


class NoKafka:
    alive = False  # so that workers that do not end are soon killed
    version = None


@pytest.fixture
def workers(tmp_path):
    with Workers(NoKafka(), folder=tmp_path, lock=False) as made:
        yield made


def program(does):
    """The command of a worker that does this at Ctrl+C."""
    return f"python -c '{PROGRAM.format(does)}' --web-port {ports.free_port()}"


def launch(workers, does):
    worker = workers.launch(program(does))
    wait_until(worker.output, within=20, why=lambda: "it does not run")
    return worker


def test_one_that_was_just_killed_can_be_started_again(workers):
    first = launch(workers, "0")
    workers.kill(first)
    second = workers.launch(first.command)
    assert first.process.status == 137
    assert second.alive
    told = workers.history().of(ev.WorkerExited, ev.WorkerStarted)
    assert [type(event) for event in told] == [ev.WorkerStarted, ev.WorkerExited, ev.WorkerStarted]


def test_one_that_takes_its_time_to_end_is_waited_for(workers):
    first = launch(workers, "(time.sleep(0.5), sys.exit(3))")
    workers.interrupt(first)
    assert workers.launch(first.command).alive
    assert first.process.status == 3


def test_one_that_was_frozen_and_killed_is_waited_for(workers):
    first = launch(workers, "0")
    workers.freeze(first)
    workers.kill(first)
    assert workers.launch(first.command).alive


def test_one_that_was_interrupted_while_it_is_frozen_is_not_waited_for(workers):
    first = launch(workers, "sys.exit(3)")
    workers.freeze(first)
    wait_until_stopped(psutil.Process(first.process.pid))
    workers.interrupt(first)
    with pytest.raises(LabError, match="runs already"):
        workers.launch(first.command)


def test_one_that_still_runs_is_not_started_twice(workers):
    first = launch(workers, "0")
    with pytest.raises(LabError, match="runs already"):
        workers.launch(first.command)


def test_who_killed_a_worker_can_be_said(workers):
    workers.by = "somebody"
    first = launch(workers, "0")
    workers.kill(first, by="another")
    told = workers.history().of(ev.WorkerStarted, ev.WorkerKilled)
    assert [event.by for event in told] == ["somebody", "another"]
