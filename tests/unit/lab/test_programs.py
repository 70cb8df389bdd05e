"""The programs that a lab can run: each names its group and its topic as the lab believes."""

import ast

import pytest

from electionlab.host.folders import PROJECT
from electionlab.lab import programs

EXAMPLES = PROJECT / "examples"


@pytest.mark.parametrize("name", programs.PROGRAMS)
def test_a_program_calls_itself_what_the_lab_believes(name):
    defines = "anywhere" if name in ("faulty", "broken") else name
    tree = ast.parse((EXAMPLES / f"{defines}.py").read_text(encoding="utf-8"))
    (app,) = [
        node.value.args[0].value
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "app"
    ]
    assert programs.named(name) == (app, f"{app}-{defines}.say")


def test_each_program_of_the_examples_can_run_in_a_lab():
    worker = "faust -A {} worker"
    files = [path.stem for path in EXAMPLES.glob("*.py")]
    runnable = [
        name
        for name in files
        if worker.format(name) in (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    ]
    assert sorted(runnable) == sorted(programs.PROGRAMS)


def test_a_learners_program_has_the_application_of_anywhere():
    assert programs.named("exercise") == programs.ANYWHERE
