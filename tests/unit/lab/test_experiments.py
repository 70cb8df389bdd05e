"""`run`: in a reader's lab, or what a build has begun, but never anything that is not written."""

import inspect
import json
import linecache

import pytest

from electionlab.errors import LabError
from electionlab.history.history import History
from electionlab.host import owners
from electionlab.lab import experiments, page_experiments
from electionlab.lab.experiments import Experiments

KILL = "def kill(lab):\n    lab.did.append('kill')\n"
CUT = "def cut(lab):\n    lab.did.append('cut')\n"
EDITED = "def cut(lab):\n    lab.did.append('cut twice')\n"


class NoLab:
    """A lab without processes, which notes what is done to it."""

    def __init__(self, options, healthy=True):
        self.options, self.size, self.healthy = options, options.get("size", 3), healthy
        self.kafka = None
        self.did, self.state = [], "running"

    def start(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, within=0.0):
        self.state = "ended"

    def recover(self, within=120.0):
        if not self.healthy:
            raise LabError("nobody leads")
        self.did.append("recovered")

    def watch(self, experiment):
        experiment(self)
        return History([])


@pytest.fixture
def labs(monkeypatch):
    made = []

    def make_lab(options):
        made.append(NoLab(options))
        return made[-1]

    monkeypatch.setattr(page_experiments, "make_lab", make_lab)
    return made


@pytest.fixture
def run():
    with Experiments() as made:
        yield made


def define(source):
    """A function whose source is known, as that of a cell is."""
    name = f"<cell {source}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace = {}
    exec(compile(source, name, "exec"), namespace)
    return namespace.popitem()[1]


def test_an_experiment_runs_in_a_lab_that_recovers_for_the_next_one(labs, run):
    first = run(define(KILL))
    second = run(define(CUT))
    (lab,) = labs
    assert lab.did == ["kill", "recovered", "cut"]
    assert run.histories == {"kill": first, "cut": second}
    assert run.lab is lab
    run.stop()
    assert lab.state == "ended"
    assert run.lab is None


@pytest.mark.parametrize(
    ("change", "options"),
    [
        (lambda lab: None, {"size": 4}),
        (lambda lab: setattr(lab, "healthy", False), {}),
        (lambda lab: lab.stop(), {}),  # as when nobody was connected
        (lambda lab: setattr(lab, "size", 0), {}),
    ],
)
def test_a_lab_that_does_not_fit_is_replaced(labs, run, change, options):
    run(define(KILL))
    change(labs[0])
    run(define(CUT), **options)
    assert labs[0].state == "ended"
    assert labs[1].did == ["cut"]
    assert labs[1].options == options
    assert run.lab is labs[1]


def test_after_an_experiment_that_failed_the_next_one_runs(labs, run):
    with pytest.raises(ZeroDivisionError):
        run(define("def fails(lab):\n    1 / 0\n"))
    run(define(CUT))
    assert labs[0].did == ["recovered", "cut"]
    assert list(run.histories) == ["cut"]


# In a build


@pytest.fixture
def page(monkeypatch, tmp_path):
    path = tmp_path / "page.ipynb"
    cells = [KILL, "run(kill)", CUT, "run(cut, size=2)"]
    written = [{"cell_type": "code", "source": [cell]} for cell in cells]
    path.write_text(json.dumps({"cells": written}), encoding="utf-8")
    monkeypatch.setenv(owners.PAGE_VARIABLE, str(path))
    monkeypatch.setenv(owners.BUILD_VARIABLE, "1")
    return path


def test_a_build_begins_all_experiments_of_its_page_at_the_first(page, labs, run):
    run(define(KILL))
    run(define(CUT), size=2)
    assert sorted(lab.options.get("size", 3) for lab in labs) == [2, 3]
    assert run.lab is None
    assert list(run.histories) == ["kill", "cut"]


@pytest.mark.parametrize(
    ("source", "options"), [(EDITED, {"size": 2}), (CUT, {"size": 5}), (CUT, {})]
)
def test_what_is_written_is_what_runs_and_not_what_was_begun(page, labs, run, source, options):
    run(define(KILL))
    run(define(source), **options)
    assert run.lab.did == [inspect.getsource(define(source)).split("'")[1]]
    assert run.lab.options == options


def test_a_function_without_a_source_runs(page, labs, run):
    namespace = {}
    exec(CUT, namespace)
    run(namespace["cut"], size=2)
    assert run.lab.did == ["cut"]


def test_outside_a_build_nothing_is_begun_in_advance(page, labs, run, monkeypatch):
    monkeypatch.delenv(owners.BUILD_VARIABLE)
    run(define(KILL))
    assert len(labs) == 1
    assert run.lab is labs[0]


def test_the_one_that_notebooks_use_runs_nothing_yet():
    assert experiments.run.lab is None
    assert experiments.run.histories == {}
