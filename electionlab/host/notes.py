"""Invisible notes that a notebook's cells leave in its outputs, for the build that reads them.

    glue("failover-s", "2.3 s")

They are those of `myst_nb.glue(…, display=False)`, and a page shows them by its role `glue:text`.
Importing that function would bring in nbformat, jsonschema and a grammar that is compiled at each
import: 1.2 s of processor time for each notebook, and nothing of it is needed to display a value.
"""

from __future__ import annotations

import itertools
import json

BORROWED_KAFKA = "borrowed-kafka"
"""Prefix of the names of notes about a Kafka that was already running."""
MISSING_SERVER = "missing-server"
"""Prefix of the names of notes about a server that this machine could not have."""
OF_THIS_DAY = (BORROWED_KAFKA, MISSING_SERVER)
"""Prefixes of notes that make a page be executed again the next time: it may find more then."""

GLUED = "application/papermill.record/"
"""Prefix of the media types of a glued value. No front end displays such types."""

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
        glue(name, _Json(value))


def glue(name: str, value: object) -> None:
    """Keep how a notebook would display `value`, for the pages of this build, under a name that
    the notebook uses once. What it is kept as is myst-nb's format, which is scrapbook's."""
    from IPython.core.formatters import format_display_data
    from IPython.display import display

    data, metadata = format_display_data(value)  # type: ignore[no-untyped-call]
    metadata["scrapbook"] = {"name": name, "mime_prefix": GLUED}
    kept = {GLUED + kind: shown for kind, shown in data.items()}
    display(kept, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]


def leave_borrowed_kafka(words: str) -> None:
    """Note that this notebook found a Kafka that is not its own, and which process that is."""
    leave(f"{BORROWED_KAFKA}-{next(_numbers)}", words)  # glue warns about a name used twice


def leave_missing_server(words: str) -> None:
    """Note that this notebook did without a server, and why."""
    leave(f"{MISSING_SERVER}-{next(_numbers)}", words)
