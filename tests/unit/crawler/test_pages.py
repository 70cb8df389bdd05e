import zlib

import pytest
from newsrooms import site

from electionlab.crawler import pages


def front(trouble, asked_before=0):
    one = site(trouble)
    return pages.answer(one, one.url.removeprefix(f"http://{one.host}"), asked_before)


@pytest.mark.parametrize(
    ("trouble", "status", "how"),
    [
        ("none", 200, "at once"),
        ("moved", 301, "at once"),
        ("flaky", 503, "at once"),
        ("circular", 302, "at once"),
        ("binary", 200, "at once"),
        ("silent", 200, "never"),
        ("huge", 200, "huge"),
        ("endless", 200, "endless"),
        ("cut off", 200, "cut off"),
    ],
)
def test_what_a_front_page_answers(trouble, status, how):
    answer = front(trouble)
    assert (answer.status, answer.how) == (status, how)


def test_a_flaky_site_answers_the_second_time():
    assert front("flaky", asked_before=1).status == 200


def test_the_front_page_links_to_each_article():
    for trouble in "none", "slow", "latin-1", "malformed":
        one = site(trouble)
        body = front(trouble).body.decode("latin-1")
        assert all(one.address(story) in body for story in one.stories)


def test_a_site_that_is_mislabelled_says_utf_8_and_is_none():
    answers = [
        pages.answer(site("mislabelled"), story.path, 0) for story in site("mislabelled").stories
    ]
    assert all("utf-8" in answer.kind for answer in answers)
    word = pages._written(site("mislabelled"), "<!doctype html>Söke").body
    with pytest.raises(UnicodeDecodeError):
        word.decode("utf-8")


def test_a_site_in_latin_1_says_so():
    answer = pages._written(site("latin-1"), "<!doctype html>Söke")
    assert "iso-8859-1" in answer.kind
    assert answer.body.decode("iso-8859-1").endswith("Söke")


def test_a_tracked_article_is_reached_through_a_redirect():
    one = site("tracked")
    answer = pages.answer(one, "/go/1", 0)
    assert (answer.status, answer.headers["Location"]) == (
        302,
        f"{one.stories[0].path}?utm_source=go",
    )


def test_a_bomb_is_far_smaller_than_what_it_unpacks_to():
    answer = front("bomb")
    assert answer.headers["Content-Encoding"] == "deflate"
    assert len(answer.body) < 100_000
    assert len(zlib.decompress(answer.body)) > 50_000_000


def test_odd_links_are_relative_or_no_addresses_or_the_front_page_itself():
    one, body = site("odd links"), front("odd links").body.decode()
    assert all(
        f'"{story.path}"' in body and one.address(story) not in body for story in one.stories
    )
    assert "http://[" in body and f'"{one.url}"' in body


def test_a_site_without_articles_links_to_none():
    assert not any(story.path in front("empty").body.decode() for story in site("empty").stories)


def test_a_redirect_that_goes_round_never_ends():
    assert pages.answer(site("circular"), "/round/7", 0).headers["Location"] == "/round/8"


@pytest.mark.parametrize(
    ("trouble", "status"),
    [("none", 200), ("no robots", 404), ("robots 503", 503), ("robots 429", 429)],
)
def test_what_is_said_of_robots(trouble, status):
    assert pages.answer(site(trouble), "/robots.txt", 0).status == status


def test_what_is_not_there_is_not_found():
    assert pages.answer(site("none"), "/about", 0).status == 404
    assert pages.answer(site("none"), "/go/1", 0).status == 404
    assert pages.answer(site("none"), pages.PRIVATE, 0).status == 404
    assert pages.answer(site("private"), pages.PRIVATE, 0).status == 200
