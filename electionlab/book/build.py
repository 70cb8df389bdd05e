"""Sphinx: one build of the pages, which executes them on a real Kafka.

Before pages are read, Kafka is fetched; then each page is read by a process of its own and takes
its turn. `pages_depend_on` in conf.py names the files that, besides the page itself, cause a page
to be executed again when they change; `pages_at_once` is how many are executed at the same time.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils.nodes import document
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.logging import NAMESPACE, getLogger
from sphinx.util.typing import ExtensionMetadata

from electionlab.book import checkout, outdated, page_cache, page_turns, prefetch
from electionlab.book.execution import TYPE, Executor, Failure, WithoutConsequences
from electionlab.book.fingerprint import fingerprint
from electionlab.book.progress_lines import ClearLine, ProgressLines
from electionlab.errors import LabError, require_asserts
from electionlab.host import locks
from electionlab.host.owners import BUILD_VARIABLE, PAGE_VARIABLE, add_owner
from electionlab.host.process import Process

logger = getLogger(__name__)

BESIDE_NICENESS = 5
"""Added to the niceness of a page that runs beside the lane, which is a build's critical path."""


class Build:
    """One run of Sphinx: what is fetched before it, and whose turn it is to be executed."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.maker: Process | None = None
        self.turns: page_turns.Turns | None = None
        self.parallel = 1
        self.watches_parent = False
        self.page: page_turns.Page | None = None
        self.lines = ProgressLines()
        self.executor = Executor(self.wait_for_ports, self.report, self.note_cell)

    def take_turn(self, app: Sphinx, config: Config) -> None:
        """Wait until no other build of this checkout runs, since they share _build. Then check that
        this checkout can be built, and choose the folder in which its outputs are cached."""
        with _one_sentence():
            locks.build.acquire_in_turn()
            require_asserts()
            checkout.require_own_package()
            checkout.require_plain_path()
            folder = fingerprint(Path(app.confdir), config.pages_depend_on)
        outputs = page_cache.choose(Path(app.confdir, "_build", "executed", folder))
        config.nb_execution_cache_path = str(outputs)
        outdated.begin(app)

    def prepare(self, app: Sphinx) -> None:
        """Fetch Kafka before any page needs it."""
        add_owner(self.process)
        os.environ[BUILD_VARIABLE] = str(self.process)
        self.executor.install()
        for handler in logging.getLogger(NAMESPACE).handlers:
            handler.filters.insert(0, WithoutConsequences())  # before Sphinx counts warnings
            handler.addFilter(ClearLine())
        os.environ["PYTHONUTF8"] = "1"  # for the kernels: a cell may read a log
        with _one_sentence():
            self.maker = prefetch.prepare_all()

    def arrange(self, app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        """Have each page read by a process of its own, if several are to be executed."""
        self.parallel = app.parallel
        at_once = app.parallel if app.parallel > 1 else app.config.pages_at_once
        pages = [page_turns.look(name, Path(env.doc2path(name))) for name in docnames]
        if at_once > 1 and sum(page.runs for page in pages) > 1:
            self.turns = page_turns.Turns(pages, at_once, on_any_machine=app.parallel > 1)
            docnames[:] = self.turns.order
            app.parallel = len(docnames)
            page_turns.notice_killed_readers()
        if any(page.runs for page in pages) and not isinstance(app._warning, io.StringIO):  # -Q
            self.lines.start(Path(app.confdir, "_build", "page-seconds.json"))

    def begin_page(self, app: Sphinx, docname: str, _source: list[str]) -> None:
        """A page is about to be read, and executed."""
        if os.getpid() != self.process and not self.watches_parent:
            self.watches_parent = True
            page_turns.end_with_parent(self.process)
        # Each page has its own cache: SQLite lets only one process at a time write to one.
        path = Path(app.config.nb_execution_cache_path, docname)
        env: Any = app.env  # to which myst-nb adds attributes
        env.mystnb_config = env.mystnb_config.copy(execution_cache_path=str(path))
        source = Path(app.env.doc2path(docname))
        os.environ[PAGE_VARIABLE] = str(source)  # for its kernel
        self.page = page_turns.look(docname, source)
        if self.turns:
            self.turns.take(docname)
            if self.turns.yields(docname):
                os.nice(BESIDE_NICENESS)  # this process reads no other page

    def end_page(self, app: Sphinx, _doctree: document) -> None:
        """A page was executed and read."""
        docname = app.env.docname
        self.lines.end(docname, outdated.succeeded(app.env, docname) is True)
        outdated.forget(app.env, docname)
        if self.turns:
            self.turns.give_back(docname)

    def report(self, failure: Failure) -> None:
        """Warn about a page that has failed."""
        place = (self.page.name, failure.line) if self.page else None
        logger.warning("%s", failure, type=TYPE, location=place)

    def note_cell(self, cell: int, cells: int) -> None:
        """A code cell of the page is about to be executed."""
        if self.page:
            self.lines.cell(self.page.name, cell, cells)

    def wait_for_ports(self) -> None:
        """Wait until nobody else uses the ports that the page is about to use. If the page itself
        waited, it would show the messages of the wait."""
        if self.page and not self.page.own_ports:
            for lock in (locks.foreground_kafka, locks.walkthrough):
                lock.acquire_in_turn()
                lock.release()

    def finish(self, app: Sphinx, _env: BuildEnvironment) -> None:
        """All pages were read. Writing them is too quick to be worth a fork."""
        app.parallel = self.parallel
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.lines.finish()
        with _one_sentence():
            prefetch.finish(self.maker)

    def leave(self, app: Sphinx, error: Exception | None) -> None:
        """The build is over."""
        self.lines.finish()
        outdated.finish(app, error)
        locks.build.release()


@contextlib.contextmanager
def _one_sentence() -> Iterator[None]:
    """End with the reason alone: Sphinx would bury it under a report of versions and extensions."""
    try:
        yield
    except LabError as error:
        raise SystemExit(f"electionlab: {error}") from None


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("pages_depend_on", [], "", frozenset({list}))
    app.add_config_value("pages_at_once", page_turns.AT_ONCE, "", frozenset({int}))
    build = Build()
    app.connect("config-inited", build.take_turn)
    app.connect("builder-inited", build.prepare)
    app.connect("env-get-outdated", lambda app, env, *_: outdated.pages(env))
    app.connect("env-before-read-docs", build.arrange)
    app.connect("source-read", build.begin_page)
    app.connect("doctree-read", build.end_page)
    app.connect("env-updated", build.finish)
    app.connect("build-finished", build.leave)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
