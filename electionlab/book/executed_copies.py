"""Sphinx: each notebook can be downloaded from its page with the outputs of this build, beside the
one without outputs that the theme offers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from myst_nb.sphinx_ext import OUTPUT_FOLDER
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

FOLDER = "_executed"


def executed(app: Sphinx, page: str) -> Path:
    """Where MyST-NB has written a page as it was executed."""
    return Path(app.outdir, "..", OUTPUT_FOLDER, f"{page}.ipynb").resolve()


def offer(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Add the button, and the file that it leads to."""
    source = executed(app, page)
    if Path(str(app.env.doc2path(page, base=False))).suffix != ".ipynb" or not source.is_file():
        return
    for group in context.get("header_buttons", []):  # an EPUB has none
        if group.get("label") == "download-buttons":
            copy = Path(app.outdir, FOLDER, f"{page}.ipynb")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            plain = next(b for b in group["buttons"] if b["label"] == "download-source-button")
            plain["text"] += " without outputs"
            group["buttons"].insert(
                0,
                {
                    "type": "link",
                    "text": ".ipynb with outputs",
                    "tooltip": "Download the notebook as it was executed in this build",
                    "icon": "fas fa-file-circle-check",
                    "label": "download-executed-button",
                    "url": context["pathto"](f"{FOLDER}/{page}.ipynb", 1),
                },
            )


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("html-page-context", offer, priority=502)  # after the theme's own
    return {"parallel_read_safe": True, "parallel_write_safe": True}
