"""A page that is executed once more, where what executes it is a function of ours."""

import copy
from types import SimpleNamespace

import nbformat
import pytest

from electionlab.book import second_try
from electionlab.book.second_try import patiently
from electionlab.host import load


@pytest.fixture(autouse=True)
def calm(monkeypatch):
    monkeypatch.setattr(load, "per_core", lambda: 0.5)


def page(*tags):
    cells = [
        nbformat.v4.new_markdown_cell("# A page"),
        nbformat.v4.new_code_cell("start()", metadata={"tags": list(tags)}),
        nbformat.v4.new_code_cell("end()"),
    ]
    return nbformat.v4.new_notebook(cells=cells)


class Execution:
    """Fails with each of `errors` in turn, then succeeds; each time it leaves an output behind."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.seen = []

    def __call__(self, notebook, cwd, **options):
        self.seen.append((copy.deepcopy(notebook), cwd, options))
        output = nbformat.v4.new_output("stream", text=f"try {len(self.seen)}\n")
        notebook.cells[1].outputs = [output]
        error = self.errors.pop(0) if self.errors else None
        return SimpleNamespace(nb=notebook, err=error, exc_string=error and "…")


def failure(name, words="Waited 60 s in vain: nobody leads"):
    error = RuntimeError(words)
    error.ename, error.evalue = name, words
    return error


def text(notebook):
    return ["".join(output.text for output in cell.get("outputs", [])) for cell in notebook.cells]


def test_a_page_that_waited_in_vain_is_executed_once_more_from_its_source_and_says_so():
    notebook, source, execution = page(), page(), Execution(failure("DeadlineError"))
    source.cells = copy.deepcopy(notebook.cells)
    result = patiently(execution)(notebook, "here", timeout=5)
    assert result.err is None
    assert result.nb is notebook
    assert [seen[1:] for seen in execution.seen] == [("here", {"timeout": 5})] * 2
    assert execution.seen[1][0].cells == source.cells
    _, first, second = text(notebook)
    assert first.startswith("This page was executed twice")
    assert "DeadlineError: Waited 60 s in vain: nobody leads\n" in first
    assert first.endswith("try 2\n")
    assert second == ""
    nbformat.validate(notebook)


def test_what_fails_twice_has_failed():
    execution = Execution(failure("DeadlineError"), failure("DeadlineError", "again"))
    result = patiently(execution)(page(), "here")
    assert (result.err.evalue, len(execution.seen)) == ("again", 2)


def test_another_failure_has_no_second_try_and_a_success_none_either():
    execution = Execution(failure("AssertionError"))
    assert patiently(execution)(page(), "here").err
    notebook, good = page(), Execution()
    assert patiently(good)(notebook, "here").err is None
    assert (len(execution.seen), len(good.seen)) == (1, 1)
    assert text(notebook) == ["", "try 1\n", ""]


@pytest.mark.parametrize(("slept_s", "tasks", "tries"), [(0, 0.5, 1), (70, 0.5, 2), (0, 9, 2)])
def test_any_failure_has_one_on_a_machine_that_slept_or_is_very_busy(
    monkeypatch, slept_s, tasks, tries
):
    monkeypatch.setattr(load, "per_core", lambda: tasks)
    monkeypatch.setattr(second_try.Lateness, "longest_s", lambda self: slept_s)
    execution = Execution(failure("AssertionError"))
    patiently(execution)(page(), "here")
    assert len(execution.seen) == tries


def test_it_is_said_where_it_can_be_seen():
    notebook = page("remove-output")
    patiently(Execution(failure("DeadlineError")))(notebook, "here")
    _, hidden, shown = text(notebook)
    assert hidden == "try 2\n"
    assert shown.startswith("This page was executed twice")
