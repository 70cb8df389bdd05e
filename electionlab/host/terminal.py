"""Output that can be read on any terminal, whatever its encoding."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TextIO

PLAIN = {"✓": "+", "✗": "x", "→": "->", "…": "...", "–": "-", "×": "x"}
ERRORS = "electionlab.plain"


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]
    return "".join(PLAIN.get(character, "?") for character in missing), error.end


def print_anywhere() -> None:
    """From now on, standard output and standard error replace characters that the terminal's
    encoding lacks with plainer ones: + for ✓."""
    codecs.register_error(ERRORS, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ERRORS)


def shows_colours(stream: TextIO) -> bool:
    """Whether text written there may be in colours: to a terminal that has them, unless its reader
    wants none (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()
