"""A visit to a source: its robots.txt, its front page, and each article that is linked there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from urllib.parse import urljoin, urlsplit

from crawler import reading, robots
from crawler.fetching import Fetcher, FetchError, Page
from crawler.patience import patiently
from crawler.politeness import Politeness
from protego import Protego

HOPS = 5
MOST_ARTICLES = 50


class NotOursError(Exception):
    """The source belongs to another worker now, which visits it."""


def site_of(url: str) -> str:
    """The site that a page belongs to, which has one robots.txt; empty if this is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:  # as for `http://[`
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""


class Visit:
    """`still_ours` says whether this worker still has to visit the source; it is asked right before
    each request, so that two workers hardly ever ask one site at once."""

    def __init__(
        self,
        source: str,
        *,
        agent: str,
        fetcher: Fetcher,
        politeness: Politeness,
        still_ours: Callable[[], bool],
    ) -> None:
        self._source, self._agent = source, agent
        self._fetcher, self._politeness, self._still_ours = fetcher, politeness, still_ours
        self.pages = 0  # fetched so far

    async def articles(self) -> AsyncIterator[reading.Headline]:
        """The articles, as they are found. Raises FetchError if the source cannot be read; or at
        the end, when all others have been found, if some could not. NotOursError at any time."""
        if not site_of(self._source):
            raise FetchError("not the address of a page", temporary=False)
        rules = await self._rules()
        front = await self._page(self._source, rules)
        # A front page that links to itself, or that its articles name as theirs, is no article.
        fronts = {reading.canonical(url) for url in (self._source, front.url)}
        links = [link for link in await patiently(reading.links, front) if link not in fronts]
        if not links:
            raise FetchError("no articles on it", temporary=False)
        failed: list[FetchError] = []
        seen = set(fronts)  # by all addresses that lead to them
        for link in links[:MOST_ARTICLES]:
            if link in seen or not rules.can_fetch(link, self._agent):
                continue
            try:
                page = await self._page(link, rules)
                article = await patiently(reading.article, page)
            except FetchError as error:
                failed.append(error)
                continue
            if article.url in fronts:
                article = reading.Headline(reading.canonical(page.url), article.title)
            if article.url not in seen:
                yield article
            seen |= {link, article.url, reading.canonical(page.url)}
        if failed:
            raise failed[0]

    async def _rules(self) -> Protego:
        """The rules of its robots.txt, which may be redirected (RFC 9309, section 2.3.1.2)."""
        try:
            return robots.rules(await self._follow(urljoin(self._source, "/robots.txt")))
        except FetchError as error:
            raise FetchError(f"robots.txt: {error.problem}", temporary=error.temporary) from error

    async def _page(self, url: str, rules: Protego) -> Page:
        """The page at the end of this link's redirects, where there is one."""
        page = await self._follow(url, rules)
        if page.status >= 400:
            temporary = page.status >= 500 or page.status == 429
            raise FetchError(f"answers {page.status}", temporary=temporary)
        return page

    async def _follow(self, url: str, rules: Protego | None = None) -> Page:
        """What is answered at the end of this link's redirects. None leads away from the site, nor
        to what these rules forbid."""
        for hop in range(HOPS + 1):
            if site_of(url) != site_of(self._source):
                raise FetchError("redirects to another site", temporary=False)
            if rules and not rules.can_fetch(url, self._agent):
                what = "redirects to what" if hop else "is what"
                raise FetchError(f"{what} robots.txt forbids", temporary=False)
            page = await self._get(url)
            if not page.location:
                return page
            try:
                url = urljoin(url, page.location)
            except ValueError:
                raise FetchError("redirects to what is no address", temporary=False) from None
        raise FetchError(f"more than {HOPS} redirects", temporary=False)

    async def _get(self, url: str) -> Page:
        async with self._politeness.turn(site_of(url)):
            if not self._still_ours():
                raise NotOursError(url)
            self.pages += 1
            return await self._fetcher.get(url)
