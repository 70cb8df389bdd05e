"""Notebooks are stored without outputs, and their cells are small."""

import json

import pytest

from electionlab.places import PROJECT

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_stored_stripped_and_with_small_cells(path):
    notebook = json.loads(path.read_text())
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info", "ports"}
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        if cell["cell_type"] == "code":
            assert len("".join(cell["source"]).splitlines()) <= 10, cell["source"]


def test_there_are_notebooks():
    assert NOTEBOOKS
