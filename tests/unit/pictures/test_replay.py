"""A replay as a cell's value: a timeline with its player, and rules that fit their events."""

import dataclasses
import json
import re
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from histories import recorded, run_of
from timelines import RUNS, each_run, two_leaders

from electionlab.history import events as ev
from electionlab.pictures import Replay
from electionlab.pictures.drawing import hatching
from electionlab.pictures.replay import PLAYER, file_player
from electionlab.pictures.replay_data import replay_data
from electionlab.pictures.replay_rules import (
    BLOCKED,
    CAPTIONS,
    ELECTIONS_AND_FAULTS,
    FAULTS,
    STATES,
    rules,
)
from electionlab.pictures.timeline import Timeline
from electionlab.pictures.wording import SHOWN


def page(history, **how):
    return BeautifulSoup(Replay(history, **how)._repr_html_(), "html.parser")


def written(history, **how):
    return json.loads(page(history, **how).select_one("lab-replay > script").string)


@each_run
def test_a_replay_is_the_timeline_with_the_data_of_its_run(history):
    found = page(history)
    assert found.select_one("lab-replay > figure.timeline > .lab-scroll > svg.tl")
    assert found.select_one("lab-replay > figure.timeline table")
    data = written(history)
    assert {key: data[key] for key in replay_data(history)} == replay_data(history)


def test_where_no_html_is_shown_a_replay_is_described_like_the_timeline():
    assert repr(Replay(recorded())) == repr(Timeline(recorded()))


def test_it_stands_first_where_two_lead_or_where_it_is_told_to():
    assert written(two_leaders())["at"] == 4
    assert written(run_of())["at"] == 1
    assert written(RUNS["empty"])["at"] == 0
    assert written(run_of(), at=7.5)["at"] == 7.5


def test_what_a_run_says_cannot_end_the_script_that_it_stands_in():
    evil = "</script><b>"
    history = run_of(ev.GreetingPrinted(time=3, worker="A", greeting=evil))
    assert not page(history).select("b")
    assert written(history)["greetings"][0]["text"] == evil


@pytest.mark.parametrize("html", [Replay(recorded())._repr_html_(), file_player()])
def test_an_electronic_book_can_take_it_as_xml(html):
    root = ElementTree.fromstring(f"<div>{html}</div>")
    assert "customElements.define" in root.findall("script")[-1].text


def test_the_player_needs_no_network_and_is_small():
    code = Replay(run_of())._repr_html_().partition("</lab-replay>")[2]
    assert len(code.encode()) < 32_000
    assert set(re.findall(r"https?://[^\"']+", code)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(fetch|import|XMLHttpRequest|eval)\b\s*\(", code)


def test_a_page_for_any_history_brings_the_rules_along():
    found = BeautifulSoup(file_player(), "html.parser")
    assert json.loads(found.select_one("lab-replay-file > script").string) == json.loads(
        json.dumps(rules())
    )


def test_each_caption_asks_only_for_what_its_event_has():
    for name, words in CAPTIONS.items():
        kind = ev.EVENT_TYPES[name.partition(" ")[0]]
        fields = {field.name for field in dataclasses.fields(kind)} | {"others", "given"}
        assert set(re.findall(r"\{(\w+)\}", words)) <= fields


def test_what_a_timeline_tells_a_replay_tells_too():
    assert {kind.__name__ for kind in SHOWN} <= set(CAPTIONS)
    assert set(CAPTIONS) >= ELECTIONS_AND_FAULTS
    assert {kind.__name__ for kind in (*STATES, *FAULTS)} <= set(ev.EVENT_TYPES)


def test_each_fault_and_a_rebalance_has_a_pattern_in_the_players_style():
    style = (PLAYER / "player.css").read_text(encoding="utf-8")
    for words in [*FAULTS.values(), BLOCKED, STATES[ev.PartitionsRevoked]]:
        assert f".{words.replace(' ', '-')} {{ --pattern:" in style
    assert {"rebalance", "frozen", "cut", "slow", "blocked"} <= set(hatching.PATTERNS)
