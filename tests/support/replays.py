"""A page with replays in a real Chromium, and what its reader does with it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from playwright.sync_api import Locator, Page


@dataclasses.dataclass
class Shown:
    """A page with a replay, and what went wrong on it."""

    page: Page
    troubles: list[str]

    @property
    def replay(self) -> Locator:
        return self.page.locator("lab-replay").first

    def find(self, selector: str) -> Locator:
        return self.replay.locator(f"section {selector}")

    @property
    def time(self) -> float:
        return self.replay.evaluate("replay => replay.time")

    def seek(self, time: float) -> None:
        """As a reader does who drags the slider."""
        self.find("input").evaluate(
            """(slider, time) => {
                slider.value = time;
                slider.dispatchEvent(new Event("input", {bubbles: true}));
            }""",
            time,
        )

    def wait_for(self, condition: str) -> None:
        self.page.wait_for_function(
            f"() => (replay => {condition})(document.querySelector('lab-replay'))"
        )


def drop(shown: Shown, path: Path) -> str:
    """Give a file to the page; returns what it says of it."""
    field = shown.page.locator("lab-replay-file input[type=file]")
    told = shown.page.locator("lab-replay-file .told")
    field.set_input_files(str(path))
    shown.page.wait_for_function(
        """name => {
            const place = document.querySelector("lab-replay-file").shadowRoot;
            return place.querySelector(".told").textContent.startsWith(name);
        }""",
        arg=path.name,
    )
    return told.text_content()


def played(shown: Shown) -> object:
    """The replay data of the file that the page plays; None if it plays none."""
    return shown.page.evaluate(
        """() => document.querySelector("lab-replay-file")
            .shadowRoot.querySelector("lab-replay")?.data ?? null"""
    )
