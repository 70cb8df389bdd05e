import urllib.request
from http.client import HTTPConnection

import pytest

from electionlab.crawler.sites import Request, Sites, requests_of
from electionlab.errors import LabError


@pytest.fixture(scope="module")
def sites():
    with Sites(count=25, stories=2) as served:
        yield served


def get(sites, url, agent="crawler/7101"):
    """What the sites answer to who uses them as a proxy."""
    connection = HTTPConnection("127.0.0.1", sites.port, timeout=60)
    connection.request("GET", url, headers={"User-Agent": agent})
    return connection.getresponse()


def test_each_site_has_pages_of_its_own_and_the_log_says_who_asked_for_what(sites):
    first, second = sites.all[0], sites.all[9]
    before = len(sites.requests())
    for one in first, second:
        answer = get(sites, one.address(one.stories[0]))
        assert answer.status == 200
        assert one.stories[0].headline in answer.read().decode()
    logged = sites.requests()[before:]
    assert [(r.url, r.status, r.worker) for r in logged] == [
        (first.address(first.stories[0]), 200, "7101"),
        (second.address(second.stories[0]), 200, "7101"),
    ]


def test_a_site_that_does_not_exist_is_not_asked_for_elsewhere(sites):
    assert get(sites, "http://example.test/").status == 502


def test_a_huge_answer_does_not_end_soon(sites):
    huge = next(site for site in sites.all if site.trouble == "huge")
    answer = get(sites, huge.url)
    assert len(answer.read(5_000_000)) == 5_000_000
    answer.close()


def test_an_answer_that_is_cut_off_is_shorter_than_it_says(sites):
    cut = next(site for site in sites.all if site.trouble == "cut off")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": sites.proxy}))
    with opener.open(cut.url) as answer, pytest.raises(Exception, match="IncompleteRead"):
        answer.read()


def test_the_crawler_finds_the_sources_in_a_file(sites):
    assert sites.sources.read_text(encoding="utf-8").split() == [site.url for site in sites.all]


def test_sites_that_were_stopped_are_not_asked():
    served = Sites(count=1).start()
    folder = served.sources.parent
    served.stop()
    with pytest.raises(LabError, match="The news sites has ended"):
        served.requests()
    assert not folder.exists()


def test_an_access_log_is_read_in_the_order_of_time():
    entry = {"host": "a.test", "path": "/", "status": 200, "agent": "n/7101"}
    assert requests_of([{"time": 2.0, **entry}, {"time": 1.0, **entry}]) == [
        Request(time, "a.test", "/", 200, "7101") for time in (1.0, 2.0)
    ]
