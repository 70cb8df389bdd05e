"""Lines of Faust's, Mode's and aiokafka's source, quoted on a page from the installed version.

A page that quotes a line which is no longer there fails, so what it says about that line is looked
at again when a version changes.
"""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from electionlab.errors import LabError

PACKAGES = {"faust": "faust-streaming", "mode": "mode-streaming", "aiokafka": "aiokafka"}
"""The distribution that each package comes from."""


@dataclass(frozen=True)
class Quotation:
    """Lines of one function: `file` in its package, the `function` with its class, the number of
    the first line, and the lines as they are, without the indentation of the first."""

    distribution: str
    version: str
    file: str
    function: str
    number: int
    lines: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        code = "\n".join(self.lines)
        return (
            f"`{self.file}`, line {self.number}, in `{self.function}` "
            f"({self.distribution} {self.version}):\n\n```python\n{code}\n```"
        )

    def __repr__(self) -> str:  # what a terminal shows
        lines = "".join(f"\n    {line}" for line in self.lines)
        place = f"{self.file}, line {self.number}, in {self.function}"
        return f"{place} ({self.distribution} {self.version}):{lines}"


def quoted(function: str, *lines: str) -> Quotation:
    """Quote lines that follow one another in a function, which is named like
    `faust.transport.consumer:Consumer.perform_seek`.
    LabError if there is no such function in the installed version, or no such lines in it."""
    module, name = function.split(":")
    package = module.partition(".")[0]
    text = _source(module).read_text(encoding="utf-8")
    first, last = _place(text, function, name)
    body = text.splitlines()[first - 1 : last]
    wanted = [line.strip() for line in lines]
    for start in range(len(body) - len(wanted) + 1):
        there = body[start : start + len(wanted)]
        if [line.strip() for line in there] == wanted:
            indent = len(there[0]) - len(there[0].lstrip())
            return Quotation(
                PACKAGES[package],
                importlib.metadata.version(PACKAGES[package]),
                f"{module.replace('.', '/')}.py",
                name,
                first + start,
                tuple(line[indent:] for line in there),
            )
    raise LabError(f"{function} has no longer the lines that this page quotes: {wanted}")


def _source(module: str) -> Path:
    """The file of a module, which is not imported for that, though its package may be."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise LabError(f"There is no {module} in what is installed.")
    return Path(spec.origin)


def _place(text: str, function: str, name: str) -> tuple[int, int]:
    """The numbers of the first and the last line of a function or method."""
    node: ast.AST = ast.parse(text)
    for part in name.split("."):
        named = [
            child
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and child.name == part
        ]
        if not named:
            raise LabError(f"There is no {function} in what is installed.")
        node = named[-1]
    assert isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return node.lineno, node.end_lineno or node.lineno
