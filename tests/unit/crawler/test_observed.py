import json

from newsrooms import SITES, crawled, request

from electionlab.crawler import observed
from electionlab.crawler.observed import Visit
from electionlab.kafka.witness import Record


class Told:
    """A witness of these records."""

    def __init__(self, topic, *values):
        records = [Record(n, topic, 0, n, v and json.dumps(v)) for n, v in enumerate(values)]
        self.records = {topic: records}.get


def test_of_each_address_the_table_has_the_last_entry():
    entry = {"url": "http://a.test/1", "title": "One", "found_at": 1.0}
    witness = Told(observed.ARTICLES, entry, {**entry, "title": "New"}, "")
    (article,) = observed.read_articles(witness)
    assert article.title == "New"


def test_visits_and_orders_are_read_in_order():
    entry = {"source": "http://a.test/", "at": 1.0, "problem": "", "dead": False}
    assert observed.read_visits(Told(observed.VISITS, entry)) == [
        Visit("http://a.test/", 1.0, "", False)
    ]
    orders = [{"generation": n, "sources": ["http://a.test/"]} for n in (2, 1)]
    read = observed.read_orders(Told(observed.ORDERS, *orders))
    assert [order.generation for order in read] == [2, 1]


def test_it_is_done_when_each_source_was_read_or_given_up():
    assert crawled().done
    source = SITES[0].url
    failed = Visit(source, 20.0, "answers 503", dead=False)
    assert not crawled(visits=[*crawled().visits, failed]).done
    assert crawled(visits=[*crawled().visits, failed, Visit(source, 30.0, "", False)]).done
    assert not crawled(visits=crawled().visits[1:]).done


def test_what_is_wanted_are_the_articles_of_those_that_can_be_read():
    readable = [site for site in SITES if site.can_be_read]
    assert len(crawled().wanted) == 2 * len(readable)


def test_pages_per_second_are_counted_from_the_first_to_the_last():
    url = SITES[0].url
    assert crawled(requests=[request(t, url) for t in (1.0, 1.5, 2.0)]).pages_per_s == 2.0
    assert crawled(requests=[request(1.0, url)]).pages_per_s == 0.0
