"""What holds for a crawl, judged by what the sites themselves have seen."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from electionlab.checks.verdict import Evidence, Verdict
from electionlab.crawler.observed import Crawled
from electionlab.crawler.sites import Request
from electionlab.crawler.world import TROUBLES

CLOCK_S = 0.005
"""How exact the times of two requests are."""


def every_article_is_found(crawled: Crawled) -> Verdict:
    """Whether each article of each site that can be read is in the result. Unknown if there is
    none. Figures: `wanted`, `missing`."""
    claim = "Each article of each source that can be read is in the result."
    wanted, found = crawled.wanted, {article.url for article in crawled.articles}
    if not wanted:
        return Verdict(claim, "unknown", "No source can be read.")
    missing = [url for url in wanted if url not in found]
    figures = {"wanted": len(wanted), "missing": len(missing)}
    if not missing:
        return Verdict(claim, "held", f"All {len(wanted)} are.", (), figures)
    evidence = tuple(f"{url}: the site {_trouble(crawled, url)}" for url in missing)
    return Verdict(claim, "broken", f"{len(missing)} are missing.", evidence, figures)


def no_article_is_twice(crawled: Crawled) -> Verdict:
    """Whether the result has each article under one address, and nothing that is none. Unknown if
    it is empty. Figures: `articles`, `twice`, `strange` (addresses that no site has)."""
    claim = "No article is in the result twice."
    if not crawled.articles:
        return Verdict(claim, "unknown", "The result is empty.")
    addresses = {site.address(story) for site in crawled.sites for story in site.stories}
    without_query = Counter(article.url.partition("?")[0].lower() for article in crawled.articles)
    twice = [url for url, count in without_query.items() if count > 1]
    strange = [article.url for article in crawled.articles if article.url not in addresses]
    figures = {
        "articles": len(crawled.articles),
        "twice": len(twice),
        "strange": len(strange),
    }
    if not twice and not strange:
        finding = f"It has {len(crawled.articles)}, each under its own address."
        return Verdict(claim, "held", finding, (), figures)
    evidence = [f"{url} is there {without_query[url]} times" for url in twice]
    evidence += [f"{url} is no address of an article" for url in strange]
    finding = f"{len(twice)} are there twice, and {len(strange)} addresses are of no article."
    return Verdict(claim, "broken", finding, tuple(evidence), figures)


def unreadable_sources_are_told(crawled: Crawled) -> Verdict:
    """Whether just those sources were given up that nobody can read. Figures: `dead`, `wrong`."""
    claim = "What cannot be read is given up with a reason, and nothing else is."
    wrong = []
    dead = {visit.source: visit for visit in crawled.visits if visit.dead}
    for site in crawled.sites:
        if site.can_be_read and site.url in dead:
            wrong.append(f"{site.url} was given up: {dead[site.url].problem}")
        if not site.can_be_read and site.url not in dead:
            wrong.append(f"{site.url} was not given up, and {_trouble(crawled, site.url)}")
    figures = {"dead": len(dead), "wrong": len(wrong)}
    if wrong:
        return Verdict(claim, "broken", f"{len(wrong)} are wrong.", tuple(wrong), figures)
    evidence = tuple(f"{source}: {visit.problem}" for source, visit in dead.items())
    return Verdict(claim, "held", f"Given up: {len(dead)}.", evidence, figures)


def robots_are_obeyed(crawled: Crawled) -> Verdict:
    """Whether no site was asked for what its robots.txt forbids. Unknown if nobody asked for
    anything. Figures: `pages`, `forbidden`."""
    claim = "Nothing was fetched that a robots.txt forbids."
    if not crawled.requests:
        return Verdict(claim, "unknown", "Nothing was fetched.")
    sites = {site.host: site for site in crawled.sites}
    forbidden = [
        Evidence(f"{request.url}, by worker {request.worker}", time=request.time)
        for request in crawled.requests
        if request.host in sites and sites[request.host].forbids(request.path)
    ]
    figures = {"pages": len(crawled.requests), "forbidden": len(forbidden)}
    if forbidden:
        finding = f"{len(forbidden)} of {len(crawled.requests)} requests asked for such a page."
        return Verdict(claim, "broken", finding, tuple(forbidden), figures)
    finding = f"None of {len(crawled.requests)} requests asked for such a page."
    return Verdict(claim, "held", finding, (), figures)


def sites_are_left_alone(crawled: Crawled) -> Verdict:
    """Whether between two requests to a site there was the delay that the crawler promises, whoever
    asked. Unknown if no site was asked twice. Figures: `pairs`, `too_soon`, `shortest_s`."""
    claim = f"Each site is left alone for {crawled.delay_s:g} s between two requests."
    by_host: dict[str, list[Request]] = {}
    for request in crawled.requests:
        by_host.setdefault(request.host, []).append(request)
    pairs = [pair for requests in by_host.values() for pair in pairwise(requests)]
    if not pairs:
        return Verdict(claim, "unknown", "No site was asked twice.")
    soon = [
        (before, after)
        for before, after in pairs
        if after.time - before.time < crawled.delay_s - CLOCK_S
    ]
    figures = {
        "pairs": len(pairs),
        "too_soon": len(soon),
        "shortest_s": min(after.time - before.time for before, after in pairs),
    }
    if not soon:
        finding = f"The shortest pause was {figures['shortest_s']:.2f} s."
        return Verdict(claim, "held", finding, (), figures)
    evidence = tuple(
        Evidence(
            f"{after.host}: worker {after.worker} asked {after.time - before.time:.3f} s after "
            f"worker {before.worker}",
            time=after.time,
            worker=after.worker,
        )
        for before, after in soon
    )
    return Verdict(claim, "broken", f"{len(soon)} requests came too soon.", evidence, figures)


def _trouble(crawled: Crawled, url: str) -> str:
    site = next(site for site in crawled.sites if url.startswith(f"http://{site.host}/"))
    return TROUBLES[site.trouble]
