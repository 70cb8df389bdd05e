"""Which pages a build has to make again although neither they nor what they use has changed.

Sphinx keeps what it has read, and warns only while it reads: a build that failed would turn green
when repeated. So nothing is kept of a build that was not clean, or not finished; the pages that
succeeded in it are still in the cache of outputs. A page that ran on a Kafka which was there
already, skipped cells because of it, or did without a server that this machine could not have, is
made again too: it shows the machine of that day.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.environment import BuildEnvironment

from electionlab.host.notes import OF_THIS_DAY

MARK = "unfinished"


def begin(app: Sphinx) -> None:
    """Mark a build as begun, before Sphinx loads what it has kept."""
    mark = Path(app.doctreedir, MARK)
    if mark.exists():
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def finish(app: Sphinx, error: Exception | None) -> None:
    """Mark a build as finished, if it was clean."""
    if error is None and app.statuscode == 0 and app._warncount == 0:
        Path(app.doctreedir, MARK).unlink(missing_ok=True)


def succeeded(env: BuildEnvironment, page: str) -> bool | None:
    """Whether a page's cells were executed to the end; None if there are none to execute."""
    execution = NbMetadataCollector.get_exec_data(env, page)
    return execution["succeeded"] if execution else None


def borrowed(env: BuildEnvironment, page: str) -> bool:
    """Whether a page met a Kafka that is not its own, or did without a server."""
    names = NbMetadataCollector.get_doc_data(env)[page].get("glue", ())
    return any(name.startswith(OF_THIS_DAY) for name in names)


def pages(env: BuildEnvironment) -> set[str]:
    """The pages that have to be read again."""
    return {page for page in env.found_docs if succeeded(env, page) is False or borrowed(env, page)}


def forget(env: BuildEnvironment, page: str) -> None:
    """Remove a page's outputs from the cache if they may not be used again."""
    if borrowed(env, page):
        shutil.rmtree(env.mystnb_config.execution_cache_path)  # type: ignore[attr-defined]
