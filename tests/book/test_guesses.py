"""What a page asks its readers before it tells, and the exercises at its end."""

from __future__ import annotations

import json

import pytest
from exercise_cells import NOTEBOOKS, find
from sites import Site

pytestmark = [pytest.mark.live, pytest.mark.timeout(3600)]
EXERCISES = find().values()


@pytest.mark.parametrize("name", [path.stem for path in NOTEBOOKS])
def test_what_happened_is_folded_under_the_question(site: Site, name: str):
    cells = json.loads((site.root / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    folded = site.page(f"notebooks/{name}").select("details.folded")
    assert len(folded) == sum("folded" in cell["metadata"].get("tags", []) for cell in cells)
    for fold in folded:
        asked = fold.parent.get_text()
        assert "Guess first." in asked.partition("What happened")[0]
        assert len(fold.parent.select("label > input")) >= 2
        assert not fold.select("label > input")
        assert fold.select(".cell_output")
        assert not fold.has_attr("open")


@pytest.mark.parametrize("name", sorted({exercise.notebook for exercise in EXERCISES}))
def test_exercises_are_open_until_a_reader_solves_them(site: Site, name: str):
    page = site.page(f"notebooks/{name}")
    told = [each.get_text() for each in page.select("div.exercise-open")]
    assert len(told) == sum(exercise.notebook == name for exercise in EXERCISES)
    assert all(len(words) > 20 for words in told)
    assert not page.select("div.exercise-solved")
