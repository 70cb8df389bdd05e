"""The environment of workers: the reader's, without what would change Faust's settings.

Each of Faust's settings has an environment variable, which overrides the program: with BROKER_URL
set, leader.py would join a Kafka other than the one it names. So our workers get no such variable
unless it was asked for.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.machinery
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from electionlab.host import ports

OTHERS = re.compile(
    r"FAUST_\w+|F_(DATADIR|LOOP|WORKDIR)|DJANGO_SETTINGS_MODULE|KAFKA_(?!HOME$|\w*OPTS$)\w+"
)
"""What Faust reads besides its settings, and what examples/anywhere.py reads. KAFKA_HOME and
KAFKA_OPTS are for Kafka's own scripts."""
OF_EXAMPLES = {"BLOCK_S", "TIMER_INTERVAL_S"}  # examples/faulty.py

# A notebook's kernel asks its children for colours, which would end up in the logs. Without asserts
# aiokafka would carry on where it should stop.
UNWANTED = {"FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "PYTHONOPTIMIZE"}


@functools.cache
def faust_variables() -> frozenset[str]:
    """The environment variables from which Faust takes its settings, by Faust's own list. It is
    read from Faust's source: an import would cost as much as a worker's start."""
    # `importlib.util` asks a module that is imported already, and Faust's then says nothing.
    faust = importlib.machinery.PathFinder.find_spec("faust")
    assert faust and faust.submodule_search_locations
    source = Path(faust.submodule_search_locations[0], "types", "settings", "settings.py")
    settings = ast.parse(source.read_text(encoding="utf-8"))
    return frozenset(
        str(node.value.value)
        for node in ast.walk(settings)
        if isinstance(node, ast.keyword) and node.arg == "env_name"
        if isinstance(node.value, ast.Constant)
    )


def _is_for_workers(name: str) -> bool:
    return name in faust_variables() | OF_EXAMPLES or bool(OTHERS.fullmatch(name))


def ignored(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The names of the variables that are kept from our workers, but obeyed by workers started by
    hand. WEB_BIND is not among them: our workers get their own, and the README recommends it."""
    return sorted(name for name in environ if _is_for_workers(name) and name != "WEB_BIND")


def of_worker(folder: Path, data: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a worker whose program is in `folder`, with its data under `data`.

    It looks for modules in its own folder first, and its log is in UTF-8, whatever the encoding of
    the reader's terminal.
    """
    inherited = {
        name: value
        for name, value in environ.items()
        if name not in UNWANTED and not _is_for_workers(name)
    }
    path = [str(folder.absolute()), *filter(None, [environ.get("PYTHONPATH")])]
    return inherited | {
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONUTF8": "1",
        "PYTHONIOENCODING": "utf-8",
        "WEB_BIND": ports.LOOPBACK,
        "APP_DATADIR": str(data),
    }


def without_settings() -> contextlib.AbstractContextManager[None]:
    """A block in which this process's environment has none of Faust's settings."""
    return _without(_is_for_workers)


@contextlib.contextmanager
def _without(unwanted: Callable[[str], object]) -> Iterator[None]:
    taken = {name: os.environ.pop(name) for name in list(os.environ) if unwanted(name)}
    try:
        yield
    finally:
        os.environ.update(taken)
