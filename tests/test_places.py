"""What only other places run: CI, Read the Docs, Codespaces, Binder. `make lint` checks it against
schemas; here each refers to what there is."""

import json
import os
import re
import runpy
import subprocess
import tomllib

import pytest
import yaml

from electionlab.__main__ import commands as commands_there_are
from electionlab.host.folders import PROJECT
from electionlab.kafka.install import KAFKA_VERSION

MAJORS = {
    "actions/cache": "v6",
    "actions/checkout": "v7",
    "actions/configure-pages": "v6",
    "actions/deploy-pages": "v5",
    "actions/setup-python": "v7",
    "actions/upload-pages-artifact": "v5",
}
"""The major versions that there were in October 2026."""

WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONFIGURATION = runpy.run_path(str(PROJECT / "conf.py"))
NEWEST = runpy.run_path(str(PROJECT / ".github" / "newest.py"), run_name="not main")
TARGETS = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
URL = re.compile(r"[a-z]://|\b[\w-]+\.(?:org|com|io|net|dev)(?:/|$)", re.MULTILINE)


def read(name):
    return yaml.safe_load((PROJECT / name).read_text(encoding="utf-8"))


def jobs(workflow):
    return yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]


def steps():
    return [step for path in WORKFLOWS for job in jobs(path).values() for step in job["steps"]]


def commands():
    """All that is run there."""
    yield from (step["run"] for step in steps() if "run" in step)
    yield json.loads((PROJECT / ".devcontainer/devcontainer.json").read_text("utf-8"))[
        "postCreateCommand"
    ]
    yield from read(".readthedocs.yaml")["build"]["jobs"]["pre_build"]
    yield (PROJECT / ".binder" / "postBuild").read_text(encoding="utf-8")


def test_there_are_workflows_for_tests_pages_and_the_newest_packages():
    assert [path.stem for path in WORKFLOWS] == ["ci", "newest", "pages"]
    assert len(list(commands())) > 10


def test_each_action_is_named_with_a_major_version_that_there_is():
    used = dict(step["uses"].split("@") for step in steps() if "uses" in step)
    assert used == MAJORS


def test_each_target_of_make_that_is_called_there_is():
    called = {name for command in commands() for name in re.findall(r"\bmake ([a-z-]+)", command)}
    assert {"lint", "test", "html", "requirements", "venv"} <= called <= TARGETS


def test_each_command_of_the_package_that_is_called_there_is():
    called = {name for told in commands() for name in re.findall(r"-m electionlab ([a-z]+)", told)}
    assert {"fetch"} <= called <= set(commands_there_are.commands)


def test_each_job_ends_by_itself():
    for path in WORKFLOWS:
        for job in jobs(path).values():
            assert 0 < job["timeout-minutes"] <= 120


def test_tests_run_on_each_python_from_the_oldest_that_is_allowed():
    matrix = jobs(PROJECT / ".github/workflows/ci.yml")["test"]["strategy"]["matrix"]
    oldest = DECLARED["requires-python"].removeprefix(">=")
    assert matrix["python"] == [oldest, "3.12", "3.13", "3.14"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest"]


def test_pages_are_published_from_where_make_builds_them_with_the_address_of_the_repository():
    build = jobs(PROJECT / ".github/workflows/pages.yml")["build"]["steps"]
    (uploaded,) = [step["with"]["path"] for step in build if "artifact" in step.get("uses", "")]
    assert f"HTML ?= {uploaded}\n" in (PROJECT / "Makefile").read_text("utf-8")
    (built,) = [step for step in build if step.get("run") == "make html"]
    for name in re.findall(r"-D (\w+)=", built["env"]["SPHINXOPTS"]):
        assert name in CONFIGURATION


def test_read_the_docs_builds_what_readers_install_and_is_as_strict():
    told = read(".readthedocs.yaml")
    assert (PROJECT / told["sphinx"]["configuration"]).is_file()
    assert told["sphinx"]["fail_on_warning"]
    assert told["python"]["install"] == [{"requirements": "requirements.txt"}]


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_binder_can_run_its_scripts(name):
    path = PROJECT / ".binder" / name
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", path], check=True)


def test_binder_installs_what_readers_install_and_says_which_notebooks_fit():
    told = (PROJECT / ".binder" / "requirements.txt").read_text(encoding="utf-8").split()
    assert told[0] == "-r"
    assert (PROJECT / ".binder" / told[1]).resolve() == PROJECT / "requirements.txt"
    about = (PROJECT / ".binder" / "README.md").read_text(encoding="utf-8")
    notebooks = {path.stem for path in PROJECT.glob("notebooks/*.ipynb")}
    needs = dict(re.findall(r"^\| `([\w-]+)` \| ([\d.]+) GB \|", about, re.MULTILINE))
    assert needs
    assert set(needs) <= notebooks
    assert all(0 < float(need) < 4 for need in needs.values())


def test_a_container_is_found_without_naming_a_registry_and_has_the_memory():
    told = json.loads((PROJECT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert re.fullmatch(r"python:3\.1\d", told["image"])
    assert told["hostRequirements"]["memory"] == "4gb"


def test_the_citation_is_of_this_workbook():
    told = read("CITATION.cff")
    assert told["title"] == CONFIGURATION["project"]
    assert told["version"] == DECLARED["version"]
    assert told["license"] == DECLARED["license"]
    assert told["authors"] == [{"name": CONFIGURATION["author"]}]


def test_dependabot_looks_after_packages_and_actions():
    told = {entry["package-ecosystem"] for entry in read(".github/dependabot.yml")["updates"]}
    assert told == {"github-actions", "pip"}


LOCKS = [*PROJECT.glob("requirements*.txt"), *PROJECT.glob("electionlab/kafka/jar_locks/*")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_place_to_fetch_from(lock):
    assert not URL.search(lock.read_text(encoding="utf-8"))


def test_what_differs_from_the_pins_is_told_and_the_subject_of_the_workbook_first():
    texts = [(PROJECT / NEWEST[name]).read_text("utf-8") for name in ("REQUIREMENTS", "INSTALL")]
    now = NEWEST["versions"](*texts)
    assert now["kafka"] == KAFKA_VERSION
    assert {"faust-streaming", "aiokafka", "sphinx"} <= set(now)
    assert NEWEST["changes"](now, now) == []
    newer = {**now, "sphinx": "99", "kafka": "9.9.9", "new": "1"}
    assert NEWEST["changes"](now, newer) == [
        f"kafka {KAFKA_VERSION} -> 9.9.9",
        "new absent -> 1",
        f"sphinx {now['sphinx']} -> 99",
    ]
