"""An exercise about a page on which a parser works for minutes."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from typing import Any

from electionlab.errors import LabError
from electionlab.exercises.feedback import UnsolvedError, gives_feedback, require_begun, shown
from electionlab.exercises.writing import folder_of, is_blank, source_of
from electionlab.host.folders import PROJECT, new_log
from electionlab.host.process import Process, json_lines

MODULE = "answer"
SESSION_S = 6.0
"""After so many seconds without a heartbeat a worker is thrown out."""
BUSY_S = 0.1
"""Processor time in one second. A loop that only ticks takes a tenth of it."""
WITHIN_S = 45.0


@gives_feedback
def survives_poison(read_safely: Callable[..., Any] | object) -> str:
    """Judges an async function of a reader and a page, which returns what the reader makes of the
    page. It is given an ordinary page, and one that is poison for the reader: that has to end with
    an error, while the event loop goes on, and nothing may be left running. All that happens in a
    process of its own, which is ended if it stands still."""
    require_begun(read_safely, "Write the function of a reader and a page, and hand it over.")
    if not inspect.iscoroutinefunction(read_safely):
        raise UnsolvedError(f"A function made by `async def` is wanted, not {shown(read_safely)}.")
    if is_blank(read_safely):
        raise UnsolvedError("Your function does nothing yet.")
    with folder_of(MODULE, source_of(read_safely)) as folder:
        found = _tried(folder, read_safely.__name__)
    if "wrong" in found:
        raise UnsolvedError(f"From an ordinary page, your function makes {found['wrong']}.")
    if found["error"] == "none":
        raise UnsolvedError("Your function read the poison to its end, and raised no error.")
    if found["stood_s"] > SESSION_S:
        raise UnsolvedError(
            f"For {found['stood_s']:.0f} s the event loop stood still: Kafka would have thrown the "
            "worker out."
        )
    if found["left"]:
        raise UnsolvedError(f"Processes that your function left running: {found['left']}.")
    if found["busy_s"] > BUSY_S:
        raise UnsolvedError(
            f"It ended with {found['error']}, and a thread still works on the page. Nobody can end "
            "it, and while it keeps Python's lock, the event loop stands still."
        )
    return (
        f"The ordinary page was read. The poison ended with {found['error']}, and the event loop "
        "went on meanwhile."
    )


def _tried(folder: str, name: str) -> dict[str, Any]:
    """What the trial tells of the learner's function in this folder."""
    path = os.pathsep.join([folder, str(PROJECT), str(PROJECT / "examples")])
    trial = Process(
        [sys.executable, "-m", "electionlab.exercises.poison_trial", MODULE, name],
        name="The trial of your function",
        log=new_log("poison"),
        folder=PROJECT,
        environment={**os.environ, "PYTHONPATH": path},
    )
    try:
        trial.wait(WITHIN_S)
    except LabError as error:
        raise UnsolvedError(
            f"After {WITHIN_S:.0f} s your function still stood at the poison. Kafka would have "
            f"thrown the worker out after {SESSION_S:.0f} s, and the next one would get the page."
        ) from error
    finally:
        trial.stop(within=0)
    # Not simply the last line: multiprocessing may complain of what the trial's end has left.
    if results := json_lines(trial.log):
        return results[-1]
    lines = trial.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise UnsolvedError(f"Your function failed at an ordinary page: {' '.join(lines[-1:])}")
