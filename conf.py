"""Sphinx's configuration: the pages are executed on a real Kafka while they are built."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from docutils.nodes import document
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from electionlab import beforehand, pages  # noqa: E402
from electionlab.errors import LabError  # noqa: E402
from electionlab.locks import BUILD_VARIABLE  # noqa: E402
from electionlab.processes import Process, add_owner  # noqa: E402

project = "Leader election, live"
author = ""

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton", "sphinx_design"]
extensions += ["electionlab.ledger_page"]
root_doc = "index"
include_patterns = ["index.md", "docs/**", "notebooks/**"]
exclude_patterns = ["_build", ".venv", "**/.ipynb_checkpoints"]

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["docs/_static"]
html_css_files = ["electionlab.css"]
html_show_copyright = False
html_theme_options = {
    "use_fullscreen_button": False,
    "navbar_persistent": [],  # one search box is enough
}
html_last_updated_fmt = "%Y-%m-%d"
copybutton_prompt_text = r"^\$ "
copybutton_prompt_is_regexp = True


def _fingerprint() -> str:
    """What the outputs of the pages depend on beside their own text. The cache of outputs does not
    look at imported modules, so their sum is part of its path."""
    known = hashlib.sha256()
    files = [
        *ROOT.glob("electionlab/**/*.py"),
        *ROOT.glob("electionlab/locks/*"),
        *ROOT.glob("examples/*.py"),
        *(path for path in ROOT.glob("electionlab/kafka_home/**/*") if path.is_file()),
        *ROOT.glob("docs/recorded/*"),
        *ROOT.glob("*.txt"),
        ROOT / "docs" / "claims.toml",
        ROOT / "leader.py",
    ]
    for path in sorted(files):
        known.update(path.name.encode() + path.read_bytes())
    return known.hexdigest()[:16]


# CI executes every page anew; elsewhere a page is executed when it, or what it uses, has changed.
nb_execution_mode = "force" if os.environ.get("CI") else "cache"
nb_execution_cache_path = str(ROOT / "_build" / "executed" / _fingerprint())
nb_execution_timeout = 240
nb_execution_show_tb = True
nb_merge_streams = True
nb_output_stderr = "show"


BESIDE_NICENESS = 5


class Build:
    """One run of Sphinx: what is fetched before, and whose turn it is to be executed."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.maker: Process | None = None
        self.turns: pages.Turns | None = None
        self.parallel = 1
        self.watches = False

    def prepare(self, app: Sphinx) -> None:
        """Fetch Kafka before any page needs it."""
        add_owner(self.process)
        os.environ[BUILD_VARIABLE] = str(self.process)
        with _one_sentence():
            self.maker = beforehand.prepare_all()

    def arrange(self, app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        """Have each page read by a process of its own, if several are to be executed."""
        self.parallel = app.parallel
        at_once = app.parallel if app.parallel > 1 else app.config.pages_at_once
        found = [pages.look(name, Path(env.doc2path(name))) for name in docnames]
        if at_once > 1 and sum(page.runs for page in found) > 1:
            self.turns = pages.Turns(found, at_once)
            docnames[:] = self.turns.order
            app.parallel = len(docnames)
            pages.notice_killed_readers()

    def begin(self, app: Sphinx, docname: str, source: list[str]) -> None:
        """A page is about to be read, and executed."""
        if os.getpid() != self.process and not self.watches:
            self.watches = True
            pages.end_with_parent(self.process)
        # Each page has a cache of its own: SQLite would let only one process write to one.
        path = Path(nb_execution_cache_path, docname)
        app.env.mystnb_config = app.env.mystnb_config.copy(execution_cache_path=str(path))
        if self.turns:
            self.turns.take(docname)
            if self.turns.yields(docname):
                os.nice(BESIDE_NICENESS)  # this process reads no other page

    def end(self, app: Sphinx, doctree: document) -> None:
        """A page was executed and read."""
        if self.turns:
            self.turns.give_back(app.env.docname)

    def finish(self, app: Sphinx, env: BuildEnvironment) -> None:
        """All pages were read. Writing them takes no time worth a fork."""
        app.parallel = self.parallel
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with _one_sentence():
            beforehand.finish(self.maker)


@contextlib.contextmanager
def _one_sentence() -> Iterator[None]:
    """Say why, and no more: Sphinx would bury it under a report of versions and extensions."""
    try:
        yield
    except LabError as error:
        raise SystemExit(f"electionlab: {error}") from None


def setup(app: Sphinx) -> None:
    # `-j N` says the same.
    app.add_config_value("pages_at_once", pages.AT_ONCE, "", int)
    build = Build()
    app.connect("builder-inited", build.prepare)
    app.connect("env-before-read-docs", build.arrange)
    app.connect("source-read", build.begin)
    app.connect("doctree-read", build.end)
    app.connect("env-updated", build.finish)
