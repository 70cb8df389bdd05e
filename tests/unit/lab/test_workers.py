"""Workers end and are started again. Small programs stand for Faust, and there is no Kafka."""

from types import SimpleNamespace

import psutil
import pytest
from scripts import wait_until_stopped

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.host import ports
from electionlab.host.waiting import wait_until
from electionlab.lab.command import require_logging
from electionlab.lab.workers import Workers

PROGRAM = """import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: {})
print("runs", flush=True)
time.sleep(60)
"""


class NoKafka:
    alive = False  # so that workers that do not end are soon killed
    version = None
    bootstrap = "nowhere"
    processes = ()
    witness = SimpleNamespace(cluster=lambda within: None)

    def require_alive(self):
        pass


@pytest.fixture
def workers(tmp_path):
    with Workers(NoKafka(), folder=tmp_path, lock=False) as made:
        yield made
        for worker in made.running():  # they do not end by themselves
            made.kill(worker)


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
    with pytest.raises(LabError, match="is already running"):
        workers.launch(first.command)


def test_one_that_still_runs_is_not_started_twice(workers):
    first = launch(workers, "0")
    with pytest.raises(LabError, match="is already running"):
        workers.launch(first.command)


def test_one_that_runs_is_left_as_it_is(workers, capsys):
    first = launch(workers, "0")
    first.ready = True  # as if Faust had said so
    assert workers.start(first) is workers.start(first.name) is workers.start(int(first.name))
    assert workers.start(first.command) is first
    assert capsys.readouterr().out.count(f"Worker {first.name} is already running") == 4
    assert len(workers.history().of(ev.WorkerStarted)) == 1


def test_one_that_has_ended_is_started_again_with_its_command_and_settings(workers):
    first = workers.launch(program("0"), settings={"KEPT": "1"})
    wait_until(first.output, within=20, why=lambda: "it does not run")
    workers.kill(first)
    second = workers.launch(int(first.name))
    assert (second.name, second.command) == (first.name, first.command)
    told = workers.history().of(ev.WorkerStarted)
    assert [event.settings for event in told] == ["KEPT=1", "KEPT=1"]


ACTS = {
    "interrupt": ("ending", "is already ending"),
    "kill": ("ended", "has already ended, with status 137"),
    "freeze": ("frozen", "is already frozen"),
    "thaw": ("whole", "is not frozen: there is nothing to thaw"),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_that_is_asked_for_again_says_what_is_so_and_does_nothing(workers, capsys, act):
    first = launch(workers, "0")
    state, sentence = ACTS[act]
    if state != "whole":
        getattr(workers, act)(first)
    if state == "ended":
        first.process.wait(within=20)
    before = workers.history().of(ev.Action)
    capsys.readouterr()
    for which in first, first.name, int(first.name):
        getattr(workers, act)(which)
        assert f"Worker {first.name} {sentence}" in capsys.readouterr().out
    assert workers.history().of(ev.Action) == before


@pytest.mark.parametrize("which", ["6099", 6099, None])
def test_who_is_no_worker_of_the_run_is_refused_with_those_that_are(workers, which):
    first = launch(workers, "0")
    for act in ACTS:
        with pytest.raises(LabError, match=f"not a worker of this run.* It has: {first.name}"):
            getattr(workers, act)(which)


def test_a_worker_of_another_run_is_refused(workers, tmp_path):
    with Workers(NoKafka(), folder=tmp_path, lock=False) as others:
        theirs = launch(others, "0")
        with pytest.raises(LabError, match="another run started it"):
            workers.interrupt(theirs)


def test_one_is_frozen_for_some_seconds_and_thawed(workers):
    first = launch(workers, "0")
    workers.freeze(first.name, seconds=0.2)
    assert not first.frozen
    frozen, thawed = workers.history().of(ev.WorkerFrozen, ev.WorkerThawed)
    assert thawed.effective - frozen.time >= 0.2


def test_a_wait_for_another_leader_ends_at_once_if_nobody_is_left(workers):
    first = launch(workers, "0")
    workers.kill(first)
    with pytest.raises(LabError, match="Nobody is left to lead after"):
        workers.wait_new_leader(first, within=600)


def test_nobody_leads_is_an_error(workers):
    with pytest.raises(LabError, match="Nobody leads"):
        workers.leader()


def test_who_killed_a_worker_can_be_said(workers):
    workers.recorder.by = "somebody"
    first = launch(workers, "0")
    workers.kill(first, by="another")
    told = workers.history().of(ev.WorkerStarted, ev.WorkerKilled)
    assert [event.by for event in told] == ["somebody", "another"]


@pytest.mark.parametrize("port", ["70000", "65536", "0"])
def test_a_port_that_cannot_be_is_refused_at_once(workers, port):
    with pytest.raises(LabError, match=f"no port {port}"):
        workers.start(f"faust -A leader worker -l info --web-port {port}")
    assert not workers.lives


@pytest.mark.parametrize("told", ["", "-l warning", "--loglevel=error", "--logfile info"])
def test_a_worker_that_would_never_say_that_it_is_ready_is_not_started(workers, told):
    with pytest.raises(LabError, match="Add -l info"):
        workers.start(f"faust -A leader worker {told} --web-port {ports.free_port()}")
    assert not workers.lives


@pytest.mark.parametrize("told", ["-l info", "-linfo", "-l INFO", "--loglevel debug"])
def test_one_that_says_so_may_be(told):
    require_logging(f"faust -A leader worker {told} --web-port 6066")
