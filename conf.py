"""Sphinx's configuration: the pages are executed on a real Kafka while they are built."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this folder's electionlab, no other one
# myst-nb brings nbformat, that jsonschema, and that a package that compiles a grammar of
# international addresses whenever it is imported: a second of each build. No notebook has one.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

project = "Leader election, live"
author = "The authors of this workbook"
project_copyright = f"2026, {author}"
version = release = importlib.metadata.version("electionlab")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton", "sphinx_design"]
extensions += [f"electionlab.book.{name}" for name in ("build", "claims_directive", "docstrings")]
extensions += ["electionlab.book.replay_directive", "electionlab.book.publishing"]
extensions += ["electionlab.book.published", "electionlab.book.executed_copies"]
extensions += ["electionlab.book.glossary_links", "electionlab.book.toggle_names"]
extensions += ["electionlab.book.folded", "electionlab.book.log_pages"]
default_role = "code"  # `name` in a docstring, as in Markdown
autodoc_preserve_defaults = True  # shows PROJECT, not its path on the machine that builds
root_doc = "index"
include_patterns = ["index.md", "docs/**", "notebooks/**"]
exclude_patterns = ["_build", ".venv", "**/.ipynb_checkpoints"]

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3

# Links to the documentation of other packages would need Sphinx's intersphinx, which asks the
# network; a build does not need a network. Type variables are documented nowhere.
nitpick_ignore_regex = [
    (r"py:.*", r"(collections\.abc|contextlib|datetime|pathlib|signal|threading|IPython)\..*"),
    (r"py:.*", r"electionlab(\.\w+)+\.([A-Z]|Labs)"),
]

# The address of this workbook's repository, as in https://github.com/OWNER/NAME. From it come the
# buttons that open a notebook on Binder or in Codespaces; while it is empty there are none.
repository = ""

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["docs/_static"]
html_favicon = "docs/_static/favicon.svg"
html_css_files = ["electionlab.css"]
html_show_copyright = False
html_theme_options = {
    "use_fullscreen_button": False,
    "navbar_persistent": [],  # one search box is enough
}
# Where the pages will be, with a slash at the end. Known only to who publishes them.
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
html_last_updated_fmt = "%Y-%m-%d"
epub_show_urls = "no"
epub_publisher = author
epub_exclude_files = ["search.html"]
latex_engine = "xelatex"  # pdfTeX has no ✓
linkcheck_ignore = [r"https?://(localhost|127\.0\.0\.1)\b"]  # what a reader starts
linkcheck_timeout = 20
copybutton_prompt_text = r"^\$ "
copybutton_prompt_is_regexp = True

# A page is executed again when one of these files has changed, or a package, or the page itself.
pages_depend_on = [
    "electionlab/**/*",
    "examples/**/*",
    "docs/recorded/*",
    "docs/claims.toml",
    "leader.py",
    "requirements.txt",
]

# CI executes every page anew; elsewhere a page is executed when it, or what it uses, has changed.
nb_execution_mode = "force" if os.environ.get("CI") else "cache"
# Seconds. It should end only waits without a deadline: deadlines stretch on a busy machine.
nb_execution_timeout = 3600
# electionlab.book.build warns about a page that failed, without nbclient's frames.
suppress_warnings = ["mystnb.exec"]
nb_merge_streams = True
nb_output_stderr = "show"
