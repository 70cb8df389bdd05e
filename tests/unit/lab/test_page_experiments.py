"""Which experiments a notebook runs, and which labs a build needs for them."""

import json
import re

import pytest

from electionlab.host.folders import PROJECT
from electionlab.lab import page_experiments
from electionlab.lab.page_experiments import Written

KILL = "def kill(lab):\n    lab.kill(lab.leader())"
CUT = "def cut(lab):\n    lab.cut(lab.leader())"


@pytest.fixture
def notebook(tmp_path):
    def write(*cells):
        path = tmp_path / "page.ipynb"
        written = [{"cell_type": "code", "source": cell.splitlines(True)} for cell in cells]
        written.append({"cell_type": "markdown", "source": ["run(kill)"]})
        path.write_text(json.dumps({"cells": written}), encoding="utf-8")
        return path

    return write


def test_the_experiments_of_a_notebook_are_read_with_the_labs_that_they_need(notebook):
    path = notebook(KILL, "dead = run(kill)\ndead", CUT, "Timeline(run(cut, size=4, brokers=3))")
    assert page_experiments.read(path) == [
        Written("kill", KILL, {}),
        Written("cut", CUT, {"size": 4, "brokers": 3}),
    ]


@pytest.mark.parametrize(
    "cell",
    ["run(cut)", "run(kill, size=three)", "%time run(kill)", "walk(kill)", "run()", "run('kill')"],
)
def test_what_is_not_known_before_its_cell_runs_is_left_out(notebook, cell):
    assert page_experiments.read(notebook(KILL, cell)) == []


def test_those_of_a_page_in_markdown_are_read_from_its_code_cells(tmp_path):
    page = tmp_path / "page.md"
    cells = f"{{code-cell}} ipython3\n{KILL}", "{code-cell} ipython3\n:tags: [folded]\n\nrun(kill)"
    others = "python\nrun(kill, size=9)", "{literalinclude} run(kill)"
    blocks = "\n".join(f"```{block}\n```\n\nrun(kill)\n" for block in (*cells, *others))
    page.write_text(f"# A page\n\n{blocks}", encoding="utf-8")
    assert page_experiments.read(page) == [Written("kill", KILL, {})]


def test_the_definition_that_stands_above_is_the_one_that_counts(notebook):
    later = KILL.replace("lab.kill", "lab.freeze")
    assert [each.source for each in page_experiments.read(notebook(KILL, "run(kill)", later))] == [
        KILL
    ]


def test_an_experiment_sees_the_names_of_its_notebook():
    source = "def asks(lab):\n    return answer"
    assert Written("asks", source, {}).function({"answer": 42})(None) == 42


def test_experiments_that_need_the_same_lab_share_one_and_the_most_workers_come_first():
    def written(count, **options):
        return [Written(f"e{n}", f"def e{n}(lab): ...", options) for n in range(count)]

    many = [*written(6), *written(1, size=1), *written(1, size=2, room=20), *written(2, brokers=3)]
    made = page_experiments.benches(many, {})
    assert [len(bench.experiments) for bench in made] == [1, 3, 3, 2, 1]
    assert [e.__name__ for e in made[1].experiments] == ["e0", "e2", "e4"]
    assert [bench.make.args[0] for bench in made] == [
        *({"size": 2, "room": 20}, {}, {}),
        *({"brokers": 3}, {"size": 1}),
    ]


@pytest.mark.parametrize("name", ["03-break-the-workers", "04-break-kafka"])
def test_a_build_knows_in_advance_all_that_a_notebook_runs(name):
    path = PROJECT / "notebooks" / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    assert [each.name for each in page_experiments.read(path)] == re.findall(
        r"\brun\(\s*(\w+)", code
    )
