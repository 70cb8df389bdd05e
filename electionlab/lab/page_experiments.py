"""The experiments that a page defines and runs, read from the notebook or Markdown itself.

    def kill_the_leader(lab):
        ...

    kill = run(kill_the_leader)

A build begins them in advance, side by side; so it has to know them before their cells are run.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from electionlab.lab.benches import Bench
from electionlab.lab.lab import Lab
from electionlab.lab.place import Experiment

IN_A_LAB = 5
"""At most so many experiments share a lab. A lab more costs a broker and its workers, some 6 s of
processor time; more in one would take longer, one after another, than the page's other labs."""

CODE_CELL = re.compile(r"^```\{code-cell\}.*?\n(?:^:.*?\n)*(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A code cell of a page in Markdown; its source is the first group."""


@dataclass(frozen=True)
class Written:
    """An experiment as a page has it: the function's `name` and `source`, and the `options` of
    the lab that the page runs it in (`Lab`'s arguments)."""

    name: str
    source: str
    options: Mapping[str, Any]

    def function(self, namespace: dict[str, Any]) -> Experiment:
        """The function, with `namespace` as its global names."""
        defined: dict[str, Experiment] = {}
        exec(compile(self.source, self.name, "exec", dont_inherit=True), namespace, defined)
        return defined[self.name]


def make_lab(options: Mapping[str, Any]) -> Lab:
    """A lab with these options. Its workers run examples/faulty.py, which can do all faults."""
    return Lab(**{"program": "faulty", **options})


def read(page: Path) -> list[Written]:
    """The experiments that a page runs, in its order: `run(name)` or `run(name, option=…)` of a
    function defined above. One whose options are no literals is left out."""
    functions: dict[str, str] = {}
    found: list[Written] = []
    for source, tree in _cells(page):
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                functions[node.name] = ast.get_source_segment(source, node) or ""
        for call in ast.walk(tree):
            match call:
                case ast.Call(func=ast.Name(id="run"), args=[ast.Name(id=name)]):
                    with contextlib.suppress(KeyError, ValueError):
                        found.append(Written(name, functions[name], _options(call)))
    return found


def load(page: Path) -> dict[str, Experiment]:
    """The same experiments by name, as functions."""
    return {each.name: each.function({}) for each in read(page)}


def benches(written: Sequence[Written], namespace: dict[str, Any]) -> list[Bench]:
    """Labs for these experiments: those with the same options share as few as `IN_A_LAB` allows,
    dealt out in their order. Those come first that start the most workers, and so take longest."""
    alike: dict[str, list[Written]] = {}
    for each in written:
        alike.setdefault(repr(sorted(each.options.items())), []).append(each)
    shares = [share for group in alike.values() for share in _dealt_out(group)]
    return [
        Bench(
            functools.partial(make_lab, share[0].options),
            tuple(each.function(namespace) for each in share),
        )
        for share in sorted(shares, key=_workers, reverse=True)
    ]


def _dealt_out(group: Sequence[Written]) -> list[Sequence[Written]]:
    """Each lab's share: the first of the page begin first, and all have about as many."""
    labs = math.ceil(len(group) / IN_A_LAB)
    return [group[first::labs] for first in range(labs)]


def _workers(share: Sequence[Written]) -> int:
    options = share[0].options
    workers: int = max(options.get("size", 3), options.get("room", 0))
    return len(share) * workers


def _options(call: ast.Call) -> dict[str, Any]:
    return {word.arg or "": ast.literal_eval(word.value) for word in call.keywords}


def _cells(page: Path) -> Iterator[tuple[str, ast.Module]]:
    for source in _sources(page):
        with contextlib.suppress(SyntaxError):  # a line for IPython alone, such as %time
            yield source, ast.parse(source)


def _sources(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    if page.suffix != ".ipynb":
        return CODE_CELL.findall(text)
    cells = json.loads(text)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
