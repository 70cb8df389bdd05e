"""What examples/crawler makes of sources that are no decent sites, over real HTTP."""

import asyncio
import sys
import tracemalloc

import pytest
from odd_answers import answer, bomb, endless, redirect, served

from electionlab.host.folders import PROJECT
from electionlab.host.ports import LOOPBACK, free_port

sys.path.insert(0, str(PROJECT / "examples"))
from crawler.fetching import Fetcher, FetchError
from crawler.politeness import Politeness
from crawler.visit import Visit, site_of


def html(*links):
    items = "".join(f'<article><a href="{link}">x</a></article>' for link in links)
    return answer(f"<!doctype html><h1>The front page</h1>{items}".encode())


def feed(items):
    start = '<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>'
    return answer(f"{start}{items}</channel></rss>".encode(), kind="application/rss+xml")


ARTICLE = answer(b"<h1>Hello</h1>")
DECENT = {"/": html("/1"), "/1": ARTICLE}
ITEM = "<item><link>/1</link></item>"


def visit(source):
    """The paths and the headlines that a visit finds, and the problem at its end."""

    async def go():
        fetcher, found = Fetcher("news-crawler/1", within_s=30), []
        visit = Visit(
            source,
            agent="news-crawler",
            fetcher=fetcher,
            politeness=Politeness(0),
            still_ours=lambda: True,
        )
        try:
            async for article in visit.articles():
                found.append((article.url.removeprefix(source.rstrip("/")), article.title))
        except FetchError as error:
            return found, error
        finally:
            await fetcher.close()
        return found, None

    return asyncio.run(go())


def visited(**pages):
    """A visit to a decent site, some of whose pages are others."""
    with served({**DECENT, **{f"/{name}": page for name, page in pages.items()}}) as site:
        return visit(f"{site}/")


def front(page):
    """A visit to a site with this front page."""
    return visited(**{"": page})


@pytest.mark.parametrize(
    ("page", "words", "temporary"),
    [
        (bomb(20), "more than 2,000,000 bytes", False),
        (endless(b"<p>and so on" * 5_000), "more than 2,000,000 bytes", False),
        (redirect("/"), "more than 5 redirects", False),
        (redirect("http://["), "redirects to what is no address", False),
        (redirect("http://elsewhere.test/"), "redirects to another site", False),
        (redirect("file:///etc/passwd"), "redirects to another site", False),
        (redirect("/private"), "redirects to what robots.txt forbids", False),
        (answer(status="302 Found"), "no articles on it", False),
        (answer(bytes(range(256)) * 100), "no articles on it", False),
        (answer(b""), "no articles on it", False),
        (feed(""), "no articles on it", False),
        (html("/", "#top", "mailto:us@a.test", "http://["), "no articles on it", False),
        (answer(status="404 Not Found"), "answers 404", False),
        (answer(status="429 Too Many Requests"), "answers 429", True),
        (answer(b"hello", Content_Encoding="gzip"), "Can not decode content-encoding", True),
        (b"SSH-2.0-OpenSSH\r\n", "Bad status line", True),
        (b"", "Server disconnected", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort", "not completed", True),
    ],
)
def test_a_front_page_that_is_none_is_given_up_with_the_reason_in_one_line(page, words, temporary):
    robots = answer(b"User-agent: *\nDisallow: /private\n", kind="text/plain")
    found, problem = visited(**{"": page, "robots.txt": robots})
    assert found == []
    assert words in problem.problem
    assert "\n" not in problem.problem
    assert problem.temporary is temporary


@pytest.mark.parametrize(
    "page",
    [
        html("http://[", "ftp://a.test/1", "javascript:alert(1)", "/" + "a" * 3_000, "/1"),
        html("/", "#top", "/1", "./1", "1?utm_source=front"),
        feed("<item><link>1</link></item>"),
        feed(f"{ITEM}&nbsp;<b></item><<<"),
        feed(f"<item><pubDate>{'9' * 10_000}</pubDate></item>{ITEM}"),
        feed(f"<item><pubDate>Doomsday, 99 Xyz 77:77</pubDate></item>{ITEM}"),
    ],
)
def test_an_odd_link_or_item_costs_no_other_one(page):
    assert front(page) == ([("/1", "Hello")], None)


@pytest.mark.parametrize("page", [bomb(100), endless(b"<p>and so on" * 5_000)])
def test_memory_stays_bounded(page):
    front(ARTICLE)  # whatever is loaded once
    tracemalloc.start()
    try:
        front(page)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20_000_000


@pytest.mark.parametrize(
    ("page", "words", "temporary"),
    [
        (answer(status="503 Busy"), "robots.txt: answers 503, so nothing may be read", True),
        (answer(status="429 Slow"), "robots.txt: answers 429, so nothing may be read", True),
        (redirect("/robots.txt"), "robots.txt: more than 5 redirects", False),
        (redirect("http://elsewhere.test/"), "robots.txt: redirects to another site", False),
        (redirect("/rules"), "is what robots.txt forbids", False),
        (endless(b"Disallow: /x\n" * 5_000), "robots.txt: more than 2,000,000 bytes", False),
    ],
)
def test_a_robots_txt_that_says_no_or_cannot_be_read_keeps_the_crawler_out(page, words, temporary):
    rules = answer(b"User-agent: *\nDisallow: /\n", kind="text/plain")
    found, problem = visited(**{"robots.txt": page, "rules": rules})
    assert found == []
    assert (problem.problem, problem.temporary) == (words, temporary)


@pytest.mark.parametrize("page", [answer(status="404 Not Found"), answer(bytes(range(256)) * 9)])
def test_where_no_robots_txt_can_be_made_out_all_is_allowed(page):
    assert visited(**{"robots.txt": page}) == ([("/1", "Hello")], None)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (answer(b"<h1>\x1b[2JHe\x07llo\r\nyou</h1>"), ("/1", "[2JHello you")),
        (answer(b"<h1>" + b"a" * 1_900_000), ("/1", "a" * 300)),
        (answer(b'<h1>Hello</h1><link rel="canonical" href="http://[">'), ("/1", "Hello")),
        (answer(b'<h1>Hello</h1><link rel="canonical" href="/">'), ("/1", "Hello")),
        (answer("<h1>Söke</h1>".encode(), kind="text/html; charset=undefined"), ("/1", "Söke")),
        (answer("<h1>Söke</h1>".encode(), kind="text/html; charset=hex"), ("/1", "Söke")),
    ],
    ids=["escapes", "long", "no address", "the front page", "undefined", "no encoding"],
)
def test_what_an_article_says_of_itself_is_taken_within_limits(page, found):
    assert visited(**{"1": page}) == ([found], None)


def test_one_article_that_is_gone_costs_no_other_one():
    found, problem = visited(**{"": html("/gone", "/1")})
    assert found == [("/1", "Hello")]
    assert (problem.problem, problem.temporary) == ("answers 404", False)


@pytest.mark.parametrize("source", ["hello", "http://[", "ftp://a.test/", "http:///x", ""])
def test_a_source_that_is_no_address_is_given_up_at_once(source):
    _, problem = visit(source)
    assert site_of(source) == ""
    assert (problem.problem, problem.temporary) == ("not the address of a page", False)


def test_a_port_that_nobody_could_have_is_not_tried_again():
    _, problem = visit("http://a.test:99999/")
    assert "InvalidUrl" in problem.problem
    assert not problem.temporary


def test_a_site_that_cannot_be_reached_is_worth_another_try():
    _, problem = visit(f"http://{LOOPBACK}:{free_port()}/")
    assert problem.problem.startswith("robots.txt: ClientConnector")
    assert LOOPBACK in problem.problem
    assert problem.temporary
