"""A page whose execution fails for lack of time is executed once more.

If a laptop is closed during a build, or a machine is very busy, a session may expire or a wait time
out although nothing is wrong. A real fault fails the second time too. The page says that it was
executed twice, and why.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

from electionlab.errors import DeadlineError
from electionlab.host import load
from electionlab.host.waiting import STOPPED_S
from electionlab.host.wakeup_delay import Lateness

UNSEEN = {"remove-cell", "remove-output", "hide-cell", "hide-output"}


def patiently(execute: Callable[..., Any]) -> Callable[..., Any]:
    """jupyter-cache's `single_nb_execution`, with a second try after a failure for lack of time."""

    @functools.wraps(execute)
    def execute_patiently(notebook: Any, *args: Any, **options: Any) -> Any:
        again = copy.deepcopy(notebook)
        with Lateness() as lateness:
            result = execute(notebook, *args, **options)
        if not (result.err and lacked_time(result.err, lateness.longest_s())):
            return result
        second = execute(again, *args, **options)
        say_so(again, in_words(result.err))
        notebook.clear()
        notebook.update(again)
        second.nb = notebook
        return second

    return execute_patiently


def lacked_time(error: BaseException, late_s: float) -> bool:
    """Whether a cell's error may be due to a machine that stood still, or is very busy."""
    waited = getattr(error, "ename", "") == DeadlineError.__name__
    return waited or late_s > STOPPED_S or load.per_core() >= load.BUSY


def in_words(error: BaseException) -> str:
    """What a cell raised, or why it was stopped."""
    name = getattr(error, "ename", type(error).__name__)
    return f"{name}: {getattr(error, 'evalue', error)}"


def say_so(notebook: Any, why: str) -> None:
    """Say at the start of a notebook's output why it was executed twice."""
    text = "This page was executed twice, because this machine was too slow or was suspended. "
    text += f"The first time it failed:\n{why}\n"
    for cell in notebook.cells:
        if cell.cell_type == "code" and not UNSEEN & set(cell.metadata.get("tags", [])):
            output = {"output_type": "stream", "name": "stdout", "text": text}
            cell.outputs.insert(0, type(notebook)(output))
            return
