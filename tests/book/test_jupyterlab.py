"""The notebooks as a person meets them: in a real JupyterLab, driven by a real Chromium."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from gone import PORTS, assert_gone, assert_on_loopback, listening, runs, wait_for_ports
from notebook_server import (
    NOTEBOOK,
    Server,
    open_notebook,
    press_shift_enter,
    serve,
    wait_for_kernel,
)
from playwright.sync_api import Browser, Page, expect

from electionlab.host.folders import PROJECT
from electionlab.host.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(3600)]
NOTEBOOKS = sorted(path.name for path in (PROJECT / "notebooks").glob("*.ipynb"))
# The cells of the first notebook down to its first that is code.
STARTS_KAFKA = 1 + [
    cell["cell_type"]
    for cell in json.loads((PROJECT / "notebooks" / NOTEBOOK).read_text(encoding="utf-8"))["cells"]
].index("code")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server") / "lab") as served:
        yield served


@pytest.mark.own_ports
def test_it_opens_the_first_notebook_beside_the_whole_workbook(browser: Browser, server: Server):
    page = browser.new_context().new_page()
    page.goto(server.url)
    wait_for_kernel(page)
    assert page.url.endswith(f"/lab/tree/my-notebooks/{NOTEBOOK}")
    names = sorted(path.name for path in server.notebooks.glob("*.ipynb"))
    assert names == sorted(path.name for path in (server.root / "notebooks").glob("*.ipynb"))
    assert_on_loopback(psutil.Process(server.process.pid), [server.port])
    page.context.close()


@pytest.mark.parametrize(
    "name", [NOTEBOOK, pytest.param("02-inside-an-election.ipynb", marks=pytest.mark.own_ports)]
)
def test_pressing_shift_enter_on_and_on_runs_the_whole_notebook(
    browser: Browser, server: Server, name: str
):
    """No waiting between two presses: while one cell runs a nested loop, the next ones arrive."""
    page = open_notebook(browser, server, name)
    path = server.notebooks / name
    press_shift_enter(page, len(json.loads(path.read_text(encoding="utf-8"))["cells"]))

    def saved() -> list[dict]:
        page.keyboard.press("Escape")
        page.keyboard.press("Control+s")
        try:
            found = json.loads(path.read_text(encoding="utf-8"))["cells"]
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
    wait_until(lambda: not owned_by(server), within=30, why=lambda: f"left: {owned_by(server)}")
    original = server.root / "notebooks" / name
    assert not any(
        cell.get("outputs") for cell in json.loads(original.read_text(encoding="utf-8"))["cells"]
    )


def owned_by(server: Server) -> list[psutil.Process]:
    """What the kernels of a server have started."""
    kernels = psutil.Process(server.process.pid).children()
    below = [process for kernel in kernels for process in kernel.children(recursive=True)]
    return list(filter(runs, below))


def start_kafka(page: Page) -> set[psutil.Process]:
    """Run the first cells of the first notebook; returns the broker and its guard."""
    press_shift_enter(page, STARTS_KAFKA)
    wait_until(
        lambda: 9092 in listening(PORTS),
        within=60,
        why=lambda: "no Kafka was started",
        pause=lambda _: page.wait_for_timeout(200),
    )
    return wait_for_ports([9092, 9093], within=10)


@pytest.mark.parametrize("by", ["electionlab", "jupyter"])
def test_what_a_notebook_started_lasts_as_long_as_a_browser_and_its_end_is_told(
    browser: Browser, tmp_path: Path, by: str
):
    """Reading for long ends nothing, and neither does loading the page anew."""
    limit_s = 20  # loading anew takes a busy machine long, and nobody is connected meanwhile
    with serve(tmp_path / "lab", by=by, ELECTIONLAB_CULL_S=str(limit_s)) as server:
        page = open_notebook(browser, server)
        running = start_kafka(page)
        (kernel,) = server.kernels()
        if by == "electionlab":
            page.wait_for_timeout(1500 * limit_s)  # a person reads
            page.reload()
            wait_for_kernel(page)
            page.wait_for_timeout(1500 * limit_s)
            assert all(map(runs, running))
            assert page.locator("text=without a browser").count() == 0
        page.context.close()
        wait_until(lambda: not listening(PORTS), within=90, why=lambda: str(listening(PORTS)))
        assert_gone(running)
        page = open_notebook(browser, server)
        assert [one["id"] for one in server.kernels()] == [kernel["id"]], "the kernel itself stays"
        start_kafka(page)
        told = page.locator(".jp-OutputArea-output", has_text="without a browser")
        told.wait_for(timeout=60_000)
        assert "Kafka on localhost:9092" in told.inner_text()
        page.context.close()


@pytest.mark.own_ports
def test_an_experiment_that_failed_is_said_in_a_sentence_and_runs_when_its_cell_is_run_again(
    browser: Browser, server: Server
):
    name = "03-break-the-workers.ipynb"
    cells = json.loads((server.notebooks / name).read_text(encoding="utf-8"))["cells"]
    runs_it = next(i for i, cell in enumerate(cells) if " = run(" in "".join(cell["source"]))
    page = open_notebook(browser, server, name)
    press_shift_enter(page, runs_it + 1)

    def broker() -> psutil.Process | None:
        return next((process for process in owned_by(server) if process.name() == "java"), None)

    def worker() -> psutil.Process | None:
        return next((p for p in owned_by(server) if "faulty" in " ".join(p.cmdline())), None)

    wait_until(worker, within=120, why=lambda: f"no worker: {owned_by(server)}")
    died = broker()
    died.kill()
    source = "".join(cells[runs_it]["source"]).splitlines()[0]
    cell = page.locator(".jp-CodeCell", has_text=source)
    error = cell.locator(".jp-OutputArea-output", has_text="LabError")
    error.wait_for(timeout=240_000)
    assert "Kafka has ended, with status 137" in error.inner_text()
    assert "run the cell again" in error.inner_text()
    assert "Traceback" not in error.inner_text()

    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Enter")
    cell.locator("svg[role=img]").first.wait_for(timeout=300_000)
    assert cell.locator("text=LabError").count() == 0
    assert broker() not in (None, died)
    for key in ("Escape", "b", "Enter"):
        page.keyboard.press(key)
    page.keyboard.insert_text("run.stop()")
    page.keyboard.press("Shift+Enter")
    page.context.close()
    wait_until(lambda: not owned_by(server), within=60, why=lambda: f"left: {owned_by(server)}")


@pytest.mark.own_ports
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_link_of_a_notebook_opens_what_it_names(browser: Browser, server: Server, name: str):
    # Of the copy: who presses Shift-Enter in a notebook's last cell gets another one.
    cells = json.loads((server.notebooks / name).read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    expected = re.findall(r"\]\((?!https?:)([^)]+)\)", "\n".join(texts))
    assert expected
    page = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
    page.goto(server.address(name))
    page.wait_for_function(  # cells further down are put there later
        "count => document.querySelectorAll('.jp-Notebook .jp-Cell').length == count",
        arg=len(cells),
        timeout=120_000,
    )
    links = page.locator(f".jp-Notebook .jp-RenderedMarkdown a[href^='{server.url}/files/']")
    expect(links).to_have_count(len(expected), timeout=120_000)  # text is drawn after its cell
    opened: set[str] = set()
    for number, target in enumerate(expected):
        path = target.partition("#")[0]
        if path in opened:  # a file with many links to it, such as the glossary, is opened once
            continue
        opened.add(path)
        page.locator(f".lm-DockPanel-tabBar .lm-TabBar-tab >> text={name}").first.click()
        link = links.nth(number)
        answer = page.request.get(link.get_attribute("href"), headers={"Referer": page.url})
        assert answer.status == 200
        link.evaluate("link => link.click()")  # the toolbar of its cell may lie over it
        file = Path(path).name
        page.wait_for_selector(f".lm-TabBar-tab.lm-mod-current >> text={file}", timeout=60_000)
        if path.endswith(".md"):  # as a page, not as its source
            page.wait_for_selector(".jp-MarkdownViewer h1:visible", timeout=60_000)
        assert page.locator(".jp-Dialog").count() == 0
    page.context.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_make_that_is_ended_ends_jupyterlab_its_kernels_and_what_they_own(
    browser: Browser, tmp_path: Path, number: signal.Signals
):
    with serve(tmp_path / "lab", by="make") as server:
        page = open_notebook(browser, server)
        running = start_kafka(page)
        below = psutil.Process(server.process.pid).children(recursive=True)
        assert any("ipykernel_launcher" in " ".join(process.cmdline()) for process in below)
        page.context.close()
        server.process.send_signal(number)
        wait_until(
            lambda: not any(map(runs, below)),
            within=60,
            why=lambda: f"left: {[p for p in below if runs(p)]}",
        )
        assert_gone(running)
