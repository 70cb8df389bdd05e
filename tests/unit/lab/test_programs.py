"""The programs that a lab can run: each names its group and its topic as the lab believes."""

import ast

import pytest

from electionlab.host.folders import PROJECT
from electionlab.lab import programs

EXAMPLES = PROJECT / "examples"
DEFINED_ELSEWHERE = {
    **{"faulty": "anywhere", "broken": "anywhere"},
    "found.kept_greeting": "found.lost_greeting",
    "found.kept_queue": "found.emptied_queue",
}

NOT_OF_AN_AGENT = {"news_crawler": "news-orders"}
"""The topics that have names of their own."""


def source(name):
    return (EXAMPLES / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", programs.PROGRAMS)
def test_a_program_calls_itself_what_the_lab_believes(name):
    defines = DEFINED_ELSEWHERE.get(name, name)
    tree = ast.parse(source(defines))
    (app,) = [
        node.value.args[0].value
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "app"
    ]
    topic = NOT_OF_AN_AGENT.get(name, f"{app}-{defines}.say")
    assert name not in NOT_OF_AN_AGENT or f'app.topic("{topic}"' in source(defines)
    assert programs.named(name) == (app, topic)


def test_each_program_of_the_examples_can_run_in_a_lab():
    worker = "faust -A {} worker"
    files = [path.relative_to(EXAMPLES).with_suffix("") for path in EXAMPLES.rglob("*.py")]
    names = [".".join(path.parts) for path in files]
    runnable = [name for name in names if worker.format(name) in source(name)]
    assert sorted(runnable) == sorted(programs.PROGRAMS)


def test_a_learners_program_has_the_application_of_anywhere():
    assert programs.named("exercise") == programs.ANYWHERE
