"""The pages, built once from nothing, in a folder with spaces in its path; a page with replays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from histories import faulty_run, recorded
from playwright.sync_api import Browser, sync_playwright
from replays import Shown
from sites import Site, build, copy_workbook

from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.pictures import Replay
from electionlab.pictures.replay import file_player

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


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the recorded run, a short one, and a place to drop a history."""
    path = tmp_path_factory.mktemp("a folder") / "page.html"
    style = (PROJECT / "docs/_static/electionlab.css").read_text(encoding="utf-8")
    replays = [Replay(history)._repr_html_() for history in (recorded(), History(faulty_run()))]
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>A run</title>'
        '<meta name="viewport" content="width=device-width"><main>'
        f"<style>{style}</style>{''.join(replays)}{file_player()}</main></html>",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def shown(browser: Browser, place: Path, request: pytest.FixtureRequest) -> Iterator[Shown]:
    context = browser.new_context(**getattr(request, "param", {}))
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda told: troubles.append(told.text) if told.type == "error" else None)
    page.on(
        "request",
        lambda asked: troubles.append(asked.url) if not asked.url.startswith("file:") else None,
    )
    page.goto(place.as_uri())
    yield Shown(page, troubles)
    context.close()
    assert troubles == []
