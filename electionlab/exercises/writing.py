"""What learners write: functions that are still empty, and functions that become a program."""

from __future__ import annotations

import contextlib
import inspect
import os
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

from electionlab.exercises.feedback import UnsolvedError, require_begun, shown
from electionlab.host.folders import PROJECT

MODULE = "exercise"
PROGRAM = """from anywhere import *

{source}

{name}(app)
"""


def is_blank(function: object) -> bool:
    """Whether a function mentions nothing: it has no body yet."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return False
    return not code.co_names and not any(isinstance(each, CodeType) for each in code.co_consts)


def source_of(function: Callable[..., Any]) -> str:
    """The lines of a learner's function. UnsolvedError if they are not to be had."""
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError, SyntaxError) as error:
        raise UnsolvedError(
            "The lines of your function are not to be had: write it in a cell."
        ) from error


@contextlib.contextmanager
def folder_of(module: str, program: str) -> Iterator[str]:
    """A temporary folder in which a program stands as a module."""
    with tempfile.TemporaryDirectory(prefix="electionlab-exercise-") as folder:
        Path(folder, f"{module}.py").write_text(program, encoding="utf-8")
        yield folder


@contextlib.contextmanager
def program_of(function: object) -> Iterator[dict[str, str]]:
    """A program for workers: examples/anywhere.py, to whose `app` the learner's function adds
    something. Yields the environment in which a worker finds it, as the module `MODULE`.
    UnsolvedError for what cannot be written into a file."""
    require_begun(function, "Write the function of `app`, and hand it over.")
    if not inspect.isfunction(function) or function.__name__ == "<lambda>":
        raise UnsolvedError(
            f"A function of `app` is wanted, made by `def`, and this is {shown(function)}."
        )
    if is_blank(function):
        raise UnsolvedError("Your function adds nothing to `app` yet.")
    program = PROGRAM.format(source=source_of(function), name=function.__name__)
    with folder_of(MODULE, program) as folder:
        yield {"PYTHONPATH": os.pathsep.join([str(PROJECT / "examples"), folder])}
