"""Candidates are read from what they say."""

import json
from types import SimpleNamespace

import pytest

from electionlab.elections.members import Member, Members, writes
from electionlab.elections.model import Write
from electionlab.history.intervals import Span


@pytest.fixture
def life(tmp_path):
    """A process that has said these things, each with its time."""

    def make(*said, alive=True):
        log = tmp_path / f"{len(list(tmp_path.iterdir()))}.log"
        lines = [json.dumps({"time": time, "says": words, **more}) for time, words, more in said]
        log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return SimpleNamespace(log=log, alive=alive)

    return make


def members(*lives, ended=(), frozen=()):
    made = Members.__new__(Members)
    made._members = {"A": Member("A", None, list(lives), list(ended), list(frozen))}
    return made


def leads(time, term):
    return time, "leads", {"token": 1, "term": term}


def lost(time):
    return time, "lost", {}


def test_who_has_said_that_it_leads_leads_until_it_says_otherwise(life):
    assert members(life(leads(1, 0.9))).term("A") == 0.9
    assert members(life(leads(1, 0.9), lost(2))).term("A") is None
    assert members(life(leads(1, 0.9), lost(2), leads(3, 2.9))).term("A") == 2.9


def test_who_has_ended_does_not_lead_nor_does_its_next_process(life):
    assert members(life(leads(1, 0.9), alive=False)).term("A") is None
    former = life(leads(1, 0.9), alive=False)
    assert members(former, life((5, "ready", {}))).term("A") is None


def test_leaderships_end_with_a_word_a_death_or_the_present(life):
    said = life(leads(1, 0.9), lost(2), leads(3, 2.9))
    assert members(said).leaderships(10) == [Span("A", 0.9, 2), Span("A", 2.9, 10)]
    killed = life(leads(1, 0.9), alive=False)
    assert members(killed, ended=[4.0]).leaderships(10) == [Span("A", 0.9, 4.0)]
    second = life(leads(6, 5.9))
    assert members(killed, second, ended=[4.0]).leaderships(10)[1] == Span("A", 5.9, 10)


def test_who_stands_still_does_so_until_it_is_woken(life):
    assert members(life(), frozen=[[1.0, 2.0], [5.0]]).frozen(9) == [
        Span("A", 1.0, 2.0),
        Span("A", 5.0, 9),
    ]


def test_what_a_receiver_has_written_is_read_as_it_stands():
    entry = {"time": 1.5, "in_time": False, "who": "A", "term": 1.0, "token": 7}
    assert writes([entry]) == [Write(1.5, "A", 1.0, 7, False)]
