"""Sphinx: a plain Markdown link leads to a term of a glossary, as `glossary.md#session-timeout`.

Pages have MyST's role `term` for that; the text of a notebook is plain Markdown, which JupyterLab
shows too, and MyST knows only the headings of the page that a link leads to.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata


def anchors(doctree: nodes.document) -> dict[str, tuple[int | None, str, str]]:
    """For each term of a page's glossaries: the name that a link has after `#`, and the line, the
    id and the words of the term, as MyST keeps them of a heading."""
    return {
        name.removeprefix("term-").lower(): (term.line, name, term.astext())
        for term in doctree.findall(nodes.term)
        for name in term["ids"]
        if name.startswith("term-")
    }


def note_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Add a page's terms to what MyST can link to on it."""
    if found := anchors(doctree):
        app.env.metadata[app.env.docname].setdefault("myst_slugs", {}).update(found)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("doctree-read", note_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
