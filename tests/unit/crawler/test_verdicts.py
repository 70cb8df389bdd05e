import pytest
from newsrooms import SITES, crawled, request, site

from electionlab.crawler import verdicts
from electionlab.crawler.observed import Article, Visit

ALL = [
    verdicts.every_article_is_found,
    verdicts.no_article_is_twice,
    verdicts.unreadable_sources_are_told,
]


@pytest.mark.parametrize("judge", ALL)
def test_all_went_well(judge):
    assert judge(crawled()).outcome == "held"


def test_an_article_that_is_missing_is_named_with_its_site():
    verdict = verdicts.every_article_is_found(crawled(articles=crawled().articles[1:]))
    assert verdict.outcome == "broken"
    assert verdict.figures["missing"] == 1
    assert verdict.evidence[0].startswith(SITES[0].address(SITES[0].stories[0]))


def test_where_nothing_can_be_read_nothing_is_said():
    assert verdicts.every_article_is_found(crawled(sites=[site("silent")])).outcome == "unknown"
    assert verdicts.no_article_is_twice(crawled(articles=[])).outcome == "unknown"
    assert verdicts.robots_are_obeyed(crawled()).outcome == "unknown"
    assert verdicts.sites_are_left_alone(crawled()).outcome == "unknown"


@pytest.mark.parametrize("end", ["?utm_source=front", "?page=2"])
def test_an_article_under_two_addresses_is_there_twice(end):
    again = Article(crawled().articles[0].url + end, "A title", 2.0)
    verdict = verdicts.no_article_is_twice(crawled(articles=[*crawled().articles, again]))
    assert verdict.outcome == "broken"
    assert (verdict.figures["twice"], verdict.figures["strange"]) == (1, 1)


def test_what_no_site_has_is_strange():
    strange = Article(f"http://{site('private').host}/private/diary", "A diary", 2.0)
    verdict = verdicts.no_article_is_twice(crawled(articles=[*crawled().articles, strange]))
    assert (verdict.figures["twice"], verdict.figures["strange"]) == (0, 1)


def test_who_is_given_up_wrongly_is_named_and_who_is_not_given_up_too():
    good, bad = site("flaky"), site("silent")
    visits = [visit for visit in crawled().visits if visit.source != bad.url]
    visits.append(Visit(good.url, 9.0, "answers 503", dead=True))
    verdict = verdicts.unreadable_sources_are_told(crawled(visits=visits))
    assert verdict.outcome == "broken"
    assert verdict.evidence == (
        f"{good.url} was given up: answers 503",
        f"{bad.url} was not given up, and never answers",
    )


@pytest.mark.parametrize(
    ("trouble", "path", "outcome"),
    [
        ("none", "2026/1", "held"),
        ("private", "private/diary", "broken"),
        ("robots 503", "robots.txt", "held"),
        ("robots 503", "feed.atom", "broken"),
    ],
)
def test_what_a_robots_txt_forbids_is_not_fetched(trouble, path, outcome):
    asked = request(1.0, f"http://{site(trouble).host}/{path}")
    assert verdicts.robots_are_obeyed(crawled(requests=[asked])).outcome == outcome


@pytest.mark.parametrize(("later", "outcome"), [(1.196, "held"), (1.194, "broken")])
def test_a_site_is_left_alone_whoever_asks(later, outcome):
    first, second, other = SITES[0].url, SITES[0].url + "x", SITES[1].url
    asked = [request(1.0, first), request(1.1, other), request(later, second, "2")]
    verdict = verdicts.sites_are_left_alone(crawled(requests=asked))
    assert verdict.outcome == outcome
    assert verdict.figures["pairs"] == 1
