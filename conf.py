"""Sphinx's configuration: the pages are executed on a real Kafka while they are built."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from electionlab.errors import LabError  # noqa: E402
from electionlab.install import prepare  # noqa: E402
from electionlab.layout import find_home  # noqa: E402
from electionlab.processes import add_owner  # noqa: E402

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
        *ROOT.glob("*.txt"),
    ]
    for path in sorted([*files, ROOT / "leader.py"]):
        known.update(path.name.encode() + path.read_bytes())
    return known.hexdigest()[:16]


# CI executes every page anew; elsewhere a page is executed when it, or what it uses, has changed.
nb_execution_mode = "force" if os.environ.get("CI") else "cache"
nb_execution_cache_path = str(ROOT / "_build" / "executed" / _fingerprint())
nb_execution_timeout = 240
nb_execution_show_tb = True
nb_merge_streams = True
nb_output_stderr = "show"


def _fetch_first(app: Sphinx) -> None:
    """Fetch Kafka before any page needs it; say in one sentence why, if that fails."""
    add_owner(os.getpid())
    try:
        prepare()
        find_home()
    except LabError as error:
        # An exception would be buried under Sphinx's report of versions and extensions.
        raise SystemExit(f"electionlab: {error}") from None


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", _fetch_first)
