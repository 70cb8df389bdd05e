"""What examples/crawler makes of the sites, without Kafka: over real HTTP, in this process."""

import asyncio
import sys
import time
from itertools import pairwise

import pytest

from electionlab.crawler import pages, world
from electionlab.crawler.sites import Sites
from electionlab.host.folders import PROJECT

sys.path.insert(0, str(PROJECT / "examples"))
from crawler import patience, reading, robots
from crawler.fetching import Fetcher, FetchError, Page
from crawler.politeness import Politeness
from crawler.visit import NotOursError, Visit


@pytest.fixture(scope="module")
def sites():
    with Sites(count=25, stories=3, poisoned=[21]) as served:
        yield served


def visit(sites, trouble, *, delay_s=0.0, still_ours=lambda: True, within_s=60.0):
    """The articles that a visit finds, in its order, and the problem at its end."""
    source = next(site for site in sites.all if site.trouble == trouble)

    async def go():
        fetcher = Fetcher("news-crawler/7101", proxy=sites.proxy, within_s=within_s)
        found, problem = [], None
        one = Visit(
            source.url,
            agent="news-crawler",
            fetcher=fetcher,
            politeness=Politeness(delay_s),
            still_ours=still_ours,
        )
        try:
            async for article in one.articles():
                found.append(article)
        except FetchError as error:
            problem = error
        finally:
            await fetcher.close()
        return found, problem

    return source, *asyncio.run(go())


@pytest.mark.parametrize("trouble", [name for name in world.CAN_BE_READ if name != "flaky"])
def test_what_can_be_read_is_found_each_article_once_with_its_headline(sites, trouble):
    source, found, problem = visit(sites, trouble)
    assert problem is None
    assert [(article.url, article.title) for article in found] == [
        (source.address(story), story.headline) for story in source.stories
    ]


@pytest.mark.parametrize(
    ("trouble", "words", "temporary"),
    [
        ("silent", "no end within 1 s", True),
        ("huge", "more than 2,000,000 bytes", False),
        ("endless", "no end within 1 s", True),
        ("circular", "more than 5 redirects", False),
        ("binary", "no articles on it", False),
        ("cut off", "not completed", True),
        ("bomb", "more than 2,000,000 bytes", False),
        ("empty", "no articles on it", False),
        ("robots 503", "answers 503, so nothing may be read", True),
        ("robots 429", "answers 429, so nothing may be read", True),
        ("poison", "not read within 5 s", False),
    ],
)
def test_what_cannot_be_read_is_given_up_with_a_reason(sites, trouble, words, temporary):
    times_out = trouble in ("silent", "endless")
    _, found, problem = visit(sites, trouble, within_s=1.0 if times_out else 60.0)
    assert found == []
    assert words in problem.problem
    assert problem.temporary is temporary


def test_a_flaky_site_is_worth_another_try(sites):
    _, _, problem = visit(sites, "flaky")
    assert (problem.problem, problem.temporary) == ("answers 503", True)
    source, found, problem = visit(sites, "flaky")
    assert problem is None
    assert len(found) == len(source.stories)


def test_nothing_that_is_forbidden_was_asked_for(sites):
    visit(sites, "private")
    visit(sites, "robots 503")
    visit(sites, "robots 429")
    forbidden = {site.host: site for site in sites.all}
    assert not [r for r in sites.requests() if forbidden[r.host].forbids(r.path)]


def test_a_site_is_left_alone_between_two_requests_also_before_the_first(sites):
    before, begun = len(sites.requests()), time.time()
    visit(sites, "none", delay_s=0.3)
    times = [request.time for request in sites.requests()[before:]]
    assert times[0] - begun >= 0.3
    assert all(later - time >= 0.3 for time, later in pairwise(times))


def test_a_visit_that_belongs_to_another_worker_asks_for_nothing_more(sites):
    before = len(sites.requests())
    with pytest.raises(NotOursError):
        visit(sites, "none", still_ours=lambda: len(sites.requests()) < before + 2)
    assert len(sites.requests()) == before + 2


def page(body, charset="utf-8", url="http://a.test/"):
    return Page(url, 200, body, charset, "")


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://A.test/x#top", "http://a.test/x"),
        ("http://a.test?utm_source=b&id=2", "http://a.test/?id=2"),
        ("HTTP://a.test/x?fbclid=1", "http://a.test/x"),
    ],
)
def test_addresses_of_the_same_page_are_the_same(url, same):
    assert reading.canonical(url) == same


def test_an_article_that_says_it_is_another_sites_is_not_believed():
    body = b'<title>T</title><link rel="canonical" href="http://b.test/1">'
    assert reading.article(page(body, url="http://a.test/2")).url == "http://a.test/2"


def test_a_page_without_a_headline_is_no_article():
    with pytest.raises(ValueError, match="no headline"):
        reading.article(page(b"<p>Hello"))


@pytest.mark.parametrize("charset", ["utf-8", "", "no-such-thing"])
def test_a_wrong_encoding_is_not_believed(charset):
    assert page("Söke".encode("windows-1252"), charset).text == "Söke"
    assert page("Söke".encode(), charset).text == "Söke"


def test_where_there_is_no_robots_txt_all_is_allowed():
    rules = robots.rules(Page("http://a.test/robots.txt", 404, b"Disallow: /", "", ""))
    assert rules.can_fetch("http://a.test/x", "news-crawler")


def die(page):
    import os

    os._exit(3)


@pytest.mark.parametrize(
    ("read", "words"), [(die, "died of it"), (reading.article, "no headline on http://a.test/")]
)
def test_a_large_page_that_kills_its_parser_kills_nobody_else(read, words):
    large = page(b"<p>" * patience.SMALL_BYTES)
    with pytest.raises(FetchError, match=words):
        asyncio.run(patience.patiently(read, large, within=30))


def test_a_small_page_that_defines_names_is_read_as_a_large_one():
    """A few kilobytes of them stand for many megabytes."""
    with pytest.raises(FetchError, match="died of it"):
        asyncio.run(patience.patiently(die, page(b'<!DOCTYPE x [<!ENTITY a "b">]>'), within=30))


def test_the_event_loop_goes_on_while_poison_is_read():
    async def go():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.05)
                ticks += 1

        ticking = asyncio.create_task(tick())
        with pytest.raises(FetchError, match="not read within"):
            await patience.patiently(reading.links, page(pages.POISON))
        ticking.cancel()
        return ticks

    assert asyncio.run(go()) >= 10
