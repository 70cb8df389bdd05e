"""A workbook runs its own electionlab, and says so where it would not."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from electionlab.book import checkout
from electionlab.errors import LabError
from electionlab.host import disks, folders
from electionlab.host.folders import PROJECT, runs_folder


def run(folder, *command, **environment):
    """Run a command in a folder without what tells Python of another one's packages."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        command,
        cwd=folder,
        env={**kept, **environment},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the workbook, for which no Python was set up."""
    folder = tmp_path_factory.mktemp("copied") / "workbook"
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("electionlab", "notebooks", "docs"):
        shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
    for name in ("leader.py", "conf.py", "index.md", "Makefile", "requirements.txt"):
        shutil.copy(PROJECT / name, folder / name)
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def test_this_checkout_runs_its_own_package():
    assert checkout.kernels_package() == PROJECT
    checkout.require_own_package()


def test_a_command_in_a_copy_says_whose_package_its_notebooks_would_run(copied):
    told = run(copied, sys.executable, "-m", "electionlab", "picture", "x.svg")
    assert told.returncode == 1
    assert f"Notebooks in {copied} would find the electionlab in {PROJECT}" in told.stderr
    assert "run `make venv` there" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_build_of_a_copy_says_so_in_one_sentence(copied):
    told = run(copied, sys.executable, "-m", "sphinx", "-W", ".", "_build/html")
    assert told.returncode != 0
    assert f"electionlab: Notebooks in {copied} would find the electionlab in" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_doctor_of_a_copy_finds_it(copied):
    told = run(copied, sys.executable, "-m", "electionlab", "doctor")
    assert told.returncode == 1
    assert re.search(rf"✗ workbook .*\n  → Notebooks in {re.escape(str(copied))}", told.stdout)


def test_a_folder_where_no_package_is_found_is_said(copied):
    # As after a move: what .venv points to is gone.
    pointed = (
        f"import sys; sys.path.insert(0, {str(copied)!r}); import electionlab.book.checkout as c\n"
    )
    told = run(
        copied,
        sys.executable,
        "-c",
        pointed + "c.FIND = 'print(None)'\nc.require_own_package()",
    )
    assert f"Notebooks in {copied} would find no electionlab at all" in told.stderr


@pytest.mark.parametrize(
    ("made_in", "anew"), [("this folder", False), ("/somewhere/else", True), ("", True)]
)
def test_make_makes_the_venv_of_a_copied_folder_anew(copied, made_in, anew):
    ready = copied / ".venv" / "ready"
    ready.parent.mkdir(exist_ok=True)
    ready.write_text(
        f"{copied.resolve() if made_in == 'this folder' else made_in}\n", encoding="utf-8"
    )
    told = run(copied, "make", "-n", "venv", MAKEFLAGS="")
    assert ("-m venv --clear" in told.stdout) is anew, told


@pytest.mark.parametrize(
    ("path", "plain"),
    [("/a folder/ä+&#", True), ("/a/100% sure", True), ("/a%20b", False), ("/what?", False)],
)
def test_pages_are_not_built_in_a_folder_whose_name_jupyter_cache_misreads(
    monkeypatch, path, plain
):
    monkeypatch.setattr(checkout, "PROJECT", path)
    if plain:
        checkout.require_plain_path()
    else:
        with pytest.raises(LabError, match=r"Rename the folder"):
            checkout.require_plain_path()


def test_a_package_without_its_workbook_says_so_and_logs_into_the_users_folder(
    monkeypatch, tmp_path
):
    installed = tmp_path / "site-packages"
    shutil.copytree(PROJECT / "electionlab", installed / "electionlab")
    told = run(
        tmp_path,
        *[sys.executable, "-m", "electionlab", "picture", "x.svg"],
        PYTHONPATH=str(installed),
    )
    assert told.returncode == 1
    assert f"This electionlab is installed in {installed}, without the workbook" in told.stderr
    monkeypatch.delenv("ELECTIONLAB_RUNS", raising=False)
    assert runs_folder() == PROJECT / "_build" / "runs"
    monkeypatch.setattr(folders, "HAS_WORKBOOK", False)
    assert PROJECT not in runs_folder().parents
    assert disks.logs().folder == runs_folder()


def test_an_environment_behind_a_link_is_left_as_it_is(copied, tmp_path):
    """Making a new one would empty the other folder's."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "ready").write_text("another folder\n", encoding="utf-8")
    linked = shutil.copytree(copied, tmp_path / "linked", ignore=shutil.ignore_patterns(".venv"))
    (linked / ".venv").symlink_to(other)
    python = tmp_path / "python"
    refuse = 'case "$*" in *"-m venv"*) exit 3;; esac'
    python.write_text(f'#!/bin/sh\n{refuse}\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    told = run(linked, "make", "venv", f"PYTHON={python}")
    assert told.returncode != 0
    assert "it is made anew" in told.stderr
    assert not (linked / ".venv").is_symlink()
    assert [path.name for path in other.iterdir()] == ["ready"]
