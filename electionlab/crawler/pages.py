"""The pages of the news sites: front pages, articles, and what is wrong with them."""

from __future__ import annotations

import functools
import html
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from electionlab.crawler.world import Site, Story

HTML = "text/html; charset=utf-8"
XML = {"rss": "application/rss+xml", "atom": "application/atom+xml"}
ENCODINGS = {"latin-1": "iso-8859-1", "mislabelled": "windows-1252"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
PRIVATE = "/private/diary"
POISON = b"<!doctype html><title>News</title>" + b"<div><a href=/x>x</a>" * 40_000
"""HTML for which a parser needs many seconds, and a search for links in it minutes: both grow with
the square of how deep it is nested."""


@functools.cache
def bomb(megabytes: int) -> bytes:
    """What unpacks to so many megabytes of HTML, and is a thousandth as long."""
    packing, piece = zlib.compressobj(9), b"<p>and so on" * 87_382
    pieces = [packing.compress(piece) for _ in range(megabytes)]
    return b"".join([*pieces, packing.flush()])


@dataclass(frozen=True)
class Answer:
    """What a site answers. `how` is `at once`, or how its body does not end as it should: `never`,
    `huge`, `endless` or `cut off`."""

    status: int = 200
    body: bytes = b""
    kind: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    how: str = "at once"
    after_s: float = 0.0


def answer(site: Site, path: str, asked_before: int) -> Answer:
    """What this site answers to who asks for this path, which was asked for so often before."""
    if path == "/robots.txt":
        return _robots(site)
    if path == site.url.removeprefix(f"http://{site.host}"):
        return _front_trouble(site, asked_before) or _written(site, _front(site))
    return _behind(site, path) or Answer(404, b"<title>Not found</title>")


def _behind(site: Site, path: str) -> Answer | None:
    """What is behind the front page; None if nothing is there."""
    stories = {story.path: story for story in site.stories}
    if site.trouble == "private":
        stories[PRIVATE] = Story(0, PRIVATE, "A diary")
    if path in stories:
        return _written(site, _article(site, stories[path]))
    first, _, number = path[1:].rpartition("/")
    match site.trouble, first:
        case "moved", "" if number == "latest":
            return _written(site, _front(site))
        case "tracked", "go":
            found = [story for story in site.stories if str(story.number) == number]
            return _redirect(f"{found[0].path}?utm_source=go") if found else None
        case "circular", "round":
            return _redirect(f"/round/{int(number) + 1}")
    return None


def _robots(site: Site) -> Answer:
    if site.trouble == "no robots":
        return Answer(404, b"<title>Not found</title>")
    if site.trouble in ("robots 503", "robots 429"):
        return Answer(int(site.trouble[-3:]), b"busy", "text/plain")
    return Answer(body=b"User-agent: *\nDisallow: /private/\n", kind="text/plain; charset=utf-8")


def _redirect(to: str, status: int = 302) -> Answer:
    return Answer(status, headers={"Location": to})


def _front_trouble(site: Site, asked_before: int) -> Answer | None:
    """What is wrong with the front page itself; None if nothing is."""
    wrong = {
        "moved": _redirect("/latest", 301),
        "circular": _redirect("/round/1"),
        "binary": Answer(body=PNG),
        "silent": Answer(how="never"),
        "poison": Answer(body=POISON),
    }
    if site.trouble == "bomb":
        return Answer(body=bomb(48), headers={"Content-Encoding": "deflate"})
    if site.trouble in ("huge", "endless", "cut off"):
        return Answer(body=_front(site).encode(), how=site.trouble)
    if site.trouble == "flaky" and asked_before == 0:
        return Answer(503, b"busy", "text/plain")
    return wrong.get(site.trouble)


def _written(site: Site, text: str) -> Answer:
    """A page in the site's own encoding."""
    encoding = ENCODINGS.get(site.trouble, "utf-8")
    kind = HTML if text.startswith("<!doctype html>") else f"{XML[site.kind]}; charset=utf-8"
    if site.trouble == "latin-1":
        kind = kind.replace("utf-8", encoding)
    after_s = 0.5 if site.trouble == "slow" else 0.0
    return Answer(body=text.encode(encoding, "replace"), kind=kind, after_s=after_s)


def _links(site: Site) -> list[tuple[str, str]]:
    """The address and the headline of each link on the front page."""
    links = [(site.address(story), story.headline) for story in site.stories]
    if site.trouble == "tracked":
        links = [
            (address, story.headline)
            for story in site.stories
            for address in (
                f"http://{site.host}/go/{story.number}",
                f"{site.address(story)}?utm_source=front&utm_medium=link#comments",
            )
        ]
    if site.trouble == "odd links":
        links = [(address.partition(".test")[2], headline) for address, headline in links]
        links += [("http://[", "Nowhere"), ("#top", "Up"), (site.url, "News")]
    if site.trouble == "empty":
        links = []
    if site.trouble == "private":
        links.append((f"http://{site.host}{PRIVATE}", "A diary"))
    return links


def _front(site: Site) -> str:
    links = [(html.escape(url), html.escape(headline)) for url, headline in _links(site)]
    # What ends too early, or is not closed, is what people write by hand.
    is_closed = site.trouble != "malformed"
    name = html.escape(site.host)
    if site.kind == "rss":
        items = "".join(f"<item><title>{t}</title><link>{u}</link></item>\n" for u, t in links)
        close = "</channel></rss>" if is_closed else ""
        return f'<rss version="2.0"><channel><title>{name}</title>\n{items}{close}'
    if site.kind == "atom":
        items = "".join(
            f'<entry><title>{t}</title><id>{u}</id><link href="{u}"/></entry>\n' for u, t in links
        )
        close = "</feed>" if is_closed else ""
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{name}</title>\n{items}{close}'
    close_item = "</article>" if is_closed else ""
    items = "".join(f'<article><h2><a href="{u}">{t}</a></h2>{close_item}\n' for u, t in links)
    about = '<p><a href="/about">About us</a>'
    return f"<!doctype html><title>{name}</title><body>{about}{items}</body>"


def _article(site: Site, story: Story) -> str:
    title = html.escape(story.headline)
    body = f"<p>{title}, as everybody in town knows by now.</p>" * 3
    canonical = f'<link rel="canonical" href="{site.address(story)}">'
    return f"<!doctype html><title>{title}</title>{canonical}<h1>{title}</h1>{body}"
