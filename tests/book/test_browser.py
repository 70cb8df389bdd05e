"""The pages as a person meets them: in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Request
from sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(3600)]
WIDTHS = 1300, 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_reads_well(site: Site, browser: Browser, scheme: str):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    troubles: list[str] = []

    def note(trouble: str) -> None:
        troubles.append(f"{page.url.rpartition('/html/')[2]}: {trouble}")

    page.on("pageerror", lambda error: note(str(error)))
    page.on("console", lambda told: note(told.text) if _is_trouble(told) else None)
    page.on("requestfailed", lambda request: _note_failure(request, note))
    page.on(
        "request",
        lambda request: None if _is_local(request.url) else note(f"{request.url} is elsewhere"),
    )
    seen = [name for name in site.pages() if not _sends_on(site, name)]
    if scheme == "light":  # one template makes the pages of logs, and they are long
        seen = [name for name in seen if not name.startswith("_logs/")]
    assert {"index", "docs/playbook", "docs/reference/index", "genindex", "search"} <= set(seen)
    for name in seen:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto((site.html / f"{name}.html").as_uri())
            wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wider > 0:
                note(f"{wider} px wider than a window of {width}")
            drawn = page.evaluate(COLOURS, "figure svg")
            if bool(page.evaluate(COLOURS, ".tl text")) != bool(drawn):
                note("a picture without text")
            for selector in (".tl text", ".verdict p", "figure.timeline summary", "p"):
                for colours in page.evaluate(COLOURS, selector):
                    if _contrast(*colours) < 4.5:
                        note(f"{selector} has too little contrast: {colours}")
    context.close()
    assert not troubles, "\n".join(troubles)


AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
}
"""axe-core: only what breaks a rule of WCAG 2.1 (A and AA), for its other findings are advice."""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1300), ("dark", 390)])
def test_every_page_can_be_used_by_everybody(site: Site, browser: Browser, scheme: str, width: int):
    """Each page wide and light, and on a phone and dark. A run of axe-core takes seconds, so not
    in all four ways; and of the reference's pages, which one template makes, two stand for all,
    and one of the logs'."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    troubles = []
    for name in site.pages():
        alike = name.startswith("docs/reference/") and not name.endswith(("index", "checks"))
        alike |= name.startswith("_logs/") and name != "_logs/docs/playbook/run"
        alike = alike or (name.startswith("_logs/") and name != LOG)
        if alike or _sends_on(site, name):
            continue
        page.goto((site.html / f"{name}.html").as_uri())
        for violation in Axe().run(page, options=AXE).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                where = [node["html"][:100] for node in violation["nodes"]]
                troubles.append(f"{name}: {violation['help']}: {where[:3]} ({len(where)})")
    context.close()
    assert not troubles, "\n".join(troubles)


def _note_failure(request: Request, note: Callable[[str], None]) -> None:
    """Note a request that failed. One that was broken off did not: the next page was opened before
    this page's icon had come."""
    if request.failure != "net::ERR_ABORTED":
        note(f"{request.url} failed: {request.failure}")


LOG = "_logs/docs/playbook/run"


@pytest.mark.parametrize("name", ["docs/playbook", "docs/found-in-faust"])
def test_evidence_leads_to_its_line_in_the_log_and_back(site: Site, browser: Browser, name: str):
    """From a file and without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site.html / f"{name}.html").as_uri())
    evidence = page.locator("div.verdict details:has(a.log-line)").first
    evidence.locator("summary").click()
    link = evidence.locator("a.log-line").first
    second, title = link.inner_text().removesuffix(" s"), link.get_attribute("title")
    link.click()
    line = page.locator("li:target")
    assert f"_logs/{name}/" in page.url
    assert line.locator("span").inner_text() == f"{second} s"
    number, worker = line.locator("i").inner_text(), line.locator("b").inner_text()
    assert title == f"{number} of the log of worker {worker}"
    box = line.bounding_box()
    assert box and 0 <= box["y"] < 700  # it is on the screen
    page.get_by_role("link", name="Back to").click()
    assert page.url.endswith(f"{name}.html")
    context.close()


def _is_trouble(told: ConsoleMessage) -> bool:
    """Whether the console tells of an error. The theme's own is none: it says so of each reader's
    first visit, when no one has chosen light or dark yet, and goes by what the browser prefers."""
    first_visit = "Got invalid theme mode: . Resetting to auto."
    return told.type == "error" and told.text != first_visit


def _sends_on(site: Site, name: str) -> bool:
    """Whether a page only sends its reader to another one."""
    return bool(site.page(name).select("meta[http-equiv=refresh]"))


def _is_local(address: str) -> bool:
    return address.startswith(("file:", "data:", "blob:"))


# The colours of the first visible elements of a kind, and of what lies behind them. A timeline that
# a replay takes the place of is not visible, and has none.
COLOURS = """selector => [...document.querySelectorAll(selector)]
    .filter(element => element.getClientRects().length).slice(0, 3).map(element => {
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


def test_what_answers_a_guess_opens_without_javascript_and_on_paper(site: Site, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site.html / "notebooks" / "01-walkthrough.html").as_uri())
    folded = page.locator("details.folded").first
    shown = folded.locator(".verdict")
    assert not shown.is_visible()
    page.locator("#kill-the-leader label").first.click()
    assert page.locator("#kill-the-leader input").first.is_checked()
    folded.locator("summary").first.click()
    assert shown.is_visible()
    folded.locator("summary").first.click()
    assert not shown.is_visible()
    page.emulate_media(media="print")
    assert shown.is_visible()
    context.close()
