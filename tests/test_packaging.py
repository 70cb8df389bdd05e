"""What readers run imports only what is declared, and what is declared is pinned and installed
before it is needed: for readers without any tool of tests and lint."""

import ast
import importlib
import json
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires

import pytest

from electionlab.host.folders import PROJECT

CELL = re.compile(r"^```\{code-cell\}.*\n(?::.*\n)*([^`]*)^```", re.MULTILINE)
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
# What another package brings, because it cannot do without.
BROUGHT = {
    "aiokafka": "faust-streaming",
    "beautifulsoup4": "nbconvert",
    "docutils": "sphinx",
    "ipykernel": "jupyter",
    "ipython": "myst-nb",
    "jupyter-cache": "myst-nb",
    "jupyter-client": "ipykernel",
    "jupyter-core": "ipykernel",
    "jupyterlab": "jupyter",
    "mode-streaming": "faust-streaming",
    "nbclient": "myst-nb",
    "nbconvert": "jupyter",
    "nbformat": "myst-nb",
    "requests": "jgo",
    "traitlets": "ipykernel",
    "urllib3": "requests",
}


def normal(name):
    return re.sub("[-_.]+", "-", re.split(r"[^\w.-]", name)[0]).lower()


def pins(file):
    """The lines of a requirements file that name a version, by the names of their packages."""
    lines = (PROJECT / file).read_text(encoding="utf-8").splitlines()
    return {normal(line): line for line in lines if "==" in line}


READERS = pins("requirements.txt")
DEVELOPERS = pins("requirements-dev.txt")
TOOLS = {
    normal(line)
    for line in (PROJECT / "requirements-dev.in").read_text(encoding="utf-8").splitlines()
    if re.match(r"\w", line)
}


def sources():
    """All code that a reader runs: package, configuration, examples, benchmarks and pages."""
    folders = "electionlab/**", ".", "examples", "examples/crawler", "benchmarks"
    for pattern in (f"{folder}/*.py" for folder in folders):
        for path in PROJECT.glob(pattern):
            if path.name != "replay.py" or path.parent.name != "benchmarks":  # the tests' browser
                yield path.read_text(encoding="utf-8")
    configuration = runpy.run_path(str(PROJECT / "conf.py"))
    for name in (*configuration["extensions"], configuration["html_theme"]):
        yield f"import {name}"
    for path in PROJECT.glob("notebooks/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"])
    for path in PROJECT.glob("docs/*.md"):
        for cell in CELL.findall(path.read_text(encoding="utf-8")):
            yield cell


def imported():
    """The distributions of all modules that it imports."""
    owners = packages_distributions()
    folders = ("examples", "benchmarks")
    scripts = (path.stem for folder in folders for path in PROJECT.glob(f"{folder}/*.py"))
    parts = (path.name for path in PROJECT.glob("examples/*/"))
    own = {"electionlab", "leader", *scripts, *parts}
    for node in [node for source in sources() for node in ast.walk(ast.parse(source))]:
        names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in {name.split(".")[0] for name in names} - own - sys.stdlib_module_names:
            yield normal(owners[name][0])


DEPENDENCIES = {normal(line) for line in DECLARED["project"]["dependencies"]}


@pytest.mark.parametrize("name", sorted(set(imported())))
def test_what_is_imported_is_declared_or_brought_and_readers_have_it(name):
    assert name in READERS
    while name in BROUGHT:
        assert name in map(normal, requires(BROUGHT[name]))
        name = BROUGHT[name]
    assert name in DEPENDENCIES


def test_code_in_pages_is_looked_at():
    assert {"aiokafka", "faust-streaming", "myst-nb"} <= set(imported())


@pytest.mark.parametrize("name", sorted(DEPENDENCIES))
def test_what_is_declared_is_pinned(name):
    assert name in READERS


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_a_tool_of_tests_and_lint_is_pinned_and_readers_do_not_get_it(tool):
    assert tool in DEVELOPERS
    assert tool not in READERS


def test_a_package_has_one_version_for_readers_and_developers():
    shared = READERS.keys() & DEVELOPERS.keys()
    for name in shared:  # a tool may need one everywhere that readers need on Windows alone
        assert READERS[name].partition(" ;")[0] == DEVELOPERS[name].partition(" ;")[0]
    assert shared


def test_what_builds_and_installs_is_pinned():
    assert re.fullmatch(r"hatchling==[\d.]+", *DECLARED["build-system"]["requires"])
    assert re.fullmatch(r"uv==[\d.]+", DEVELOPERS["uv"])


INSTALLED = {
    (): {"help", "clean"},
    ("requirements.txt",): {
        *("venv", "html", "lab", "demo", "kafka", "kafka-home", "sentences"),
        *(
            "linkcheck",
            "picture",
            "failover",
            "fencing",
            "elections",
            "crawler",
            "crawls",
            "soak",
            "benchmarks",
        ),
    },
    ("requirements.txt", "requirements-dev.txt"): {
        *("live", "test", "unit", "lint", "mutation", "requirements"),
    },
}
TARGETS = re.findall(r"^([a-z-]+):.*## ", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("target", TARGETS)
def test_make_installs_tools_only_for_those_who_work_on_the_workbook(tmp_path, target):
    """What make would install in a fresh clone; it is only told (-n)."""
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(PROJECT / name, tmp_path)
    (tmp_path / "electionlab").symlink_to(PROJECT / "electionlab")
    told = subprocess.run(
        ["make", "-n", target, f"PYTHON={sys.executable}"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    installed = dict.fromkeys(re.findall(r"pip install .* -r (\S+)", told))  # each once, in order
    (expected,) = [files for files, targets in INSTALLED.items() if target in targets]
    assert tuple(installed) == expected


@pytest.mark.parametrize("name", ["PYTHONOPTIMIZE", "PYTHONDONTWRITEBYTECODE"])
def test_make_passes_on_nothing_that_drops_asserts_or_compiles_each_time(
    tmp_path, monkeypatch, name
):
    monkeypatch.setenv(name, "1")
    (tmp_path / "show.mk").write_text("show:\n\t@env\n", encoding="utf-8")
    command = ["make", "-f", "Makefile", "-f", str(tmp_path / "show.mk"), "show"]
    shown = subprocess.check_output(command, cwd=PROJECT, encoding="utf-8")
    assert "PATH=" in shown
    assert f"{name}=" not in shown


@pytest.mark.parametrize(
    "path", sorted((PROJECT / "docs" / "recorded").iterdir()), ids=lambda path: path.name
)
def test_a_recording_names_no_folder_of_the_machine_that_made_it(path):
    """Faust's banner names its data folder: that of a run is one of /tmp itself."""
    folders = set(re.findall(r"(?<![\w./:])/(?:tmp/)?(\w[\w.-]*)/", path.read_text("utf-8")))
    assert not folders & {"home", "root", "Users", "work", "w", "private", "mnt"}


@pytest.mark.parametrize(
    "path",
    sorted([*PROJECT.glob("docs/*.py"), *PROJECT.glob("benchmarks/*.py")]),
    ids=lambda path: path.name,
)
def test_a_script_that_is_seldom_run_imports_what_there_is(path):
    """Types are checked of the package alone."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("electionlab"):
            module = importlib.import_module(node.module)
            for alias in node.names:
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")


def test_a_build_compiles_no_grammar_of_addresses():
    """It took a second of each build, also of one that found nothing to do."""
    code = "import runpy, sys; runpy.run_path('conf.py'); import nbformat; "
    code += "print('lark' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True, encoding="utf-8"
    )
    assert told.stdout.strip() == "False"
