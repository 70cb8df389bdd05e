"""News sites, and a lab whose workers crawl them: `Newsroom`, a place to break a crawl."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from typing import Any, Self

from electionlab.crawler import observed
from electionlab.crawler.observed import Crawled
from electionlab.crawler.sites import Sites
from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.log_lines import in_order
from electionlab.host import cells
from electionlab.host.lifecycle import Startable
from electionlab.host.waiting import wait_until
from electionlab.lab.lab import Lab
from electionlab.lab.worker import logged

DELAY_S = 0.2
HURRIED = {
    "CRAWLER_DELAY_S": str(DELAY_S),
    "CRAWLER_RETRY_S": "1",
    "CRAWLER_AGAIN_S": "5",
}
"""How long a site is left alone, until it is tried again after a failure, and until a leader gives
up an order: as short as a page can wait for. The crawler's own settings are longer."""
LOOK_S = 0.5
THE_CRAWL = "the_crawl"


class Newsroom(Startable):
    """Sites, whose settings are `sites` (those of `Sites`), and `workers` that crawl them, with the
    fenced leader or the plain one. `settings` are further ones of the crawler, as environment
    variables. What is done to the workers is done with `lab`. `histories` has that of the crawl,
    once it is done."""

    def __init__(
        self,
        sites: Mapping[str, Any],
        workers: int = 3,
        *,
        fenced: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.sites = Sites(**sites)
        self._workers, self._fenced = workers, fenced
        self._settings = {**HURRIED, **(settings or {})}
        self.lab: Lab
        self.histories: dict[str, History] = {}
        self._started = False

    def start(self) -> Self:
        if self._started:
            return self
        cells.make_room(self, [])
        self._started = True
        self.sites.start()
        settings = {
            **self._settings,
            "CRAWLER_SOURCES": str(self.sites.sources),
            "CRAWLER_PROXY": self.sites.proxy,
            **({} if self._fenced else {"CRAWLER_PLAIN": "1"}),
        }
        try:
            self.lab = Lab(0, program="news_crawler", settings=settings, by="news")
            self.lab.start()
            self.lab.add(self._workers)
        except BaseException:
            self.stop()
            raise
        return self

    def crawled(self) -> Crawled:
        """What has been seen so far. LabError if Kafka does not answer."""
        witness = self.lab.kafka.witness
        return Crawled(
            sites=self.sites.all,
            requests=self.sites.requests(),
            articles=observed.read_articles(witness),
            visits=observed.read_visits(witness),
            orders=observed.read_orders(witness),
            history=self.lab.history(),
            delay_s=float(self._settings["CRAWLER_DELAY_S"]),
        )

    def follow(self, count: int, within: float = 90.0) -> None:
        """Print the headlines as they come in, until there are so many. LabError after `within`
        seconds. A worker's line may be read after a later one of another worker."""
        shown: set[ev.Logged] = set()

        def show() -> bool:
            history = self.lab.history()
            for event in headlines(history, shown)[: count - len(shown)]:
                title = event.text.removeprefix("NEW: ").partition(" (http")[0]
                print(f"{history.at(event.time):6.2f} s  {event.worker}  {title}", flush=True)
                shown.add(event)
            return len(shown) >= count

        self._wait(show, within, f"{count} headlines")

    def wait_pages(self, count: int, within: float = 90.0) -> None:
        """Wait until the sites were asked for so many pages."""
        self._wait(lambda: len(self.sites.requests()) >= count, within, f"{count} pages")

    def wait_done(self, within: float = 150.0) -> Crawled:
        """Wait until each source was read to its end or given up, and what was found is kept."""
        witness = self.lab.kafka.witness

        def done() -> Crawled | None:
            if not observed.all_ended(self.sites.all, observed.read_visits(witness)):
                return None
            crawled = self.crawled()
            found = {entry["url"] for entry in observed.entries(witness, observed.FOUND)}
            return crawled if found <= {article.url for article in crawled.articles} else None

        crawled: Crawled = self._wait(done, within, "all sources to be read or given up")
        crawled.history.log = in_order(logged(self.lab.lives))
        self.histories[THE_CRAWL] = crawled.history
        return crawled

    def _wait(self, look: Callable[[], Any], within: float, what: str) -> Any:
        return wait_until(
            look,
            within=within,
            why=lambda: f"{what}: waited in vain. {self._left()}",
            every=LOOK_S,
            what=what,
            now=lambda: f"{len(self.sites.requests())} pages fetched",
        )

    def _left(self) -> str:
        last = self.crawled().last_visits
        left = [site.url for site in self.sites.all if site.url not in last]
        return f"{len(last)} sources were visited; not yet: {', '.join(left[:5]) or 'none'}."

    # As a place (`electionlab.lab.place`) where experiments run

    def recover(self) -> None:
        """Nothing is crawled twice in one newsroom, so each experiment has one of its own."""
        raise LabError("A newsroom is for one experiment.")

    def watch(self, experiment: Callable[[Self], None]) -> Crawled:
        """Run an experiment, wait until all is done, and return what was seen."""
        experiment(self)
        return self.wait_done()

    def stop(self, within: float = 0.0) -> None:
        with contextlib.ExitStack() as at_last:
            at_last.callback(cells.forget, self)
            at_last.callback(self.sites.stop)
            if hasattr(self, "lab"):
                self.lab.stop(within)

    @property
    def title(self) -> str:
        return f"a newsroom with {len(self.sites.all)} sources"


def headlines(history: History, shown: Collection[ev.Logged] = ()) -> list[ev.Logged]:
    """What the workers have logged of new articles, but for those that were shown, in the order of
    time."""
    logged_all = history.of(ev.Logged)
    new = (e for e in logged_all if e.text.startswith("NEW: ") and e not in shown)
    return sorted(new, key=lambda event: event.time)
