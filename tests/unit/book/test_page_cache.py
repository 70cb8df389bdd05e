"""Outputs of executed pages are kept for a few states of the workbook."""

import os

from electionlab.book.page_cache import KEPT, choose


def used(folder, at):
    (folder / "docs" / "playbook").mkdir(parents=True)
    os.utime(folder, (at, at))


def left(tmp_path):
    return {path.name for path in tmp_path.iterdir()}


def test_the_outputs_that_were_used_last_are_kept(tmp_path):
    for at, name in enumerate("abcde", start=1):
        used(tmp_path / name, at)
    assert choose(tmp_path / "b") == tmp_path / "b"
    assert left(tmp_path) == {"b", "d", "e"}
    assert len(left(tmp_path)) == KEPT
    used(tmp_path / "f", 6)
    choose(tmp_path / "f")  # of b, d and e the first was used last
    assert left(tmp_path) == {"b", "e", "f"}


def test_a_state_that_has_no_outputs_yet_has_its_place(tmp_path):
    for at, name in enumerate("abc", start=1):
        used(tmp_path / name, at)
    choose(tmp_path / "new")
    assert left(tmp_path) == {"b", "c"}


def test_without_any_outputs_there_is_nothing_to_remove(tmp_path):
    assert choose(tmp_path / "executed" / "a") == tmp_path / "executed" / "a"
    assert left(tmp_path) == set()
