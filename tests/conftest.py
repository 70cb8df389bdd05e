"""What all tests share. CI may skip nothing: a skip there is a test that did not run."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from electionlab.host import cells
from electionlab.host.folders import cache_folder
from electionlab.kafka import zookeeper_home
from electionlab.kafka.install import LOCK, prepare
from electionlab.kafka.zookeeper_home import make_home

TESTS = Path(__file__).parent

# A script's background jobs ignore Ctrl+C, those of nohup a closed terminal, and so would all that
# the tests start and end.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# `make test` would have each make of a test believe that it is a part of that one.
for name in "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES":
    os.environ.pop(name, None)

# A test that waits for the walkthrough's ports should say so soon.
os.environ.setdefault("ELECTIONLAB_LOCK_WAIT_S", "60")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each test is `unit`, `live` or `book`, by its folder, so that none is forgotten. Deadlines
    stretch on a busy machine, so only what hangs for half an hour has failed.

    What meets a real cluster or browser runs once more if it fails, so that one odd moment of the
    machine does not cost half an hour; `make test` shows why it failed, and counts it.

    `make test` runs two lanes, since elections mostly wait: all tests that use the playbook's ports
    in one, one after another, and beside it those with ports of their own, the long ones first,
    then the unit tests.
    """
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        item.add_marker(folder if folder in ("live", "book") else "unit")
        if folder in ("live", "book"):
            item.add_marker(pytest.mark.flaky(reruns=1))
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(1800))
        if config.getoption("loadgroup", False):
            # What `xdist_group` would do, but xdist 3.8 does not know the nodes of pytest 9.2.
            item._id = item.id.parse(f"{item.nodeid}@{_place(item)[1]}")
    items.sort(key=lambda item: (_place(item)[0], not item.get_closest_marker("long")))


def _place(item: pytest.Item) -> tuple[int, str]:
    """When a test runs, and its group: those of a group run one after another in one process."""
    if item.get_closest_marker("unit"):
        return 2, item.path.stem
    if item.get_closest_marker("own_ports"):
        return 1, item.path.stem
    return 0, "the playbook's ports"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    item.stash[FAILED] = report.failed
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


FAILED = pytest.StashKey[bool]()
"""Whether a test's last phase has failed."""


@pytest.fixture(autouse=True)
def nothing_is_left_of_a_failure(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a failed test has started here and not stopped would hold the playbook's ports, and each
    later test of its lane would fail as well."""
    before = cells.running()
    yield
    if request.node.stash.get(FAILED, False):
        with contextlib.ExitStack() as at_last:  # the newest first, even if one cannot be stopped
            for thing in cells.running():
                if thing not in before:
                    at_last.callback(cells.forget, thing)
                    at_last.callback(thing.stop)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache to damage, with the jars of the reader's: others may be using that one. What is made
    of the jars is made anew in it."""
    prepare()
    make_home()
    cache = tmp_path / "cache"
    for lock in LOCK, zookeeper_home.LOCK:
        (cache / lock).mkdir(parents=True)
        for jar in (cache_folder() / lock).glob("*.jar"):
            shutil.copy2(jar, cache / lock)
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(cache))
    return cache


@pytest.fixture(scope="session")
def chromium() -> str:
    found = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if found is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    return found
