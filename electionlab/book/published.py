"""Sphinx: what a published site has beside its pages. Each page says in its head what a link to it
shows elsewhere; whoever asks for a page that there is not gets a list of those that there are."""

from __future__ import annotations

import html
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment.adapters.toctree import global_toctree_for_doc
from sphinx.util.typing import ExtensionMetadata

LENGTH = 200
"""The most characters of a description: what is longer is cut by those who show it."""

CARD = "_static/card.png"


def describe(doctree: nodes.document) -> str:
    """A page's first paragraph, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        words = " ".join(paragraph.astext().split())
        if len(words) > LENGTH:
            words = words[: LENGTH - 1].rsplit(" ", 1)[0] + "…"
        return words
    return ""


def add_card(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add what Open Graph asks for. A picture needs an address that leads there from anywhere, so
    there is none while nobody knows where the pages will be."""
    if doctree is None:
        return
    description = describe(doctree)
    tags = {
        "og:type": "website" if page == app.config.root_doc else "article",
        "og:site_name": app.config.html_title,
        "og:title": html.unescape(nodes.document.astext(app.env.titles[page])),
        "og:description": description,
    }
    if base := app.config.html_baseurl:
        tags["og:url"] = base + app.builder.get_target_uri(page)
        tags["og:image"] = base + CARD
        tags["og:image:alt"] = "A timeline: who of three workers led when"
    lines = [f'<meta property="{name}" content="{html.escape(tags[name])}" />' for name in tags]
    lines.append(f'<meta name="description" content="{html.escape(description)}" />')
    context["metatags"] = "\n".join([context.get("metatags", ""), *lines])


def write_not_found(app: Sphinx, error: Exception | None) -> None:
    """Write 404.html, which servers show at any address. So it needs no other file, and its links
    begin at the top of the server."""
    if error or not isinstance(app.builder, StandaloneHTMLBuilder) or app.builder.name != "html":
        return
    base = urlsplit(app.config.html_baseurl).path.rstrip("/") + "/"
    root = app.config.root_doc
    tree = global_toctree_for_doc(app.env, root, app.builder, collapse=True)
    pages = [root, *(_top_pages(tree, app) if tree else ())]
    links = [
        f'<li><a href="{base}{app.builder.get_target_uri(page)}">'
        f"{html.escape(app.env.titles[page].astext())}</a></li>"
        for page in pages
    ]
    text = Template(files(__package__).joinpath("not_found.html").read_text(encoding="utf-8"))
    filled = text.substitute(title=html.escape(app.config.html_title), links="\n".join(links))
    (app.builder.outdir / "404.html").write_text(filled, encoding="utf-8")


def _top_pages(tree: nodes.Element, app: Sphinx) -> list[str]:
    """The pages of the contents' first level, in order."""
    targets = {app.builder.get_target_uri(page): page for page in app.env.found_docs}
    found = [link.get("refuri", "").partition("#")[0] for link in tree.findall(nodes.reference)]
    return [targets[target] for target in dict.fromkeys(found) if target in targets]


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("html-page-context", add_card)
    app.connect("build-finished", write_not_found)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
