"""Copies of the notebooks: made, renewed, and never at the cost of what a reader has written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from electionlab.book import notebook_copies
from electionlab.errors import LabError

NAME = "01-first.ipynb"


def notebook(*cells: str, outputs: bool = False) -> str:
    told = [
        {"cell_type": "code", "source": text.splitlines(keepends=True), "metadata": {}, "id": "a"}
        | {"outputs": [{"output_type": "stream", "text": "7101"}] if outputs else []}
        for text in cells
    ]
    return json.dumps({"cells": told, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / NAME).write_text(notebook("1 + 1", "2 + 2"), encoding="utf-8")
    return folder


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    return tmp_path / "my-notebooks"


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_first_copy_is_the_notebook(notebooks, copies):
    assert notebook_copies.refresh(notebooks, copies) == []
    assert visible(copies) == [NAME]
    assert (copies / NAME).read_bytes() == (notebooks / NAME).read_bytes()


@pytest.mark.parametrize("text", [notebook("mine"), notebook("1 + 1", outputs=True), "", "[]"])
def test_nothing_new_leaves_a_copy_as_it_is(notebooks, copies, text):
    notebook_copies.refresh(notebooks, copies)
    (copies / NAME).write_text(text, encoding="utf-8")
    assert notebook_copies.refresh(notebooks, copies) == []
    assert visible(copies) == [NAME]
    assert (copies / NAME).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "run", [notebook("1 + 1", "2 + 2", outputs=True), notebook("1 + 1", "2 + 2", "\n")]
)
def test_a_newer_version_replaces_a_copy_that_was_only_run(notebooks, copies, run):
    notebook_copies.refresh(notebooks, copies)
    (copies / NAME).write_text(run, encoding="utf-8")
    (notebooks / NAME).write_text(notebook("1 + 2"), encoding="utf-8")
    (told,) = notebook_copies.refresh(notebooks, copies)
    assert "my-notebooks/01-first.ipynb has been replaced" in told
    assert (copies / NAME).read_bytes() == (notebooks / NAME).read_bytes()
    assert visible(copies) == [NAME]
    assert notebook_copies.refresh(notebooks, copies) == []


@pytest.mark.parametrize("mine", [notebook("1 + 1", "mine"), notebook("1 + 1"), "", "[]", "{}"])
def test_a_newer_version_is_put_beside_what_a_reader_has_edited(notebooks, copies, mine):
    notebook_copies.refresh(notebooks, copies)
    (copies / NAME).write_text(mine, encoding="utf-8")
    for number in (2, 3):
        (notebooks / NAME).write_text(notebook(f"version {number}"), encoding="utf-8")
        (told,) = notebook_copies.refresh(notebooks, copies)
        assert f"01-first-version-{number}.ipynb" in told
        assert notebook_copies.refresh(notebooks, copies) == [], "it is offered once"
    assert visible(copies) == ["01-first-version-2.ipynb", "01-first-version-3.ipynb", NAME]
    assert (copies / NAME).read_text(encoding="utf-8") == mine
    assert "version 2" in (copies / "01-first-version-2.ipynb").read_text(encoding="utf-8")


def test_a_copy_that_the_reader_has_brought_up_to_date_is_current(notebooks, copies):
    notebook_copies.refresh(notebooks, copies)
    newer = notebook("1 + 2", outputs=True)
    (copies / NAME).write_text(newer, encoding="utf-8")
    (notebooks / NAME).write_text(notebook("1 + 2"), encoding="utf-8")
    assert notebook_copies.refresh(notebooks, copies) == []
    assert (copies / NAME).read_text(encoding="utf-8") == newer
    (notebooks / NAME).write_text(notebook("1 + 3"), encoding="utf-8")
    assert "has been replaced" in notebook_copies.refresh(notebooks, copies)[0]


def test_a_copy_that_was_deleted_comes_back(notebooks, copies):
    notebook_copies.refresh(notebooks, copies)
    (copies / NAME).unlink()
    notebook_copies.refresh(notebooks, copies)
    assert visible(copies) == [NAME]


def test_a_file_that_was_there_before_is_never_overwritten(notebooks, copies):
    copies.mkdir()
    (copies / NAME).write_text("not made by us", encoding="utf-8")
    (told,) = notebook_copies.refresh(notebooks, copies)
    assert "was left alone" in told
    assert (copies / NAME).read_text(encoding="utf-8") == "not made by us"


def test_where_no_copies_can_be_kept_one_sentence_says_so(notebooks, copies):
    copies.write_text("a file in the way", encoding="utf-8")
    with pytest.raises(LabError, match=r"Your copies .* cannot be kept in .*my-notebooks"):
        notebook_copies.refresh(notebooks, copies)
