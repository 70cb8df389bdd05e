"""Crawls made up for tests of what judges them."""

from electionlab.crawler import world
from electionlab.crawler.observed import Article, Crawled, Visit
from electionlab.crawler.sites import Request
from electionlab.history.history import History

SITES = world.make(25, seed=1, stories=2)


def site(trouble):
    return next(each for each in SITES if each.trouble == trouble)


def request(time, url, worker="1", status=200):
    host, _, path = url.removeprefix("http://").partition("/")
    return Request(time, host, f"/{path}", status, worker)


def crawled(*, sites=SITES, requests=(), articles=None, visits=None, events=(), delay_s=0.2):
    """All went well, except what is given."""
    if articles is None:
        found = [
            each.address(story) for each in sites if each.can_be_read for story in each.stories
        ]
        articles = [Article(url, "A title", 1.0) for url in found]
    if visits is None:
        visits = [
            Visit(each.url, 10.0, "" if each.can_be_read else "broken", not each.can_be_read)
            for each in sites
        ]
    return Crawled(sites, list(requests), articles, visits, [], History(list(events)), delay_s)
