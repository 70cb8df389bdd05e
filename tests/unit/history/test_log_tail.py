"""A growing log is read by whole lines: each once, and none in pieces."""

import pytest

from electionlab.history.log_tail import Tail


@pytest.fixture
def log(tmp_path):
    return tmp_path / "it.log"


def test_a_line_that_is_being_written_is_left_for_the_next_time(log):
    tail = Tail(log)
    log.write_text("one\ntw", encoding="utf-8")
    assert tail.read() == "one\n"
    assert tail.read() == ""
    log.write_text("one\ntwo\nthree", encoding="utf-8")
    assert tail.read() == "two\n"


def test_a_piece_of_a_character_is_left_for_the_next_time(log):
    whole = "gro\N{LATIN SMALL LETTER SHARP S}\n".encode()
    tail = Tail(log)
    log.write_bytes(b"one\n" + whole[:4])
    assert tail.read() == "one\n"
    log.write_bytes(b"one\n" + whole)
    assert tail.read() == whole.decode()


def test_at_the_end_all_is_taken_whole_or_not(log):
    tail = Tail(log)
    log.write_bytes(b"one\ngro\xc3")
    assert tail.read(to_end=True) == "one\ngro\N{REPLACEMENT CHARACTER}"
    assert tail.read(to_end=True) == ""
