"""The live panel as a person meets it: the walk of notebook 01, driven by its buttons."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from gone import PORTS, assert_gone, wait_for_ports
from notebook_server import NOTEBOOK, open_notebook, press_shift_enter, serve
from playwright.sync_api import Browser, Locator, Page, expect

from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(900)]
CELLS = json.loads((PROJECT / "notebooks" / NOTEBOOK).read_text(encoding="utf-8"))["cells"]
DOWN_TO_THE_PANEL = 1 + ["".join(cell["source"]) for cell in CELLS].index("Panel(workers)")


def soon(seconds: float = 60) -> float:
    """A time-out of the browser, in ms, that stretches on a busy machine."""
    return 1000 * stretched(seconds)


def card(page: Page, worker: str) -> Locator:
    return page.locator(f".lab-panel section[aria-label='Worker {worker}']")


def leader(page: Page) -> str:
    """The name of the worker that leads, once one does."""
    only = page.locator(".lab-panel .worker.leader")
    expect(only).to_have_count(1, timeout=soon())
    return only.locator("b").inner_text()


def press(page: Page, worker: str, act: str) -> None:
    """Press a button by keyboard, as who has no mouse does."""
    button = card(page, worker).get_by_role("button", name=f"{act} worker {worker}", exact=True)
    button.focus()
    page.keyboard.press("Enter")


def kill_in_a_cell_and_press_meanwhile(page: Page, second: str) -> str:
    """A button works while a cell runs: the next ones kill the leader and follow what comes.
    Returns the next leader."""
    page.locator(".jp-Notebook .jp-Cell").nth(DOWN_TO_THE_PANEL).click()
    page.keyboard.press("Escape")
    for _ in range(3):
        page.keyboard.press("Shift+Enter")
    expect(card(page, second)).to_contain_text("has ended", timeout=soon())
    press(page, "6069", "Ctrl+C")
    expect(card(page, "6069")).to_contain_text("has ended", timeout=soon())
    third = leader(page)
    assert third != second
    rows = page.locator(".lab-panel .log li:visible").all_inner_texts()
    by_hand = next(n for n, row in enumerate(rows) if re.match("6069 .* Ctrl", row))
    led = max(n for n, row in enumerate(rows) if re.match(f"{third} .* becomes leader", row))
    assert by_hand < led
    return third


def assert_it_tells(page: Page, first: str, third: str) -> None:
    """The timeline has what was done, the log can be filtered, and everybody can use both."""
    expect(page.locator(".lab-panel .picture svg[role=img]")).to_have_attribute(
        "aria-label", re.compile(rf"kill -9 {first}.*Ctrl\+C 6069"), timeout=soon()
    )
    page.locator(".lab-panel select").select_option(first)
    own = page.locator(".lab-panel .log li:visible")
    expect(own.filter(has_text=re.compile(f"^{third} "))).to_have_count(0)
    expect(own.filter(has_text=re.compile(f"^{first} .* kill -9"))).to_have_count(1)
    violations = Axe().run(page, context=".lab-panel").response["violations"]
    assert [each for each in violations if each["impact"] in ("serious", "critical")] == []


def test_the_walk_is_driven_by_the_buttons_of_the_panel(browser: Browser, tmp_path: Path):
    with serve(tmp_path / "lab") as server:
        page = open_notebook(browser, server)
        press_shift_enter(page, DOWN_TO_THE_PANEL)
        said = page.locator(".lab-panel .said")
        expect(page.locator(".lab-panel .worker")).to_have_count(3, timeout=soon(120))
        first = leader(page)
        running = wait_for_ports(PORTS, within=10)

        # Ctrl+C, on one that does not lead
        other = next(name for name in ("6066", "6067", "6068") if name != first)
        press(page, other, "Ctrl+C")
        expect(said).to_have_text(f"Ctrl+C was sent to {other}.", timeout=soon())
        expect(card(page, other)).to_contain_text("has ended", timeout=soon())
        press(page, other, "Start again")
        expect(said).to_have_text(f"{other} was started, and is ready.", timeout=soon())

        # kill -9 on the leader, and one more worker, which stands still for a while
        press(page, first, "kill -9")
        expect(said).to_contain_text(f"{first} was killed", timeout=soon())
        page.locator(".lab-panel button[data-act=add]").click()
        expect(card(page, "6069")).to_contain_text(re.compile(r"generation \d"), timeout=soon())
        expect(card(page, first)).to_contain_text("has ended")
        assert leader(page) != first
        press(page, "6069", "Freeze")
        expect(card(page, "6069")).to_contain_text("frozen", timeout=soon())
        press(page, "6069", "Thaw")
        expect(card(page, "6069")).not_to_contain_text("frozen", timeout=soon())

        second = leader(page)
        third = kill_in_a_cell_and_press_meanwhile(page, second)
        assert_it_tells(page, first, third)

        # Closed, it leaves the run alone; with the kernel everything ends.
        left = {name for name in ("6066", "6067", "6068") if name not in (first, second)}
        running |= wait_for_ports(map(int, left), within=10)
        page.locator(".lab-panel button[data-act=close]").click()
        expect(page.locator(".lab-panel")).to_have_count(0, timeout=soon())
        wait_for_ports([*map(int, left), 9092], within=10)
        page.keyboard.press("Escape")
        page.get_by_role("menuitem", name="Kernel", exact=True).click()
        page.get_by_text("Restart Kernel…", exact=True).click()
        page.locator(".jp-Dialog button.jp-mod-warn").click()
        assert_gone(running, [*PORTS, 6069])
        page.context.close()
