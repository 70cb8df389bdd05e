"""Crawls news sites: the leader says what is due, and the whole cluster fetches it.

The sources are in the file CRAWLER_SOURCES, one address a line; Kafka is at KAFKA_BROKERS. Start as
many workers as you like, in the folder of this file:

    CRAWLER_SOURCES=sources.txt faust -A news_crawler worker -l info --web-port 6066

    leader ─orders─▶ hand_out ─visits─▶ crawl ─found─▶ keep      the table of articles
                                          │ ◀──kept────┘
                                          └─crawled──▶ record    the table of visits

Guarantee: a source is due until a visit to it is recorded, and a visit is recorded when all that it
found is in the table of articles. So whatever dies, and whatever message is lost, the work is
ordered again, and every article of a source that can be read gets into the table, under its one
address, once. A source that fails for good, or three times, is sent to the topic of dead letters,
and tried again next time.

Limits: a page may be fetched twice, where a worker or a leader died, or Faust committed past what
it had in work (concurrency above 1). Between two fetches of a site there are CRAWLER_DELAY_S
seconds, also across a rebalance; a worker that stood still, or was cut off from Kafka, may break
that once. A page below 50 kB that makes the parser itself crash ends its worker, again and again.
Run with Faust 0.15, aiokafka 0.14 and Kafka 4.3.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import found.from_the_beginning  # noqa: F401, a rebalance loses no message
from aiokafka.errors import KafkaError
from crawler.fetching import Fetcher, FetchError
from crawler.messages import Article, Crawl, Order
from crawler.politeness import Politeness
from crawler.topics import make_topics
from crawler.visit import NotOursError, Visit, site_of
from faust.types import EventT, StreamT
from fencing import FencedPublisher, NotPublishedError
from read_committed import App

SOURCES = Path(os.environ.get("CRAWLER_SOURCES", "sources.txt"))
EVERY_S = float(os.environ.get("CRAWLER_EVERY_S", "3600"))
AGAIN_S = float(os.environ.get("CRAWLER_AGAIN_S", "60"))  # until what was ordered is given up
RETRY_S = float(os.environ.get("CRAWLER_RETRY_S", "30"))
KEPT_S = float(os.environ.get("CRAWLER_KEPT_S", "10"))  # until an article counts as lost
SLOTS = int(os.environ.get("CRAWLER_SLOTS", "8"))  # visits at a time, in one worker
TRIES = 3
MOST_SOURCES = 1000  # in one order, which is one message; the next second has another
AGENT = "news-crawler"

brokers = os.environ.get("KAFKA_BROKERS", "localhost:9092").split(",")
PARTITIONS = 16  # of what is divided by site or by article; the rest has one


class NewsApp(App):
    async def on_first_start(self) -> None:
        names = [topic.get_topic_name() for topic in (visits_topic, found_topic, kept_topic)]
        many = [*names, articles.changelog_topic_name]
        two = [crawled_topic.get_topic_name(), crawls.changelog_topic_name]
        one = [topic.get_topic_name() for topic in (orders_topic, dead_topic)]
        one.append(f"{self.conf.id}-__assignor-__leader")
        partitions = dict.fromkeys(many, PARTITIONS) | dict.fromkeys(two, 2) | dict.fromkeys(one, 1)
        await make_topics(self, partitions)
        await super().on_first_start()


app = NewsApp(
    "news-crawler",
    broker=[f"kafka://{broker}" for broker in brokers],
    topic_replication_factor=int(os.environ.get("KAFKA_REPLICATION", "1")),
    topic_partitions=PARTITIONS,
)


orders_topic = app.topic("news-orders", partitions=1, internal=True, value_type=Order)
visits_topic = app.topic("news-visits", internal=True, key_type=str, value_type=str)
kept_topic = app.topic("news-kept", internal=True, key_type=str, value_type=str)
found_topic = app.topic("news-found", internal=True, key_type=str, value_type=Article)
crawled_topic = app.topic(
    "news-crawled", partitions=2, internal=True, key_type=str, value_type=Crawl
)
dead_topic = app.topic("news-dead-letters", partitions=1, internal=True, value_type=Crawl)

articles = app.Table("articles")
# Every worker has all of it, for any of them may lead. With one partition, as the topic by which
# leaders are elected, the lead would move at rebalances: docs/found-in-faust.md says why.
crawls = app.GlobalTable("crawls", partitions=2, recovery_buffer_size=1)

publisher = None if os.environ.get("CRAWLER_PLAIN") else FencedPublisher(app, "news-crawler")
politeness = Politeness(float(os.environ.get("CRAWLER_DELAY_S", "1")))
fetchers: list[Fetcher] = []
ordered: dict[str, float] = {}  # when this worker, as leader, has ordered each source
in_work: set[str] = set()
waiting: dict[str, asyncio.Event] = {}  # by address: articles that are not known to be kept
own: dict[str, Crawl] = {}  # what this worker has sent to be recorded


def last_crawl(source: str) -> Crawl | None:
    """The last visit that this worker knows of: its own too, for who records may be dead."""
    known = [crawl for crawl in (crawls.get(source), own.get(source)) if crawl]
    return max(known, key=lambda crawl: crawl.at, default=None)


def is_due(source: str) -> bool:
    crawl = last_crawl(source)
    return crawl is None or crawl.due_at <= time.time()


def is_on_its_way(source: str) -> bool:
    """Whether this leader has ordered it, not long ago, and knows of no visit since."""
    at, crawl = ordered.get(source, 0), last_crawl(source)
    return at > time.time() - AGAIN_S and (crawl is None or crawl.at < at)


def make_order() -> Order:
    sources = SOURCES.read_text(encoding="utf-8").split()
    due = [source for source in sources if is_due(source) and not is_on_its_way(source)]
    return Order(generation=app.consumer_generation_id, sources=due[:MOST_SOURCES])


@app.timer(1.0, on_leader=True)
async def order_what_is_due() -> None:
    print("PUBLISHING ON LEADER!")
    decided: list[Order] = []

    def decide() -> bytes:
        decided.append(make_order())
        return decided[-1].dumps(serializer="json")

    try:
        if app.rebalancing or app.in_recovery or not make_order().sources:
            return  # in a recovery the table of visits is not complete
        if publisher:
            await publisher.publish(orders_topic.get_topic_name(), decide)
        else:
            await (await orders_topic.send(value=decide(), value_serializer="raw"))
        ordered.update(dict.fromkeys(decided[-1].sources, time.time()))
    except NotPublishedError as why:
        print(f"NOT PUBLISHED: {why}")
    except (KafkaError, TimeoutError) as why:
        print(f"PERHAPS NOT PUBLISHED: {why!r}")
    except (OSError, UnicodeDecodeError) as why:  # the file may be mended while the cluster runs
        print(f"NOTHING ORDERED: CRAWLER_SOURCES names no list of addresses. {SOURCES}: {why}")


@app.agent(orders_topic)
async def hand_out(orders: StreamT[Order]) -> None:
    """The key sends all sources of a site to one partition, and so to one worker."""
    async for order in orders:
        for source in order.sources:
            await visits_topic.send(key=site_of(source), value=source)


@app.agent(visits_topic, concurrency=SLOTS)
async def crawl(visits: StreamT[str]) -> None:
    async for event in visits.events():
        source = event.value
        # It may have been ordered twice: by two leaders, or by one that gave it up too early.
        if source in in_work or not is_due(source):
            continue
        in_work.add(source)
        try:
            await visit_and_record(source, event)
        except NotOursError:
            print(f"NOT OURS ANY MORE: {source}")
        except TimeoutError:
            print(f"NOT ALL KEPT, SO TO BE ORDERED AGAIN: {source}")
        finally:
            in_work.discard(source)


async def visit_and_record(source: str, event: EventT) -> None:
    visit = Visit(
        source,
        agent=AGENT,
        fetcher=fetcher(),
        politeness=politeness,
        still_ours=lambda: event.message.tp in app.consumer.assignment(),
    )
    kept, failure = [], None
    try:
        async for headline in visit.articles():
            article = Article(headline.url, headline.title, source, time.time())
            kept.append(waiting.setdefault(article.url, asyncio.Event()))
            await found_topic.send(key=article.url, value=article)
    except FetchError as error:
        failure = error
    async with asyncio.timeout(KEPT_S):
        for each in kept:
            await each.wait()
    crawl = after(source, visit.pages, failure)
    if crawl.dead:
        print(f"GIVEN UP: {source}: {crawl.problem}")
        await (await dead_topic.send(value=crawl))
    await (await crawled_topic.send(key=source, value=crawl))
    own[source] = crawl


def after(source: str, pages: int, failure: FetchError | None) -> Crawl:
    """When a source is due again, and whether it is given up for this time."""
    former = last_crawl(source)
    tries = 1 + (former.tries if former else 0) if failure else 0
    dead = failure is not None and (not failure.temporary or tries >= TRIES)
    wait_s = RETRY_S * 2 ** (tries - 1) if failure and not dead else EVERY_S
    problem = failure.problem if failure else ""
    now = time.time()
    return Crawl(source, now, now + wait_s, 0 if dead else tries, pages, problem, dead)


@app.agent(crawled_topic)
async def record(crawled: StreamT[Crawl]) -> None:
    async for crawl in crawled:
        crawls[crawl.source] = crawl


@app.agent(found_topic)
async def keep(found: StreamT[Article]) -> None:
    """Each address has one partition, so one worker at a time decides whether it is new."""
    async for article in found:
        if article.url not in articles:
            articles[article.url] = article
            print(f"NEW: {article.title} ({article.url})")
        await kept_topic.send(key=site_of(article.source), value=article.url)


@app.agent(kept_topic)
async def note(kept: StreamT[str]) -> None:
    """By the same key as its visit, so it comes to the worker that waits for it."""
    async for url in kept:
        if url in waiting:
            waiting.pop(url).set()


def fetcher() -> Fetcher:
    """This worker's own, made when the event loop runs. Its name ends in the worker's port."""
    if not fetchers:
        name = f"{AGENT}/{app.conf.web_port}"
        fetchers.append(Fetcher(name, proxy=os.environ.get("CRAWLER_PROXY")))
    return fetchers[0]


@app.on_partitions_assigned.connect
async def leave_sites_alone(*_: object, **__: object) -> None:
    politeness.begin_anew()


@app.on_before_shutdown.connect
async def close(*_: object, **__: object) -> None:
    for each in fetchers:
        await each.close()
