"""Draws `_static/card.png`, which other places show beside a link to these pages: the title, and a
real run from two-leaders.svg. Needs a Chromium, as the tests do. Run by `python docs/card.py`."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).resolve().parent
SIZE = {"width": 1200, "height": 630}
PAGE = """<!doctype html><style>
body { margin: 0; padding: 50px 70px; background: #fff; color: #1f2328; }
body { font: 30px system-ui, sans-serif; }
h1 { font-size: 68px; margin: 0 0 10px; }
p { margin: 0 0 30px; }
svg { width: 1060px; height: auto; }
</style>
<h1>Leader election, live</h1>
<p>A real Kafka, real Faust workers: is there just one leader?</p>"""


def draw(path: Path) -> None:
    picture = (DOCS / "two-leaders.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox"],
        )
        page = chromium.new_page(viewport=SIZE)
        page.set_content(PAGE + picture)
        page.screenshot(path=path)
        chromium.close()


if __name__ == "__main__":
    draw(DOCS / "_static" / "card.png")
