"""The pages and the notebook as a person meets them: in a real Chromium, in a real JupyterLab."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Site, copy_workbook, environment
from gone import PORTS, assert_gone, end_group, listening, wait_for_ports
from playwright.sync_api import Browser, Page, sync_playwright

from electionlab import ports
from electionlab.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(900)]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
PAGES = ["index", "docs/playbook", "notebooks/01-walkthrough", "notebooks/02-inside-an-election"]
PAGES += ["docs/glossary"]
NOTEBOOK = "01-walkthrough.ipynb"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=FLAGS)


@pytest.mark.parametrize("width", [1300, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_well(site: Site, browser: Browser, name: str, scheme: str, width: int):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("requestfailed", lambda request: troubles.append(request.url))
    page.on(
        "request",
        lambda request: None if _is_local(request.url) else troubles.append(request.url),
    )
    page.goto((site.html / f"{name}.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert troubles == []
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"the page is {overflow} px wider than the window"
    pictures = page.locator("figure svg").count()
    assert bool(page.evaluate(COLOURS, ".tl text")) == bool(pictures)
    for selector in (".tl text", ".verdict p", "figure.timeline summary", "p"):
        for colours in page.evaluate(COLOURS, selector):
            assert _contrast(*colours) >= 4.5, (selector, colours)
    context.close()


def _is_local(address: str) -> bool:
    return address.startswith(("file:", "data:", "blob:"))


# The colour of the first visible text of a kind, and of what lies behind it.
COLOURS = """selector => [...document.querySelectorAll(selector)].slice(0, 3).map(element => {
    const style = getComputedStyle(element);
    const text = element instanceof SVGElement ? style.fill : style.color;
    let behind = element;
    const ground = element => getComputedStyle(element).backgroundColor;
    while (behind && /rgba\\(0, 0, 0, 0\\)|transparent/.test(ground(behind)))
        behind = behind.parentElement;
    return [text, behind ? ground(behind) : 'rgb(255, 255, 255)'];
})"""


def _contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        red, green, blue = (float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3])
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_a_page_reads_without_javascript(site: Site, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site.html / "docs" / "playbook.html").as_uri())
    assert page.locator("figure.timeline svg").first.is_visible()
    page.locator("figure.timeline summary").first.click()
    assert page.locator("figure.timeline tbody tr").first.is_visible()
    context.close()


# JupyterLab


@dataclass(frozen=True)
class Lab:
    """A JupyterLab on a copy of the workbook, for it saves notebooks: its folder and its port."""

    root: Path
    port: int


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """`make lab` without make and without opening a browser."""
    root, port = copy_workbook(tmp_path / "lab"), ports.free_port()
    options = ["--no-browser", f"--ServerApp.port={port}", "--IdentityProvider.token="]
    command = [sys.executable, "-m", "electionlab", "lab", "--", *options]
    variables = {**environment(root), "ELECTIONLAB_CULL_S": "5"}
    server = subprocess.Popen(command, cwd=root, env=variables, start_new_session=True)
    try:
        wait_until(lambda: ports.accepts(port), within=60, why=lambda: "JupyterLab has no port")
        yield Lab(root, port)
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    finally:
        end_group(server)


def open_notebook(browser: Browser, lab: Lab, name: str = NOTEBOOK) -> Page:
    page = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
    page.goto(f"http://127.0.0.1:{lab.port}/lab/tree/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle", timeout=60_000)
    return page


@pytest.mark.parametrize("name", [NOTEBOOK, "02-inside-an-election.ipynb"])
def test_pressing_shift_enter_on_and_on_runs_the_whole_notebook(
    browser: Browser, lab: Lab, name: str
):
    """No waiting between two presses: while one cell runs a nested loop, the next ones arrive."""
    page = open_notebook(browser, lab, name)
    path = lab.root / "notebooks" / name
    cells = json.loads(path.read_text())["cells"]
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    for _ in cells:
        page.keyboard.press("Shift+Enter")

    def saved() -> list[dict]:
        page.keyboard.press("Escape")
        page.keyboard.press("Control+s")
        try:
            found = json.loads(path.read_text())["cells"]
        except ValueError:  # it is being written just now
            return []
        return [cell for cell in found if cell["cell_type"] == "code"]

    def pending() -> list[str]:
        cells = saved() or [{"source": "?", "execution_count": None}]
        waiting = [cell for cell in cells if cell["execution_count"] is None and cell["source"]]
        return ["".join(cell["source"])[:60] for cell in waiting]

    wait_until(
        lambda: not pending(),
        within=240,
        why=lambda: f"these cells did not run: {pending()}",
        pause=lambda _: page.wait_for_timeout(1000),
    )
    ran = wait_until(saved, within=10, why=lambda: f"{path} is no notebook", every=0.2)
    errors = [o for cell in ran for o in cell["outputs"] if o["output_type"] == "error"]
    assert errors == []
    assert any("text/html" in o.get("data", {}) for cell in ran for o in cell["outputs"])
    page.context.close()
    assert_gone([])


def test_a_closed_browser_leaves_nothing_running(browser: Browser, lab: Lab):
    page = open_notebook(browser, lab)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    for _ in range(3):  # title, Start Kafka, its cell
        page.keyboard.press("Shift+Enter")
    wait_until(
        lambda: 9092 in listening(PORTS),
        within=60,
        why=lambda: "no Kafka was started",
        pause=lambda _: page.wait_for_timeout(200),
    )
    running = wait_for_ports([9092, 9093], within=10)
    page.context.close()
    # JupyterLab looks every 5 s for kernels that had no browser for 5 s here, 120 s for a reader.
    wait_until(lambda: not listening(PORTS), within=60, why=lambda: str(listening(PORTS)))
    assert_gone(running)
