"""Finds articles in feeds and HTML, however broken, and says what is the same article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import feedparser
from crawler.fetching import Page
from selectolax.lexbor import LexborHTMLParser

TRACES = ("utm_", "fbclid", "gclid")
"""How parameters begin that tell where a reader comes from, and not which page is meant."""

LONGEST_ADDRESS, LONGEST_HEADLINE = 2_000, 300
"""In letters. Both are sent to Kafka, which takes no message of more than a megabyte."""


@dataclass(frozen=True)
class Headline:
    """An article: its one address, and its headline."""

    url: str
    title: str


def canonical(url: str) -> str:
    """The same address for the same page: without fragment, traces, and capitals in its host."""
    parts = urlsplit(url)
    query = [(k, v) for k, v in parse_qsl(parts.query) if not k.lower().startswith(TRACES)]
    return urlunsplit(
        (parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", urlencode(query), "")
    )


def address(base: str, link: str) -> str:
    """The one address to which a link on the page `base` leads. Empty if it leads to no page."""
    try:
        url = canonical(urljoin(base, link))
    except ValueError:  # as for `http://[`
        return ""
    fits = url.startswith(("http://", "https://")) and len(url) <= LONGEST_ADDRESS
    return url if fits else ""


def links(page: Page) -> list[str]:
    """The addresses of the articles on a front page, on its own site, each once."""
    found = _links_of_feed(page) if is_feed(page) else _links_of_html(page)
    site = urlsplit(page.url).netloc
    whole = filter(None, (address(page.url, link) for link in found))
    return list(dict.fromkeys(url for url in whole if urlsplit(url).netloc == site))


def is_feed(page: Page) -> bool:
    """Whether it begins like RSS or Atom. What the server calls it is often wrong."""
    start = page.body[:500].lstrip().lower()
    return start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf"))


def _links_of_feed(page: Page) -> Iterator[str]:
    for entry in feedparser.parse(page.text, sanitize_html=False).entries:
        if link := entry.get("link"):
            yield link


def _links_of_html(page: Page) -> Iterator[str]:
    for node in LexborHTMLParser(page.text).css("article a[href], h2 a[href]"):
        yield node.attributes["href"] or ""


def article(page: Page) -> Headline:
    """The article on this page. ValueError if it has no headline."""
    tree = LexborHTMLParser(page.text)
    title = tree.css_first("h1") or tree.css_first("title")
    letters = title.text() if title else ""
    # What moves a terminal's cursor is not to be printed there.
    words = "".join(letter for letter in " ".join(letters.split()) if letter.isprintable())
    if not words:
        raise ValueError(f"no headline on {page.url}")
    # A page may say what its own address is, but not that it is another site's.
    own = tree.css_first('link[rel="canonical"]')
    url = address(page.url, own.attributes.get("href") or "") if own else ""
    if urlsplit(url).netloc != urlsplit(page.url).netloc:
        url = canonical(page.url)
    return Headline(url, words[:LONGEST_HEADLINE])
