"""What is said of a fetch, alone and beside another one, on a terminal and elsewhere."""

import io
import sys
import threading

import pytest

from electionlab.errors import LabError
from electionlab.progress import Progress, say

MB = 1_000_000


class Screen(io.StringIO):
    def __init__(self, live):
        super().__init__()
        self._live = live

    def isatty(self):
        return self._live


@pytest.fixture
def screen(monkeypatch):
    def make(live):
        made = Screen(live)
        monkeypatch.setattr(sys, "stderr", made)
        return made

    return make


def test_in_a_file_each_quarter_of_a_fetch_is_a_line(screen):
    told = screen(live=False)
    one, other = Progress("one", 8 * MB), Progress("other", 4 * MB)
    for _ in range(4):
        one.add(MB)
        other.add(MB)
        one.add(MB)
    lines = told.getvalue().splitlines()
    assert [line for line in lines if "one" in line] == [
        f"Fetching one {done} of 8 MB" for done in (1, 2, 4, 6, 8)
    ]
    assert lines[-1] == "Fetching one 8 of 8 MB"
    assert sum("other" in line for line in lines) == 4


def test_on_a_terminal_two_fetches_share_a_line_until_both_are_done(screen):
    told = screen(live=True)
    one, other = Progress("one", 2 * MB), Progress("other", 2 * MB)
    one.add(MB)
    other.add(MB)
    one.add(MB)
    assert told.getvalue().split("\r")[1:] == [
        "Fetching one 1 of 2 MB",
        "Fetching one 1 of 2 MB, other 1 of 2 MB",
        "Fetching one 2 of 2 MB, other 1 of 2 MB",
    ]
    other.add(MB)
    assert told.getvalue().endswith("\rFetching one 2 of 2 MB, other 2 of 2 MB\n")


def test_what_is_said_meanwhile_has_a_line_of_its_own(screen):
    told = screen(live=True)
    one = Progress("one", 2 * MB)
    say("before")
    one.add(MB)
    say("meanwhile")
    one.add(MB)
    say("after")
    assert told.getvalue().replace("\r", "") == (
        "before\nFetching one 1 of 2 MB\nmeanwhile\nFetching one 2 of 2 MB\nafter\n"
    )


def test_a_stopped_fetch_gets_no_further(screen):
    told = screen(live=False)
    stopped = threading.Event()
    one = Progress("one", 2 * MB, stopped)
    stopped.set()
    with pytest.raises(LabError, match="Fetching one was stopped"):
        one.add(1)
    assert told.getvalue() == ""
