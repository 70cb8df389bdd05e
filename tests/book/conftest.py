"""The pages, built once from nothing, in a folder with spaces in its path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from sites import Site, build, copy_workbook

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = copy_workbook(tmp_path_factory.mktemp("site") / "a folder with spaces")
    told = build(root)
    assert told.returncode == 0, told.stdout
    return Site(root, told.stdout)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=FLAGS)


@pytest.fixture
def own_locks(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """For builds whose pages use no port, and need not wait for tests that use the playbook's: they
    look for the locks of those in a folder of their own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))
