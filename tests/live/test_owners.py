"""Nothing outlives its owner, whatever ends the owner."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest
from gone import assert_gone, end_group, listening, runs, wait_for_ports, with_guards
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from scripts import script

from electionlab.host import ports
from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched, wait_until

pytestmark = pytest.mark.live

START = """
from electionlab import Kafka, Workers
kafka = Kafka().start()
workers = Workers(kafka)
worker = workers.start("faust -A leader worker -l info --web-port 6066")
"""
WAIT = """
import time
print("begun", flush=True)
time.sleep(1000)
"""
ALL_PORTS = [9092, 9093, 6066]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_script_ended_by_a_signal_leaves_nothing(number):
    with script(START + WAIT) as (owner, _):
        running = wait_for_ports(ALL_PORTS, within=90, owner=owner)
        folders = {path for process in running for path in _folders(process)}
        assert len(folders) == 2
        owner.send_signal(number)
        owner.wait(stretched(10))
        assert_gone(running)
        assert not [folder for folder in folders if os.path.exists(folder)]  # noqa: PTH110


def _folders(process: psutil.Process) -> Iterator[str]:
    """The temporary folders that a broker or worker was given."""
    yield from (
        word.rsplit("/", 1)[0]
        for word in process.cmdline()[-1:]
        if word.endswith("server.properties")
    )
    if "APP_DATADIR" in process.environ() and "faust" in " ".join(process.cmdline()):
        yield process.environ()["APP_DATADIR"]


def test_an_exception_in_a_with_block_leaves_nothing():
    text = """
        from electionlab import Kafka, Workers
        print("begun", flush=True)
        with Kafka() as kafka, Workers(kafka) as workers:
            workers.start("faust -A leader worker -l info --web-port 6066")
            raise ValueError("on purpose")
    """
    with script(text) as (owner, _):
        assert owner.wait(stretched(90)) == 1
    assert_gone([])


# A notebook's kernel


class Notebook:
    """A real kernel, driven as a front end drives it."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager, self.client = manager, client

    def run(self, code: str, timeout: float = 120) -> dict:
        return self.client.execute_interactive(
            code, timeout=timeout, store_history=False, output_hook=lambda message: None
        )["content"]

    def send(self, code: str) -> str:
        # An error, an interruption too, would abort the cells that are sent soon after it.
        return self.client.execute(code, store_history=False, stop_on_error=False)


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    manager, client = start_new_kernel(cwd=str(PROJECT / "notebooks"))
    try:
        yield Notebook(manager, client)
    finally:
        client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)


def started(notebook: Notebook) -> set[psutil.Process]:
    assert notebook.run(START)["status"] == "ok"
    return wait_for_ports(ALL_PORTS, within=10)


def test_a_restarted_kernel_leaves_nothing(notebook):
    running = started(notebook)
    notebook.manager.restart_kernel(now=False)
    assert_gone(running)


def test_a_killed_kernel_leaves_nothing(notebook):
    running = started(notebook)
    notebook.manager.signal_kernel(signal.SIGKILL)
    assert_gone(running)


def test_an_orphaned_kernel_leaves_nothing():
    """The server that started the kernel is killed: JupyterLab, or the build."""
    text = f"""
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(cwd="notebooks")
client.execute({START!r})
"""
    with script(text + WAIT) as (server, _):
        running = wait_for_ports(ALL_PORTS, within=90, owner=server)
        server.kill()
        assert_gone(running)


def test_a_broker_of_an_earlier_cell_survives_the_interruption_of_a_later_one(notebook):
    started(notebook)
    notebook.send("import time\nprint('waiting')\ntime.sleep(1000)")
    _wait_until_running(notebook)
    notebook.manager.interrupt_kernel()
    answer = notebook.run(
        "alive = (kafka.process.alive, worker.alive)\nassert alive == (True, True)"
    )
    assert answer["status"] == "ok", answer
    assert sorted(listening(ALL_PORTS)) == sorted(ALL_PORTS)


def test_an_interrupted_with_block_ends_what_it_owns(notebook):
    notebook.send(
        "from electionlab import Kafka, Workers\n"
        "with Kafka() as kafka, Workers(kafka) as workers:\n"
        "    workers.start('faust -A leader worker -l info --web-port 6066')\n"
        "    print('waiting')\n"
        "    workers.wait(lambda h: False, within=1000)\n"
    )
    running = wait_for_ports(ALL_PORTS, within=90)
    _wait_until_running(notebook)
    notebook.manager.interrupt_kernel()
    assert_gone(running)


@pytest.mark.parametrize("moment", ["kafka", "worker"])
def test_an_interruption_while_starting_leaves_nothing(notebook, moment):
    """Without a with block: what a start was about to make is ended by the start itself."""
    if moment == "kafka":
        notebook.run("from electionlab import Kafka")
        notebook.send("kafka = Kafka().start()")
        # The port would be too late: Kafka is ready soon after it.
        running = _wait_for_java(notebook)
    else:
        notebook.run("from electionlab import Kafka, Workers\nkafka = Kafka().start()")
        notebook.send("Workers(kafka).start('faust -A leader worker -l info --web-port 6066')")
        running = wait_for_ports([6066], within=60)
    notebook.manager.interrupt_kernel()
    if moment == "worker":
        wait_until(lambda: not ports.is_taken(6066), within=5, why=lambda: str(listening()))
        assert notebook.run("kafka.stop()")["status"] == "ok"
    else:
        assert notebook.run("assert 'kafka' not in globals()")["status"] == "ok"
    assert_gone(running)


def _wait_for_java(notebook: Notebook) -> set[psutil.Process]:
    """Until the kernel's broker process is there, far from ready; that process and its guard."""
    kernel = psutil.Process(notebook.manager.provisioner.pid)

    def java() -> set[psutil.Process] | None:
        found = [p for p in kernel.children(recursive=True) if p.name() == "java"]
        return with_guards([found[0].pid]) if found else None

    return wait_until(java, within=60, why=lambda: str(kernel.children(recursive=True)), every=0.01)


def _wait_until_running(notebook: Notebook) -> None:
    """Until the cell has printed: then the interruption reaches what it is meant for."""
    while True:
        message = notebook.client.get_iopub_msg(timeout=stretched(120))
        if message["msg_type"] == "stream" and "waiting" in message["content"]["text"]:
            return


def test_shift_enter_twice_while_a_worker_runs_in_the_kernel(notebook):
    """The next cell arrives while a nested loop runs: both must finish, in order."""
    first = (
        "from electionlab import Kafka\nfrom electionlab.lab.in_kernel import InsideWorker\n"
        "kafka = Kafka().start()\ninside = InsideWorker(kafka).start()\norder = ['started']"
    )
    assert notebook.run(first)["status"] == "ok"
    cells = [
        "inside.pause(3)\norder.append('first')",
        "inside.wait(lambda: inside.is_leader, within=60)\norder.append('second')",
        "inside.pause(1)\norder.append('third')",
    ]
    for cell in cells:
        notebook.send(cell)
    answer = notebook.run(
        "inside.stop()\nassert order == ['started', 'first', 'second', 'third'], order"
    )
    assert answer["status"] == "ok", answer


# make and the build


def make(target: str, *options: str) -> subprocess.Popen:
    """The target as a shell would run it, with this environment's Python for .venv's."""
    return subprocess.Popen(
        ["make", target, *options],
        cwd=PROJECT,
        start_new_session=True,
        env={**os.environ, "CI": "1"},
    )


def test_make_kafka_stops_on_ctrl_c():
    owner = make("kafka")
    try:
        running = wait_for_ports([9092, 9093], within=90, owner=owner)
        os.killpg(owner.pid, signal.SIGINT)  # what a terminal does
        owner.wait(stretched(10))
        assert_gone(running)
    finally:
        end_group(owner)


@pytest.mark.parametrize("victim", ["make", "python"])
def test_a_killed_make_kafka_leaves_nothing(victim):
    owner = make("kafka")
    try:
        running = wait_for_ports([9092, 9093], within=90, owner=owner)
        (python,) = [p for p in psutil.Process(owner.pid).children(recursive=True) if _is_kafka(p)]
        os.kill(owner.pid if victim == "make" else python.pid, signal.SIGKILL)
        assert_gone([*running, python])
    finally:
        end_group(owner)


def _words(process: psutil.Process) -> list[str]:
    """Its command line; empty if it has just ended."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # a zombie is one too
        return []


def _is_kafka(process: psutil.Process) -> bool:
    words = _words(process)
    return words[-2:] == ["electionlab", "kafka"] and not _is_reaper(process)


def _is_reaper(process: psutil.Process) -> bool:
    return "electionlab/host/reaper.py" in _words(process)


# make itself, the first process of a container, is not ended by SIGTERM: it tells its child only.
def test_when_make_tells_its_kafka_to_end_make_ends_last():
    owner = make("kafka")
    try:
        running = wait_for_ports([9092, 9093], within=90, owner=owner)
        (told,) = psutil.Process(owner.pid).children()
        told.terminate()
        owner.wait(stretched(30))
        assert not [process for process in running if runs(process)]
    finally:
        end_group(owner)


def runs_still(pid):
    try:
        return runs(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return False


EXECUTE = """
import pathlib, sys
from nbformat import v4
from electionlab.book.execution import Executor

cell = "import os, signal, time; print(os.getpid(), file=open({file!r}, 'w'), flush=True)"
cell += "; os.kill(os.getppid(), {number}); time.sleep(600)"
page = v4.new_notebook(cells=[v4.new_code_cell(cell)])
executor = Executor(lambda: None, lambda failure: print(failure), lambda *_: None)
executor.execute(page, cwd=".", timeout=300, allow_errors=False)
print("It went on.")
"""


@pytest.mark.own_ports
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_a_page_is_executed_ends_the_process_and_the_kernel(tmp_path, number):
    """nbclient would end the kernel, and then might wait for its answer forever."""
    file = tmp_path / "pid"
    code = EXECUTE.format(file=str(file), number=int(number))
    command = [sys.executable, "-c", code]
    ended = subprocess.run(
        command, cwd=PROJECT, check=False, capture_output=True, timeout=stretched(60)
    )
    assert ended.returncode == -number
    assert ended.stdout == b""
    kernel = int(file.read_text(encoding="utf-8"))
    wait_until(lambda: not runs_still(kernel), within=30, why=lambda: f"{kernel} is left")


@pytest.mark.parametrize(
    ("victim", "number"),
    [
        ("all of them", signal.SIGINT),  # what a terminal does
        *itertools.product(["make", "sphinx"], [signal.SIGTERM, signal.SIGKILL]),
    ],
)
def test_a_stopped_build_leaves_nothing(tmp_path, victim, number):
    owner = make("html", f"HTML={tmp_path}/html")
    try:
        running = wait_for_ports(ALL_PORTS, within=120, owner=owner)
        below = psutil.Process(owner.pid).children(recursive=True)
        # The build, and what it has forked to read pages side by side.
        sphinx, *readers = [p for p in below if "build" in _words(p) and not _is_reaper(p)]
        kernels = [p for p in below if "ipykernel_launcher" in " ".join(_words(p))]
        assert readers
        assert kernels
        if victim == "all of them":
            os.killpg(owner.pid, number)
        else:
            os.kill(owner.pid if victim == "make" else sphinx.pid, number)
            if number == signal.SIGTERM:
                owner.wait(stretched(30))
                assert not [process for process in below if runs(process)]
        assert_gone(running)
        wait_until(
            lambda: not any(map(runs, below)),
            within=30,
            why=lambda: f"left: {list(filter(runs, below))}",
        )
    finally:
        end_group(owner)
