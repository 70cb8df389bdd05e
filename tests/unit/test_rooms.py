"""The rooms of the package: what comes from their doors, and what a door does not bring along."""

import importlib
import re
import subprocess
import sys

import pytest
from reference import PAGES, reference

import electionlab
from electionlab.host.folders import PROJECT

ROOMS = sorted(path.parent.name for path in PROJECT.glob("electionlab/*/__init__.py"))
HEAVY = {"confluent_kafka", "faust", "IPython", "myst_nb", "psutil", "requests", "sphinx"}
STARTS = {"socket", "subprocess", "electionlab.host", "electionlab.kafka", "electionlab.lab"}
IMPORT = re.compile(r'^[\s"]*(from electionlab[\w.]* import [\w, ]+?)(?:\\n)?"?,?$', re.MULTILINE)


def imports(*patterns: str) -> set[tuple[str, str]]:
    """The lines of these files that import something of ours, each with its file's name."""
    paths = [path for pattern in patterns for path in PROJECT.glob(pattern)]
    assert len(paths) >= len(patterns)
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    return {(name, line) for name, text in texts.items() for line in IMPORT.findall(text)}


def brought(code: str) -> set[str]:
    """The names of the modules that are there after `code`, in an interpreter of its own."""
    code += "\nimport sys; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    return set(subprocess.check_output(command, cwd=PROJECT, encoding="utf-8").split())


@pytest.mark.parametrize("room", ["electionlab", *(f"electionlab.{room}" for room in ROOMS)])
def test_whatever_a_door_names_is_there(room):
    module = importlib.import_module(room)
    assert module.__all__
    assert all(getattr(module, name) is not None for name in module.__all__)
    assert module.__doc__


@pytest.mark.parametrize(
    ("name", "line"),
    sorted(imports("notebooks/*.ipynb", "docs/*.md", "benchmarks/*.py", "tests/data/*.py")),
)
def test_whatever_a_page_or_a_program_imports_is_there(name, line):
    exec(line, {})


def test_no_module_is_too_long_to_be_read_at_once():
    modules = PROJECT.glob("electionlab/**/*.py")
    lengths = {path.name: path.read_text(encoding="utf-8").count("\n") for path in modules}
    assert {name: length for name, length in lengths.items() if length > 250} == {}


def test_each_folder_is_a_room():
    folders = [path for path in PROJECT.glob("electionlab/*/") if list(path.glob("*.py"))]
    assert sorted(folder.name for folder in folders) == ROOMS
    assert len(list(PROJECT.glob("electionlab/*.*"))) <= 10


@pytest.mark.parametrize(
    "code",
    [
        "import electionlab.history",
        "from electionlab.history import History, events, leader_views",
        "from electionlab import History, checks, events",
        "from electionlab.checks import at_most_one_leader",
        "from electionlab.pictures import Timeline, Views, tables",
    ],
)
def test_what_reads_a_history_brings_no_kafka_and_starts_nothing(code):
    assert not brought(code) & (HEAVY | STARTS)


def test_the_top_level_brings_nothing_heavy():
    assert not brought("import electionlab, electionlab.lab, electionlab.kafka") & HEAVY


def test_an_unknown_name_is_an_error():
    with pytest.raises(AttributeError, match="nothing"):
        _ = electionlab.nothing


def in_module(thing: object, name: str) -> bool:
    return getattr(thing, "__module__", "") == name


def test_the_reference_names_what_there_is_and_each_door():
    documented = set()
    for module, members in reference():
        found = importlib.import_module(module)
        assert [name for name in members if not hasattr(found, name)] == []
        own = [name for name, thing in vars(found).items() if in_module(thing, module)]
        documented |= set(members or getattr(found, "__all__", own))
        documented |= {module.rpartition(".")[2]}
    doors = set(electionlab.__all__)
    for room in ROOMS:
        doors |= set(importlib.import_module(f"electionlab.{room}").__all__)
    values = {"PROJECT"}  # it has no docstring of its own
    assert doors - documented == values


def test_the_examples_of_the_reference_that_need_no_kafka_run(monkeypatch):
    monkeypatch.chdir(PROJECT)
    (index,) = (page for page in PAGES if page.name == "index.md")
    examples = re.findall(r"```python\n(.*?)```", index.read_text(encoding="utf-8"), re.S)
    read = [example for example in examples if "Kafka" not in example]
    assert read
    for example in read:
        exec(example, {})


def test_what_is_used_most_leads_to_where_it_is_described():
    (index,) = (page for page in PAGES if page.name == "index.md")
    targets = re.findall(r"\]\((electionlab\.[\w.]+)\)", index.read_text(encoding="utf-8"))
    described = {f"{module}.{name}" for module, members in reference() for name in members}
    assert targets
    assert set(targets) <= described
