"""How smoothly a browser plays a long run: `python benchmarks/replay.py`, with what tests need.

A history of 10,000 events, made as histories.py makes them, is played in a headless Chromium at the
usual speed and at the one that the player chooses for so long a run. Frames a second are what
comes on the screen, 60 at most, and fewer on a busy machine. What the script takes for a frame, and
what the whole browser takes of a processor (it also paints by that), depends less on the machine.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

import histories
import psutil
from playwright.sync_api import Page, sync_playwright

from electionlab.history.history import History
from electionlab.pictures import Replay

EVENTS = 10_000
WANTED = 50  # frames a second
PLAY = """async ([speed, seconds]) => {
  const replay = document.querySelector("lab-replay"), draw = replay.draw.bind(replay);
  const took = [];
  replay.draw = () => {
    const begun = performance.now();
    draw();
    took.push(performance.now() - begun);
  };
  replay.seek(replay.first + 0.2 * replay.long);
  if (speed) replay.showSpeed(speed);
  const played = replay.speed, begun = performance.now();
  replay.play();
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  replay.pause();
  const passed = (performance.now() - begun) / 1000;
  delete replay.draw;
  took.sort((one, other) => one - other);
  const script = took.reduce((sum, ms) => sum + ms, 0) / took.length;
  const rare = took[Math.floor(0.99 * took.length)];
  return {speed: played, frames: took.length, seconds: passed, script, rare};
}"""


def page_of(events: int) -> str:
    """A page that plays a history of so many events, or a few more."""
    history = History(list(histories.repeated(events)))
    return f"<!doctype html><meta charset='utf-8'><title>x</title>{Replay(history)._repr_html_()}"


def play(page: Page, speed: float, seconds: float) -> dict[str, float]:
    """Play for so many seconds, at the player's own speed if it is 0."""
    before = used_s()
    figures: dict[str, Any] = page.evaluate(PLAY, [speed, seconds])
    figures["all"] = 1000 * (used_s() - before) / figures["frames"]
    return figures


def used_s() -> float:
    """The processor time of the browser's processes so far, in seconds."""
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(each.user + each.system for each in times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20, help="for each speed")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="a browser")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "replay.html"
        path.write_text(page_of(EVENTS), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.goto(path.as_uri())
        loaded = page.evaluate("performance.getEntriesByType('navigation')[0].duration")
        what = f"a page with a replay of {EVENTS:,} events ({path.stat().st_size / 1e6:.1f} MB)"
        print(f"| {what} is there, ms | {loaded:.0f} | |")
        for speed in (0, 1):  # its own first, which stands there until another is chosen
            found = play(page, speed, options.seconds)
            rate = found["frames"] / found["seconds"]
            speed_x = f"{found['speed']:g} ×"
            script = f"{found['script']:.2f} (99 of 100 within {found['rare']:.1f})"
            print(f"| played at {speed_x}, frames a second | {rate:.0f} | at least {WANTED} |")
            print(f"| … script for a frame, ms | {script} | |")
            print(f"| … processor time of the browser for a frame, ms | {found['all']:.1f} | |")
        browser.close()


if __name__ == "__main__":
    main()
