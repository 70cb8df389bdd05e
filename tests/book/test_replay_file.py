"""A history that a reader gives to a page is read and played there, in a real Chromium."""

from __future__ import annotations

import json
from pathlib import Path

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
from replays import Shown, drop, played

from electionlab.errors import LabError
from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.pictures.replay_data import replay_data

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
RECORDED = sorted([*DATA.glob("*.jsonl"), *(PROJECT / "docs" / "recorded").glob("*.jsonl")])


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
