"""Copies of the workbook, and the pages that are built in them."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup

from electionlab.host.folders import PROJECT

PARTS = ["conf.py", "index.md", "leader.py", "requirements.txt"]
PARTS += ["docs", "notebooks", "examples", "electionlab"]

RUN = ["docs/playbook", "notebooks/01-walkthrough"]
"""The pages that walk through the playbook."""
INSIDE = "notebooks/02-inside-an-election"
WORKERS_PAGE = "notebooks/03-break-the-workers"
KAFKA_PAGE = "notebooks/04-break-kafka"
STORMS_PAGE = "docs/storms"


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
        return BeautifulSoup(
            (self.html / f"{name}.html").read_text(encoding="utf-8"), "html.parser"
        )

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


def build(
    root: Path, *options: str, output: str = "_build/html", **more: str
) -> subprocess.CompletedProcess[str]:
    """What the README tells: sphinx-build -W . _build/html."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", *options, ".", output]
    return subprocess.run(
        command,
        cwd=root,
        env={**environment(root), **more},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=1700,
    )


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


def build_page(
    book: Path, *cells: str, text: str = "", option: str = "-N", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Build pages of one cell each, and one more, in a copy of the workbook: the first has `text`
    after its cells, and the contents. `option` is one more of sphinx-build's (-N: no colours)."""
    names = []
    for number, cell in enumerate(cells):
        names.append(f"page{number}.md")
        page = PAGE.format(cell) + text
        if number == 0:
            others = "\n".join(f"page{other}" for other in range(1, len(cells)))
            page += f"\n```{{toctree}}\n{others}\n```\n"
        (book / names[-1]).write_text(page, encoding="utf-8")
    pages = ",".join(names)
    return build(
        book, option, "-D", "root_doc=page0", "-D", f"include_patterns={pages}", **variables
    )


def outputs(site: Site, page: str) -> str:
    return "\n".join(cell.get_text() for cell in site.page(page).select(".cell_output"))
