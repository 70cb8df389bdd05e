"""What was seen of a crawl: by the sites, in Kafka, and by the lab that it ran in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from electionlab.crawler.sites import Request
from electionlab.crawler.world import Site, Story
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.readable import Readable
from electionlab.kafka.witness import Witness

ARTICLES = "news-crawler-articles-changelog"
VISITS = "news-crawler-crawls-changelog"
FOUND = "news-found"
ORDERS = "news-orders"


@dataclass(frozen=True, repr=False)
class Order(Readable):
    """What a leader ordered: when (Unix seconds), in which generation, and which sources."""

    time: float
    generation: int
    sources: Sequence[str]


@dataclass(frozen=True)
class Article:
    """An article of the result: its address, and when it was found (Unix seconds)."""

    url: str
    title: str
    found_at: float


@dataclass(frozen=True, repr=False)
class Visit(Readable):
    """The end of a visit to a source: when, and what was wrong, empty if nothing. `dead` says that
    the source was given up."""

    source: str
    time: float
    problem: str
    dead: bool


@dataclass(frozen=True)
class Crawled:
    """`requests` is the sites' own access log, `articles` the table that the crawler made, one for
    each of its keys; `visits` and `orders` are in the order of their topics. `delay_s` is how long
    the crawler promises to leave a site alone, `history` what happened to its workers."""

    sites: Sequence[Site]
    requests: Sequence[Request]
    articles: Sequence[Article]
    visits: Sequence[Visit]
    orders: Sequence[Order]
    history: History
    delay_s: float

    @property
    def last_visits(self) -> Mapping[str, Visit]:
        """The last visit to each source."""
        return {visit.source: visit for visit in self.visits}

    @property
    def done(self) -> bool:
        """Whether each source was read to its end, or given up."""
        return all_ended(self.sites, self.visits)

    @property
    def wanted(self) -> Mapping[str, tuple[Site, Story]]:
        """The articles of all sites that can be read, by address."""
        readable = (site for site in self.sites if site.can_be_read)
        return {site.address(story): (site, story) for site in readable for story in site.stories}

    @property
    def about(self) -> dict[str, str]:
        """What ran, by name: the versions."""
        return self.history.about

    @property
    def faults(self) -> Sequence[ev.Event]:
        """What was done to the workers."""
        return self.history.of(ev.WorkerKilled, ev.WorkerFrozen, ev.WorkerCut)

    @property
    def pages_per_s(self) -> float:
        """Pages that the sites were asked for per second, from the first to the last."""
        times = [request.time for request in self.requests]
        return (len(times) - 1) / (max(times) - min(times)) if len(times) > 1 else 0.0


def all_ended(sites: Sequence[Site], visits: Sequence[Visit]) -> bool:
    """Whether the last visit to each source has read it to its end, or given it up."""
    last = {visit.source: visit for visit in visits}
    ended = (last.get(site.url) for site in sites)
    return all(visit is not None and (visit.dead or not visit.problem) for visit in ended)


def read_articles(witness: Witness) -> list[Article]:
    """The table of articles, as its changelog has it."""
    table = {
        entry["url"]: Article(entry["url"], entry["title"], entry["found_at"])
        for entry in entries(witness, ARTICLES)
    }
    return list(table.values())


def read_visits(witness: Witness) -> list[Visit]:
    """All visits that were recorded."""
    return [
        Visit(entry["source"], entry["at"], entry["problem"], entry["dead"])
        for entry in entries(witness, VISITS)
    ]


def read_orders(witness: Witness) -> list[Order]:
    """All orders that readers of committed messages get, in the order of their topic."""
    records = sorted(witness.records(ORDERS), key=lambda record: record.offset)
    orders = [(record, json.loads(record.value)) for record in records]
    return [Order(r.time, entry["generation"], tuple(entry["sources"])) for r, entry in orders]


def entries(witness: Witness, topic: str) -> list[Any]:
    """The JSON objects in a topic, in the order of time; none if it has not been made yet."""
    return [json.loads(record.value) for record in witness.records(topic) if record.value]
