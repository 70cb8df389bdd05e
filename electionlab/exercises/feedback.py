"""What a check says of an answer, and how it takes answers of any kind without breaking."""

from __future__ import annotations

import functools
import html
import inspect
import math
import numbers
import re
import reprlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec

from electionlab.errors import LabError
from electionlab.history.history import History

P = ParamSpec("P")


@dataclass(frozen=True)
class Feedback:
    """Whether an answer is right, and in one or two sentences what was seen and what to try."""

    solved: bool
    words: str

    def __str__(self) -> str:
        return f"{'✓ Solved.' if self.solved else '○ Not yet.'} {self.words}"

    def __repr__(self) -> str:  # what a terminal shows, and a page that is not HTML
        return str(self)

    def _repr_html_(self) -> str:
        kind, mark = ("solved", "✓ Solved.") if self.solved else ("open", "○ Not yet.")
        words = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(self.words))
        return (
            f'<div class="exercise exercise-{kind}" role="note">'
            f"<p><strong>{mark}</strong> {words}</p></div>"
        )


class UnsolvedError(Exception):
    """An answer that is not right, and why."""


def gives_feedback(check: Callable[P, str]) -> Callable[P, Feedback]:
    """A check as pages call it. The function that it decorates returns what to say of a right
    answer, and raises UnsolvedError for any other. LabError means that a cluster could not be
    had."""

    @functools.wraps(check)
    def judge(*args: P.args, **kwargs: P.kwargs) -> Feedback:
        try:
            return Feedback(True, check(*args, **kwargs))
        except UnsolvedError as why:
            return Feedback(False, str(why))
        except LabError as error:
            return Feedback(False, f"This could not be checked to the end. {error}")

    # What the reference shows
    judge.__annotations__ = {**check.__annotations__, "return": Feedback}
    signature = inspect.signature(check)
    judge.__signature__ = signature.replace(return_annotation=Feedback)  # type: ignore[attr-defined]
    return judge


def a_history(given: object) -> History:
    """The history of a run, or the run's so far. UnsolvedError for anything else."""
    ask = getattr(given, "history", None)
    found = ask() if callable(ask) else given
    if isinstance(found, History):
        return found
    raise UnsolvedError(
        f"The history is missing: this is {shown(given)}. Run the cells above first."
    )


def a_number(answer: object, what: str) -> float:
    """The answer, if it is a finite number. `what` says what it counts."""
    require_begun(answer, f"Put in {what}.")
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
        raise UnsolvedError(f"A number is wanted, {what}, and this is {shown(answer)}.")
    if not math.isfinite(number := float(answer)):
        raise UnsolvedError(f"{shown(answer)} counts nothing: {what} is wanted.")
    return number


def a_worker(answer: object) -> str:
    """The name of the worker that the answer names: itself, its name, or its port."""
    name = getattr(answer, "name", answer)
    if isinstance(name, bool) or not isinstance(name, (str, int)):
        raise UnsolvedError(f"The name of a worker is wanted, and this is {shown(answer)}.")
    return str(name)


def call(answer: object, *given: object, returns: bool = True) -> object:
    """What the learner's function returns. UnsolvedError if it is none, raises, or returns nothing
    where something is wanted (`returns`)."""
    require_begun(answer, "Write the function, and hand it over.")
    if not callable(answer):
        raise UnsolvedError(f"A function is wanted, and this is {shown(answer)}.")
    try:
        found: object = answer(*given)
    except (Exception, SystemExit) as error:
        raise UnsolvedError(
            f"Your function raised {type(error).__name__}: {shown(error)}. Call it in a cell of "
            "its own, to see the line."
        ) from error
    if returns:
        require_begun(found, "Your function returns nothing. Does it end in `return`?")
    return found


def require_begun(answer: object, first_step: str) -> None:
    """UnsolvedError, with the first step to take, if there is no answer."""
    if answer is None or answer is ...:
        raise UnsolvedError(first_step)


def shown(thing: object) -> str:
    """A thing in a few letters, whatever its `__repr__` does."""
    try:
        return str(thing)[:100] if isinstance(thing, BaseException) else reprlib.repr(thing)
    except Exception:
        return f"something of the type {type(thing).__name__}"
