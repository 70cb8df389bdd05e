"""The pages, built once from nothing, in a folder with spaces in its path."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from electionlab.places import PROJECT

PARTS = ["conf.py", "index.md", "leader.py", "requirements.txt"]
PARTS += ["docs", "notebooks", "examples", "electionlab"]


@dataclass(frozen=True)
class Site:
    """A copy of the workbook and the pages that were built in it."""

    root: Path
    log: str

    @property
    def html(self) -> Path:
        return self.root / "_build" / "html"

    @functools.cache  # noqa: B019, one site a session
    def page(self, name: str) -> BeautifulSoup:
        return BeautifulSoup((self.html / f"{name}.html").read_text(), "html.parser")

    def pages(self) -> list[str]:
        found = [path.relative_to(self.html) for path in self.html.rglob("*.html")]
        return sorted(str(path.with_suffix("")) for path in found if "_static" not in path.parts)


def environment(root: Path) -> dict[str, str]:
    """A copy's own electionlab comes before the one that is installed."""
    inherited = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    return {**inherited, "PYTHONPATH": str(root), "CI": "true"}


def copy_workbook(target: Path) -> Path:
    target.mkdir(parents=True)
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            shutil.copytree(source, target / part, ignore=ignored)
        else:
            shutil.copy(source, target / part)
    return target


def build(root: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What the README tells: sphinx-build -W . _build/html."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", *options, ".", "_build/html"]
    return subprocess.run(
        command,
        cwd=root,
        env={**environment(root), **more},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = copy_workbook(tmp_path_factory.mktemp("site") / "a folder with spaces")
    told = build(root)
    assert told.returncode == 0, told.stdout
    return Site(root, told.stdout)
