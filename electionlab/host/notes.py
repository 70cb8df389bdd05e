"""Invisible notes that a notebook's cells leave in its outputs, for the build that reads them."""

from __future__ import annotations

import itertools
import json

BORROWED_KAFKA = "borrowed-kafka"
"""Prefix of the names of notes about a Kafka that was already running."""
MISSING_SERVER = "missing-server"
"""Prefix of the names of notes about a server that this machine could not have."""
OF_THIS_DAY = (BORROWED_KAFKA, MISSING_SERVER)
"""Prefixes of notes that make a page be executed again the next time: it may find more then."""

_numbers = itertools.count(1)


class _Json:
    """A value whose `repr`, which is what `glue` keeps of an object, is JSON."""

    def __init__(self, value: object) -> None:
        self._written = json.dumps(value)

    def __repr__(self) -> str:
        return self._written


def leave(name: str, value: object) -> None:
    """Leave a value in this notebook's outputs, as JSON. Outside a notebook, do nothing."""
    from IPython.core.getipython import get_ipython  # only a notebook has these

    if get_ipython() is not None:
        from myst_nb import glue

        glue(name, _Json(value), display=False)


def leave_borrowed_kafka(words: str) -> None:
    """Note that this notebook found a Kafka that is not its own, and which process that is."""
    leave(f"{BORROWED_KAFKA}-{next(_numbers)}", words)  # glue warns about a name used twice


def leave_missing_server(words: str) -> None:
    """Note that this notebook did without a server, and why."""
    leave(f"{MISSING_SERVER}-{next(_numbers)}", words)
