"""How many pages a second one, two and four workers fetch.

`start` measures what a build has time for; the command line more:

    python -m electionlab crawls --rounds 5
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from electionlab.checks.verdict import Outcome, Verdict
from electionlab.crawler.newsroom import Newsroom
from electionlab.crawler.observed import Crawled
from electionlab.lab.benches import PATIENCE_S, Bench, SideBySide, start_as
from electionlab.lab.recorded import RecordedRounds, Task
from electionlab.pictures.strip_plot import Distribution

KINDS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, str]]] = {
    "slow": (
        {"count": 64, "stories": 1, "answer_after_s": 0.4},
        {"CRAWLER_SLOTS": "4"},
    ),
    "instant": (
        {"count": 160, "stories": 30},
        {"CRAWLER_SLOTS": "16"},
    ),
}
"""Sites that take 0.4 s for each page, so that a crawler with few slots mostly waits; and sites
that answer at once. For each, settings of the sites and of the crawler."""
SETTINGS = {"CRAWLER_DELAY_S": "0", "CRAWLER_AGAIN_S": "600"}
WORKERS = (1, 2, 4)
FASTER = 1.5
"""How many times as fast four workers must be as one, to count as faster at all."""


@dataclass(frozen=True)
class Round:
    """A crawl: sites of a kind of `KINDS`, how many workers, pages, seconds from the first page to
    the last, and the processor time of all workers from their start on, in seconds."""

    kind: str
    workers: int
    pages: int
    seconds: float
    cpu_s: float

    @property
    def pages_per_s(self) -> float:
        return self.pages / self.seconds


class Crawl:
    """An experiment: a whole crawl of sites of this kind, by so many workers."""

    def __init__(self, kind: str, workers: int, number: int = 0) -> None:
        self.kind, self.workers = kind, workers
        self.cpu_s = 0.0
        self.__name__ = f"{kind}_{workers}" + (f"_{number}" if number else "")

    def __call__(self, room: Newsroom) -> None:
        room.wait_done(within=300)
        for worker in room.lab.running():
            times = psutil.Process(worker.process.pid).cpu_times()
            self.cpu_s += times.user + times.system

    def bench(self) -> Bench:
        """A newsroom of its own for it."""
        sites, settings = KINDS[self.kind]
        return Bench(
            lambda: Newsroom(
                {**sites, "troubles": False}, self.workers, settings={**SETTINGS, **settings}
            ),
            (self,),
        )

    def round(self, crawled: Crawled) -> Round:
        """The crawl as a round."""
        pages = len(crawled.requests)
        seconds = (pages - 1) / crawled.pages_per_s
        return Round(self.kind, self.workers, pages, round(seconds, 3), round(self.cpu_s, 2))


class Crawls(SideBySide[Crawled]):
    """Runs crawls side by side, starting when it is created."""

    def __init__(self, crawls: Sequence[Crawl], *, at_once: int | None = None) -> None:
        self.crawls = crawls
        super().__init__([crawl.bench() for crawl in crawls], at_once=at_once)

    def rounds(self, within: float = PATIENCE_S) -> list[Round]:
        """All of them, once they are done. LabError if one failed."""
        return [crawl.round(self.history(crawl.__name__, within)) for crawl in self.crawls]


class Short(Crawls):
    """What a build measures: slow sites, with one worker and with four."""

    def __init__(self, benches: Sequence[Bench], *, at_once: int | None = None) -> None:
        super().__init__([Crawl("slow", 1), Crawl("slow", 4)], at_once=at_once)


def start() -> Short:
    """Start what a build measures, as `benches.start_as` does."""
    return start_as(Short, [])


def times_as_fast(rounds: Sequence[Round], kind: str = "slow", workers: int = 4) -> float:
    """How many times as many pages a second so many workers fetch as one: by the medians."""
    speeds = {
        count: [one.pages_per_s for one in rounds if (one.kind, one.workers) == (kind, count)]
        for count in (1, workers)
    }
    return statistics.median(speeds[workers]) / statistics.median(speeds[1])


def more_workers_are_faster(rounds: Sequence[Round]) -> Verdict:
    """Whether four workers crawl slow sites faster than one. Figures: `times`, `one`, `four` (pages
    a second)."""
    claim = "Four workers crawl slow sites faster than one."
    slow = [one for one in rounds if one.kind == "slow"]
    figures = {
        "times": times_as_fast(slow),
        "one": statistics.median(one.pages_per_s for one in slow if one.workers == 1),
        "four": statistics.median(one.pages_per_s for one in slow if one.workers == 4),
    }
    finding = (
        f"{figures['four']:.1f} pages a second against {figures['one']:.1f}: "
        f"{figures['times']:.1f} times as many."
    )
    outcome: Outcome = "held" if figures["times"] >= FASTER else "broken"
    return Verdict(claim, outcome, finding, (), figures)


def chart(rounds: Sequence[Round], kind: str) -> Distribution:
    """Pages a second by number of workers."""
    groups = {
        f"{count} worker{'s' if count > 1 else ''}": [
            one.pages_per_s for one in rounds if (one.kind, one.workers) == (kind, count)
        ]
        for count in WORKERS
    }
    filled = {name: values for name, values in groups.items() if values}
    return Distribution(filled, "pages/s", caption=f"pages a second, where sites are {kind}")


class Recorded(RecordedRounds[Round]):
    """Recorded crawls."""

    ROUND = Round
    KNOWN = (("kind", KINDS), ("workers", WORKERS))
    FORMAT, WHAT = "electionlab-crawl-speed", "crawls"

    @classmethod
    def from_json(cls, entry: Any) -> Round:
        one = super().from_json(entry)
        if not (one.pages and one.seconds and one.cpu_s):
            raise ValueError("a count or a time is 0")
        return one


def record(count: int, task: Task) -> Recorded:
    """Measure `count` crawls of each kind, one at a time unless the task says otherwise."""
    kinds = [("slow", workers) for workers in WORKERS] + [("instant", 1)]
    crawls = [Crawl(*kind, number=number) for number in range(count) for kind in kinds]
    by_name = {crawl.__name__: crawl for crawl in crawls}
    return Recorded.measured(
        task,
        Crawls(crawls, at_once=task.at_once or 1),
        lambda name, crawled: [by_name[name].round(crawled)],
        lambda one: f"{one.pages_per_s:7.1f} pages/s: {one}",
    )
