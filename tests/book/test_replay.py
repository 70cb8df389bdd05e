"""The replay in a real Chromium, on a page of its own that takes no build."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from histories import (
    DATA,
    busy_run,
    cut,
    faulty_run,
    healed,
    printed,
    published,
    recorded,
    stale_run,
    started,
    stored,
)
from made_up import MadeUp
from notebook_server import open_notebook, press_shift_enter, serve
from playwright.sync_api import Browser, Locator, Page

from electionlab.errors import LabError
from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.pictures import Replay
from electionlab.pictures.replay import file_player
from electionlab.pictures.replay_data import replay_data

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
RECORDED = sorted([*DATA.glob("*.jsonl"), *(PROJECT / "docs" / "recorded").glob("*.jsonl")])
BOTH_LEAD = 44  # seconds into the recorded run: one of the two is frozen


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


def test_it_plays_and_pauses_and_greetings_fly(shown: Shown):
    shown.seek(3)
    shown.find(".toggle").click()
    assert shown.find(".toggle").get_attribute("aria-label") == "Pause"
    shown.wait_for("replay.stage.dots.some(dot => dot.g.style.display !== 'none')")
    assert not shown.find(".air line").first.is_visible()
    shown.wait_for("replay.time > 3.5")
    shown.find(".toggle").click()
    assert shown.find(".toggle").get_attribute("aria-label") == "Play"
    before = shown.time
    shown.page.evaluate("new Promise(requestAnimationFrame)")
    assert shown.time == before


def test_at_its_end_it_stops_and_play_begins_anew(shown: Shown):
    shown.find("select").select_option("50")
    shown.seek(shown.replay.evaluate("replay => replay.data.seconds") - 1)
    shown.find(".toggle").click()
    shown.wait_for("!replay.playing")
    shown.find(".toggle").click()
    shown.wait_for("replay.playing && replay.time < 30")


def test_it_is_driven_by_keys_which_the_page_does_not_get(shown: Shown):
    data = replay_data(recorded())
    told = [step for step in data["steps"] if "words" in step]
    times = sorted({step["at"] for step in told})
    shown.page.evaluate("() => { window.leaked = []; onkeydown = e => leaked.push(e.key); }")
    shown.replay.locator("section").focus()
    press = shown.page.keyboard.press
    press("Home")
    assert shown.time == 0
    press("ArrowRight")
    assert shown.time == times[1]
    words = [step["words"] for step in told if step["at"] == times[1]]
    assert shown.find(".words").text_content() == "; ".join(words)
    press("ArrowRight")
    press("ArrowLeft")
    assert shown.time == times[1]
    big = sorted({step["at"] for step in told if "big" in step})
    press("Shift+ArrowRight")
    assert shown.time == next(time for time in big if time > times[1])
    press("Shift+ArrowLeft")
    assert shown.time == max(time for time in big if time <= times[1] and time != big[1])
    press("End")
    assert shown.time == data["seconds"]
    press("+")
    assert shown.find("select").input_value() == "2"
    press("-")
    press("-")
    assert shown.find("select").input_value() == "0.5"
    press("Home")
    press("Space")
    shown.wait_for("replay.playing && replay.time > 0")
    press("Space")
    assert shown.replay.evaluate("replay => !replay.playing")
    assert set(shown.page.evaluate("leaked")) == {"Shift"}


def test_a_focused_slider_steps_and_a_focused_button_does_what_it_says(shown: Shown):
    shown.seek(0)
    shown.find("input").focus()
    shown.page.keyboard.press("ArrowRight")
    assert shown.time == sorted({s["at"] for s in replay_data(recorded())["steps"]})[1]
    assert "s: " in shown.find("input").get_attribute("aria-valuetext")
    before = shown.time
    shown.find("[data-do=step]").focus()
    shown.page.keyboard.press("Space")
    assert shown.time > before
    assert shown.replay.evaluate("replay => !replay.playing")


def test_what_is_shown_at_each_time_is_what_the_data_say(shown: Shown):
    data = replay_data(recorded())
    for time in (0, 5, 12, 15, 22, 30, 40, BOTH_LEAD, 48, 51):
        shown.seek(time)
        leaders = []
        for number, worker in enumerate(recorded().workers):
            own = [
                s for s in data["steps"] if s["who"] == worker and "now" in s and s["at"] <= time
            ]
            state = own[-1]["now"] if own else {}
            card = shown.find(".worker").nth(number)
            text = card.inner_text()
            assert worker in text
            assert ("★ leads" in text) == state.get("leads", False)
            assert card.locator(".chip").all_text_contents() == [*map(str, state.get("holds", []))]
            assert ("frozen" in text) == ("frozen" in state.get("faults", []))
            leaders += [worker] if state.get("leads") else []
        assert shown.find(".two").is_visible() == (len(leaders) > 1)
        assert all(leader in shown.find(".two").text_content() for leader in leaders[1:])


def test_the_timeline_below_has_a_line_at_the_time_and_a_click_goes_there(shown: Shown):
    drawing = shown.replay.locator("figure.timeline svg.tl")
    line = drawing.locator("> line").last
    shown.seek(10)
    before = float(line.get_attribute("x1"))
    shown.seek(20)
    assert float(line.get_attribute("x1")) > before
    box = drawing.bounding_box()
    drawing.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.3})
    assert shown.time == pytest.approx(recorded().at(recorded().end) / 2, rel=0.1)


def test_a_step_is_told_aloud_and_a_run_that_plays_does_not_flood(shown: Shown):
    shown.replay.locator("section").focus()
    shown.page.keyboard.press("Home")
    shown.page.keyboard.press("Shift+ArrowRight")
    assert shown.find(".words").text_content() in shown.find(".live").text_content()
    assert shown.find(".live").get_attribute("aria-live") == "polite"
    big = sum("big" in step for step in replay_data(recorded())["steps"])
    shown.replay.evaluate(
        """replay => {
            window.told = 0;
            const live = replay.find(".live");
            new MutationObserver(() => window.told++).observe(live, {childList: true});
        }"""
    )
    shown.find("select").select_option("50")
    shown.find(".toggle").click()
    shown.wait_for("!replay.playing && window.told > 0")
    assert shown.page.evaluate("window.told") < big / 2


@pytest.mark.parametrize("shown", [{"reduced_motion": "reduce"}], indirect=True)
def test_with_reduced_motion_greetings_are_arrows_and_nothing_flies(shown: Shown):
    first = next(g for g in replay_data(recorded())["greetings"] if "from" in g)
    shown.seek(first["sent"] - 0.1)
    shown.find(".toggle").click()
    shown.wait_for("replay.stage.dots.some(dot => dot.g.style.display !== 'none')")
    assert shown.find(".air line").first.is_visible()
    assert shown.replay.evaluate("replay => !replay.inAir")


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


AT_ONCE = [
    *(started(1, "A"), started(1, "B"), cut(5, "B", effective=6)),
    *(published(9, "A"), published(9.001, "B"), stored(9.001, "a"), stored(9.002, "b", 1)),
    *(printed(9.01, "A", "a"), healed(12, "B", effective=13), printed(13.1, "A", "b")),
]
"""Two publish at once, and one of them is cut off."""


def test_a_dropped_history_is_read_as_python_reads_it(shown: Shown, tmp_path: Path):
    paths = list(RECORDED)
    runs = [faulty_run(), stale_run(), busy_run(actions=60), AT_ONCE]
    runs += [MadeUp(seed).events for seed in range(20)]
    for number, events in enumerate(runs):
        paths.append(History(events).save(tmp_path / f"{number}.jsonl"))
    run = recorded()
    paths.append(run.between(run.start + 20, run.start + 40).save(tmp_path / "window.jsonl"))
    for path in paths:
        told = drop(shown, path)
        assert "cannot be played" not in told
        expected = replay_data(History.load(path))
        assert played(shown) == json.loads(json.dumps(expected)), path.name
    shown.page.locator("lab-replay-file lab-replay .toggle").click()
    shown.page.wait_for_function(
        """() => document.querySelector("lab-replay-file").shadowRoot
            .querySelector("lab-replay").time > 0"""
    )


def damaged(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    whole = (DATA / "history.jsonl").read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    texts = {
        "in a line": (whole[: len(whole) // 2], "is not an event"),
        "between lines": ("".join(lines[:-7]), "it was cut off while it was written or copied"),
        "text": ("Dear diary,\n", "This is no history"),
        "nothing": ("", "This is no history"),
        "JSON": ('{"format": "another"}\n', "This is no history"),
        "newer": (whole.replace('"version": 2', '"version": 3', 1), "has version 3"),
        "unknown": (
            whole.replace('"event": "Published"', '"event": "Guessed"', 1),
            "is not an event",
        ),
    }
    paths = {}
    for name, (text, words) in texts.items():
        paths[name] = tmp_path / f"{name}.jsonl", words
        paths[name][0].write_text(text, encoding="utf-8")
    return paths


def test_what_cannot_be_read_is_said_and_not_played(shown: Shown, tmp_path: Path):
    drop(shown, DATA / "history.jsonl")
    for path, words in damaged(tmp_path).values():
        told = drop(shown, path)
        assert told.startswith(f"{path.name} cannot be played. ")
        assert words in told
        assert played(shown) is None
        with pytest.raises(LabError):
            History.load(path)
    big = tmp_path / "big.jsonl"
    with big.open("wb") as file:
        file.truncate(100_000_000)
    assert "It has 100 MB, and a replay reads up to 20 MB" in drop(shown, big)
    drop(shown, DATA / "history.jsonl")
    assert played(shown) is not None


def test_a_file_can_be_dropped_with_the_mouse(shown: Shown):
    text = (DATA / "history.jsonl").read_text(encoding="utf-8")
    shown.page.locator("lab-replay-file .drop").evaluate(
        """(place, text) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], "dropped.jsonl"));
            place.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true}));
        }""",
        text,
    )
    shown.page.locator("lab-replay-file lab-replay .worker").first.wait_for()
    assert played(shown) == replay_data(recorded())


@pytest.mark.parametrize(
    "shown", [{"viewport": {"width": width, "height": 900}} for width in (1300, 390)], indirect=True
)
def test_it_fits_and_its_letters_are_as_large_as_the_text(shown: Shown):
    drop(shown, DATA / "five-workers.jsonl")
    assert shown.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for number in range(shown.page.locator("lab-replay").count()):
        small = (
            shown.page.locator("lab-replay")
            .nth(number)
            .evaluate(
                """replay => [...replay.shadowRoot.querySelectorAll("*")].filter(element =>
                element.textContent.trim() && !/STYLE|OPTION/i.test(element.tagName) &&
                parseFloat(getComputedStyle(element).fontSize) <
                    parseFloat(getComputedStyle(document.body).fontSize)
            ).map(element => element.outerHTML.slice(0, 80))"""
            )
        )
        assert small == []


def test_an_element_that_is_taken_away_and_put_back_stands_where_it_was(shown: Shown):
    shown.seek(BOTH_LEAD)
    shown.find(".toggle").click()
    shown.replay.evaluate("replay => { window.away = replay; replay.remove(); }")
    assert shown.page.evaluate("!window.away.playing")
    shown.page.evaluate("document.querySelector('main').prepend(window.away)")
    assert shown.time >= BOTH_LEAD
    assert shown.find(".two").is_visible()


def test_each_replay_of_a_page_plays_its_own_run(shown: Shown):
    assert shown.page.locator("lab-replay").count() == 2
    names = [
        shown.page.locator("lab-replay").nth(number).locator(".head").all_text_contents()
        for number in range(2)
    ]
    assert names == [["6066", "6067", "6068"], ["A", "B"]]


@pytest.mark.parametrize("shown", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_the_timeline_and_its_table_are_there(shown: Shown):
    assert shown.page.locator("figure.timeline svg").first.is_visible()
    shown.page.locator("figure.timeline summary").first.click()
    assert shown.page.locator("figure.timeline tbody tr").first.is_visible()


def test_in_jupyterlab_a_cells_replay_plays_and_keeps_its_keys_to_itself(
    browser: Browser, tmp_path: Path
):
    """Its notebook's arrows go from cell to cell, and its Space scrolls."""
    source = (
        "from electionlab import PROJECT, History, Replay\n"
        "Replay(History.load(PROJECT / 'docs/recorded/election.jsonl'))"
    )
    cells = [nbformat.v4.new_code_cell(source), nbformat.v4.new_markdown_cell("after it")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    with serve(tmp_path / "lab") as server:
        nbformat.write(notebook, server.notebooks / "replay.ipynb")
        page = open_notebook(browser, server, "replay.ipynb")
        press_shift_enter(page, 1)
        replay = page.locator("lab-replay")
        replay.locator(".worker").first.wait_for()
        replay.locator("section").focus()
        selected = page.locator(".jp-Cell.jp-mod-active").count()
        before = replay.evaluate("replay => replay.time")
        page.keyboard.press("ArrowRight")
        assert replay.evaluate("replay => replay.time") > before
        page.keyboard.press("Space")
        page.wait_for_function("() => document.querySelector('lab-replay').playing")
        assert page.locator(".jp-Cell.jp-mod-active").count() == selected
        assert replay.locator("figure.timeline").is_visible()
        page.context.close()
