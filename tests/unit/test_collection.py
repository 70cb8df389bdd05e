"""All tests can be collected at once, and each is of one kind."""

import re
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
