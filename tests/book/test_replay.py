"""The replay in a real Chromium, on a page of its own that takes no build."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from histories import DATA, recorded
from notebook_server import open_notebook, press_shift_enter, serve
from playwright.sync_api import Browser
from replays import Shown, drop

from electionlab.pictures.replay_data import replay_data

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
BOTH_LEAD = 44  # seconds into the recorded run: one of the two is frozen


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
