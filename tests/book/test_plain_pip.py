"""The way without make: pip install -r requirements.txt, then sphinx-build, in an environment of
its own. The packages come from uv's cache, which `make venv` has filled: nothing asks a network."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
from sites import copy_workbook

from electionlab.host.folders import PROJECT
from electionlab.kafka.java import find_java
from electionlab.kafka.zookeeper_home import make_home

pytestmark = [pytest.mark.own_ports, pytest.mark.usefixtures("own_locks")]
PAGE = """\
---
file_format: mystnb
kernelspec: {name: python3}
---
# One page

```{code-cell}
import electionlab
print("imported from", electionlab.__file__)
```
"""


@pytest.fixture
def run(tmp_path):
    """Runs a command in a copy of the workbook, with nothing of this environment."""
    root = copy_workbook(tmp_path / "a workbook")
    shutil.copy(PROJECT / "pyproject.toml", root)
    (root / "index.md").write_text(PAGE, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    # The same Java at the same path, or Kafka's AOT caches would be trained anew.
    kept["JAVA_HOME"] = str(find_java().launcher.parent.parent)
    kept["KAFKA_HOME"] = str(make_home())

    def run_there(*command):
        told = subprocess.run(
            command,
            cwd=root,
            env=kept,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert told.returncode == 0, told.stdout
        return told.stdout

    run_there.root = root
    return run_there


def test_pip_and_sphinx_build_alone_build_a_page_with_the_workbooks_own_package(run):
    python = run.root / "env" / "bin" / "python"
    run(sys.executable, "-m", "venv", str(python.parent.parent))
    pyproject = tomllib.loads((run.root / "pyproject.toml").read_text(encoding="utf-8"))
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline"]
    install += ["--python", str(python)]
    build = pyproject["build-system"]["requires"]
    run(*install, "-r", "requirements.txt", *build, "editables")  # hatchling asks for that one
    pip = [str(python), "-m", "pip", "install", "--no-index", "--no-build-isolation"]
    said = run(*pip, "-r", "requirements.txt")  # reads the file itself, and builds the package
    assert "Successfully installed electionlab" in said
    options = ["-W", "-D", "include_patterns=index.md"]
    run(str(python.parent / "sphinx-build"), *options, ".", "_build/html")
    page = (run.root / "_build" / "html" / "index.html").read_text(encoding="utf-8")
    imported = run.root / "electionlab" / "__init__.py"
    assert f"imported from {imported}" in re.sub(r"<[^>]*>", "", page)
