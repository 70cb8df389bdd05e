"""All tests can be collected at once, and each is of one kind."""

import os
import re
import shutil
import subprocess
import sys

from electionlab.host.folders import PROJECT

TESTS = PROJECT / "tests" / "unit"


def test_each_test_is_of_one_kind():
    kinds = "(unit and live) or (unit and book) or (not unit and not live and not book)"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", kinds]
    told = subprocess.run(
        command, cwd=PROJECT, check=False, capture_output=True, encoding="utf-8", timeout=250
    )
    assert told.returncode == 5, told.stdout  # pytest's status for: no test


def test_tests_of_one_group_run_in_one_process():
    files = [str(TESTS / "host" / f"test_{name}.py") for name in ("interrupts", "excerpt")]
    lanes = ["-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder"]
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *lanes, *files],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=250,
    )
    assert told.returncode == 0, told.stdout
    ran = set(re.findall(r"^\[(gw\d)\].* PASSED .*@(\w+)", told.stdout, re.MULTILINE))
    assert sorted(group for _, group in ran) == ["test_excerpt", "test_interrupts"], told.stdout
    assert len({process for process, _ in ran}) == 2


def test_the_tests_of_a_module_stand_in_the_room_of_its_name():
    rooms = {path.name for path in TESTS.glob("*/") if list(path.glob("test_*.py"))}
    assert rooms <= {path.name for path in PROJECT.glob("electionlab/*/")}


LEAVES = """
from electionlab.host import cells


class Left:
    holds, title = frozenset(), "what is left"

    def stop(self):
        print("It was stopped.")


def test_that_fails():
    cells.make_room(Left(), [])
    assert not cells.running()


def test_that_comes_next():
    assert not cells.running()
"""


def test_what_a_failed_test_leaves_is_stopped_before_the_next(tmp_path):
    (tmp_path / "live").mkdir()
    shutil.copy2(PROJECT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "live" / "test_leaves.py").write_text(LEAVES, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=250,
    )
    assert told.stdout.count("It was stopped.") == 2, told.stdout  # it fails again when run again
    assert "1 failed, 1 passed" in told.stdout
