"""What a build says when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import build, copy_workbook

from electionlab.places import PROJECT

PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
---

# A page

```{{code-cell}} ipython3
{}
```

```{{code-cell}} ipython3
print("the next cell")
```
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return copy_workbook(tmp_path / "book")


def build_page(book: Path, *cells: str):
    names = []
    for number, cell in enumerate(cells):
        names.append(f"page{number}.md")
        text = PAGE.format(cell)
        if number == 0:
            others = "\n".join(f"page{other}" for other in range(1, len(cells)))
            text += f"\n```{{toctree}}\n{others}\n```\n"
        (book / names[-1]).write_text(text)
    pages = ",".join(names)
    return build(book, "-D", "root_doc=page0", "-D", f"include_patterns={pages}")


def test_every_failing_page_shows_its_traceback_and_the_build_is_red(book):
    told = build_page(book, "first = 1 / 0", "second = [][7]")
    assert told.returncode != 0
    assert "ZeroDivisionError" in told.stdout
    assert "IndexError" in told.stdout


def test_a_verdict_that_is_not_the_expected_one_is_red_and_says_why(book):
    cell = (
        "from electionlab import History, checks\n"
        f"history = History.load({str(PROJECT / 'tests' / 'data' / 'history.jsonl')!r})\n"
        "checks.at_most_one_leader(history).expect('held')"
    )
    told = build_page(book, cell)
    assert told.returncode != 0
    assert "Expected held, and it is broken: At most one worker leads at any time." in told.stdout


def test_a_lab_error_in_a_cell_is_one_sentence(book):
    told = build_page(book, "from electionlab import LabError\nraise LabError('what, why, mend')")
    assert told.returncode != 0
    assert "LabError: what, why, mend" in told.stdout


def test_a_page_that_does_not_fail_is_green(book):
    told = build_page(book, "print('fine')")
    assert told.returncode == 0, told.stdout


def test_without_a_network_the_first_build_says_so_in_one_message(book, tmp_path):
    told = build(book, HTTPS_PROXY="http://127.0.0.1:9", ELECTIONLAB_CACHE=str(tmp_path / "empty"))
    assert told.returncode != 0
    assert "could not be fetched" in told.stdout
    assert "Traceback" not in told.stdout


def test_a_java_home_that_points_nowhere_fails_the_build_in_one_message(book):
    told = build(book, JAVA_HOME="/nowhere")
    assert told.returncode != 0
    assert "JAVA_HOME is /nowhere" in told.stdout
    assert "Traceback" not in told.stdout


def test_make_refuses_a_python_that_is_too_old(tmp_path):
    (tmp_path / "Makefile").write_text((PROJECT / "Makefile").read_text())
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    # The real check, run by this Python, which says it is 3.9.
    old = tmp_path / "python3.9"
    pretend = "import sys; sys.version_info = (3, 9, 1); exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{pretend}" "$2"\n')
    old.chmod(0o755)
    told = subprocess.run(
        ["make", "html", f"PYTHON={old}"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert told.returncode != 0
    assert f"needs Python 3.11 or newer; {old} is 3.9" in told.stderr
    assert not (tmp_path / ".venv").exists()
