"""What is said of a fetch, alone and beside another one."""

import threading

import pytest

from electionlab.errors import LabError
from electionlab.host.progress import Progress

MB = 1_000_000


def test_each_tenth_of_a_fetch_is_a_line(capsys):
    one, other = Progress("one", 20 * MB), Progress("other", 10 * MB)
    for _ in range(10):
        one.add(MB)
        other.add(MB)
        one.add(MB)
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "one" in line] == [
        f"Fetching one {done} of 20 MB" for done in (1, *range(2, 21, 2))
    ]
    assert lines[-1] == "Fetching one 20 of 20 MB"
    assert sum("other" in line for line in lines) == 10


def test_a_stopped_fetch_gets_no_further(capsys):
    stopped = threading.Event()
    one = Progress("one", 2 * MB, stopped)
    stopped.set()
    with pytest.raises(LabError, match="Fetching one was stopped"):
        one.add(1)
    assert capsys.readouterr().err == ""
