"""The exercises of the notebooks: their cells, their solutions, and what an answer is told."""

from __future__ import annotations

import ast
import json
import linecache
import re
from dataclasses import dataclass

from electionlab import checks, events, exercises
from electionlab.exercises.feedback import Feedback
from electionlab.history.history import History
from electionlab.host.folders import PROJECT

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
SOLUTION = re.compile(r"<summary>A solution</summary>\s+```python\n(.*?)\n```", re.DOTALL)


@dataclass(frozen=True)
class Exercise:
    """An exercise: its text, the cell as it stands there, and the solution, which is a cell too."""

    notebook: str
    name: str
    text: str
    cell: str
    solution: str


def find() -> dict[str, Exercise]:
    """The exercises of all notebooks by name: cell `exercise-<name>`, its text in the cell before
    (`…-1`), its solution in the one after (`…-2`)."""
    found = {}
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
        for cell in cells:
            name = cell["id"].removeprefix("exercise-")
            if cell["cell_type"] == "code" and name != cell["id"]:
                (solution,) = SOLUTION.findall(sources[f"exercise-{name}-2"])
                text = sources[f"exercise-{name}-1"]
                found[name] = Exercise(path.stem, name, text, sources[cell["id"]], solution)
    return found


def told(source: str, history: History | None = None, **more: object) -> Feedback:
    """What the last line of a cell says, run on a history."""
    names = {"checks": checks, "events": events, "exercises": exercises, "history": history}
    *first, last = ast.parse(source).body
    assert isinstance(last, ast.Expr)
    file = f"<cell {abs(hash(source))}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    space: dict[str, object] = {**names, **more}
    exec(compile(ast.Module(first, []), file, "exec"), space)
    feedback = eval(compile(ast.Expression(last.value), file, "eval"), space)
    assert isinstance(feedback, Feedback)
    return feedback


def with_answer(exercise: Exercise, answer: str) -> str:
    """The exercise's cell with another answer before its last line."""
    return f"{answer}\n\n{exercise.cell.splitlines()[-1]}"
