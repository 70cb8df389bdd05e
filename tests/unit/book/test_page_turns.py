"""Pages take turns in forked processes, as Sphinx's readers do; nothing is executed."""

import json
import multiprocessing
import os
import re
import signal
import time

import psutil
import pytest
from gone import assert_gone, runs

from electionlab.book import page_turns as pages
from electionlab.book.page_turns import Page, Turns, look
from electionlab.host import load
from electionlab.host.waiting import wait_until

FORK = multiprocessing.get_context("fork")
LANE = [Page("one", 1), Page("two", 1, both_kafkas=True), Page("three", 1)]
OWN = [Page(name, 1, own_ports=True) for name in ("a", "b", "c", "d")]
PROSE = Page("prose", 0)

# What a page is


def markdown(*head, cell="```{code-cell} ipython3\nprint()\n```"):
    lines = "\n".join(["file_format: mystnb", *head])
    return f"---\n{lines}\n---\n\n# A page\n\n{cell}\n"


def notebook(cells=("code",), **metadata):
    return json.dumps({"cells": [{"cell_type": kind} for kind in cells], "metadata": metadata})


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("page.md", markdown(), Page("it", 1)),
        ("page.md", markdown("ports: own"), Page("it", 1, own_ports=True)),
        ("page.md", markdown("ports: owned"), Page("it", 1)),
        ("page.md", markdown("ports: own", "seconds: 70"), Page("it", 1, True, seconds=70)),
        ("page.md", markdown("seconds: many"), Page("it", 1)),
        ("page.md", markdown(cell="ports: own"), Page("it", 0)),
        ("page.md", markdown() + "\nports: own\n", Page("it", 1)),
        ("page.md", markdown() + "\nZooKeeperWay\n", Page("it", 1, both_kafkas=True)),
        ("page.md", "# Prose\n\nports: own\n", Page("it", 0)),
        ("page.ipynb", notebook(), Page("it", 1)),
        ("page.ipynb", notebook(["markdown"]), Page("it", 0)),
        ("page.ipynb", notebook(ports="own"), Page("it", 1, own_ports=True)),
        ("page.ipynb", notebook(seconds=70), Page("it", 1, seconds=70)),
    ],
)
def test_a_page_tells_what_it_needs(tmp_path, name, text, wanted):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert look("it", tmp_path / name) == wanted


# Whose turn it is


@pytest.fixture(autouse=True)
def room(monkeypatch):
    """Whether this machine bears more, told to the forked processes too."""
    room = FORK.Value("b", True)
    monkeypatch.setattr(load, "has_room", lambda: bool(room.value))
    return room


class Readers:
    """Forked processes that each take a turn and hold it until they are told to end."""

    def __init__(self, turns):
        self.turns = turns
        self._going = {name: FORK.Event() for name in turns.order}
        self._enough = {name: FORK.Event() for name in turns.order}
        self._processes = [FORK.Process(target=self._read, args=[name]) for name in turns.order]
        for process in self._processes:
            process.start()

    def _read(self, name):
        self.turns.take(name)
        self._going[name].set()
        self._enough[name].wait()
        self.turns.give_back(name)

    def going(self):
        return {name for name, event in self._going.items() if event.is_set()}

    def expect(self, *names, of_their_own=0):
        """So many have begun, these among them, and no other one begins while we look."""

        def begun():
            found = self.going()
            return found >= set(names) and len(found) == len(names) + of_their_own

        wait_until(begun, within=10, why=lambda: f"{self.going()} have begun")
        time.sleep(0.1)  # that something does not happen cannot be waited for
        assert begun()

    def finish(self, name):
        self._enough[name].set()

    def end(self):
        for process in self._processes:
            process.kill()
            process.join()


@pytest.fixture
def readers():
    made = []

    def make(pages, at_once, **how):
        made.append(Readers(Turns(pages, at_once, **how)))
        return made[-1]

    yield make
    for each in made:
        each.end()


def test_the_one_with_both_kafkas_comes_last_and_prose_after_what_runs():
    turns = Turns([PROSE, *OWN[:1], *LANE], 3)
    assert turns.order == ["one", "three", "two", "a", "prose"]


def test_pages_with_ports_of_their_own_run_beside_those_that_take_turns(readers):
    read = readers([*LANE, *OWN, PROSE], 3)
    read.expect("one", "prose", of_their_own=2)
    read.finish("one")
    read.expect("one", "three", "prose", of_their_own=2)
    read.finish(min(read.going() & set("abcd")))
    read.expect("one", "three", "prose", of_their_own=3)


def test_of_those_with_ports_of_their_own_the_longest_begin_first(readers):
    """Whoever asks first: one of them might run on alone at the end."""
    cells = {"short": 1, "long": 9, "middle": 5}
    read = readers([LANE[0], *(Page(name, cells[name], own_ports=True) for name in cells)], 2)
    read.expect("one", "long")
    read.finish("long")
    read.expect("one", "long", "middle")
    read.finish("middle")
    read.expect("one", "long", "middle", "short")


def test_a_page_that_says_how_long_it_runs_begins_before_those_with_more_cells():
    told = [Page("cells", 9, True), Page("long", 1, True, seconds=90), Page("short", 2, True)]
    assert Turns(told, 2).order == ["long", "cells", "short"]


def test_the_last_that_takes_turns_leaves_its_room_to_the_others(readers):
    read = readers([LANE[0], *OWN], 2)
    read.expect("one", of_their_own=1)
    read.finish("one")
    read.expect("one", of_their_own=2)


def test_without_pages_that_take_turns_all_the_room_is_for_the_others(readers):
    readers(OWN, 3).expect(of_their_own=3)


def test_on_a_busy_machine_one_runs_beside_until_there_is_room(readers, room):
    room.value = False
    read = readers([*LANE, *OWN], 3)
    read.expect("one", of_their_own=1)
    read.finish("one")
    read.expect("one", "three", of_their_own=1)
    read.finish(min(read.going() & set("abcd")))
    read.expect("one", "three", of_their_own=2)
    room.value = True
    read.expect("one", "three", of_their_own=3)


def test_who_says_how_many_at_once_gets_them_on_any_machine(readers, room):
    room.value = False
    readers(OWN, 3, on_any_machine=True).expect(of_their_own=3)


def test_in_one_process_nothing_waits_for_ever():
    turns = Turns([*OWN, *LANE, PROSE], 2)
    for name in turns.order:
        turns.take(name)
        turns.give_back(name)


# Whoever reads ends with whoever has forked it


def test_a_reader_ends_with_a_killed_parent():
    told, tell = os.pipe()

    def build():
        reader = FORK.Process(target=read, args=[os.getpid()])
        reader.start()
        os.write(tell, f"{reader.pid}\n".encode())
        signal.pause()

    def read(parent):
        pages.end_with_parent(parent)
        signal.pause()

    builder = FORK.Process(target=build)
    builder.start()
    with os.fdopen(told) as lines:
        reader = psutil.Process(int(lines.readline()))
        os.close(tell)
    assert runs(reader)
    builder.kill()
    builder.join()
    assert_gone([reader], [])


@pytest.fixture
def noticing():
    before = signal.getsignal(signal.SIGCHLD)
    pages.notice_killed_readers()
    yield
    signal.signal(signal.SIGCHLD, before)


def test_a_killed_reader_is_noticed_at_each_end_and_said_once(noticing, capfd):
    readers = [FORK.Process(target=signal.pause) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        with pytest.raises(SystemExit) as ended:
            reader.kill()
            time.sleep(10)
        assert ended.value.code == 1
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for reader in readers:
        reader.join()
    said = capfd.readouterr().err
    assert re.fullmatch(r"electionlab: .*ended by signal 9.*pages_at_once=1.*\n", said), said


def test_a_reader_that_ends_or_is_stopped_by_the_build_is_nothing_to_notice(noticing):
    good, stopped = FORK.Process(target=int), FORK.Process(target=signal.pause)
    for reader in (good, stopped):
        reader.start()
    stopped.terminate()
    for reader in (good, stopped):
        reader.join()
    assert (good.exitcode, stopped.exitcode) == (0, -signal.SIGTERM)


def test_of_the_pages_beside_the_longest_begins_first():
    told = [Page("short", 2, own_ports=True), Page("long", 9, own_ports=True), Page("lane", 1)]
    assert pages.Turns(told, 2).order == ["lane", "long", "short"]
