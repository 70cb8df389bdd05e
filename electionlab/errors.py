"""The errors that this package raises for problems that the reader can fix."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


class LabError(RuntimeError):
    """A problem that the reader can fix.

    The message says what was wrong, what was seen and what to do. Notebooks show it without this
    package's stack frames, which would not help.
    """

    def _render_traceback_(self) -> list[str]:  # called by IPython
        return [f"LabError: {self}"]


def require_asserts() -> None:
    """Raise LabError if Python drops asserts, because the pages' cells judge by them."""
    if not __debug__:
        raise LabError(
            "Python was told to drop asserts (PYTHONOPTIMIZE, or -O), and these pages judge by "
            "them: a cell that should fail would pass. Unset PYTHONOPTIMIZE, and start again."
        )


class DeadlineError(LabError):
    """Something did not happen in time, perhaps only because this machine is busy."""


@contextlib.contextmanager
def file_errors(problem: str, remedy: str) -> Iterator[None]:
    """Turn an OSError into a LabError: the problem, the system's reason, and what to do."""
    try:
        yield
    except OSError as error:
        raise LabError(f"{problem}: {error.strerror or error}. {remedy}") from error


def writing(path: Path) -> contextlib.AbstractContextManager[None]:
    """A block that writes a file which the reader named; LabError if that fails."""
    remedy = "Make room or fix the permissions there, or name another place."
    return file_errors(f"{path} cannot be written", remedy)
