"""Crawls in whose midst leaders and crawlers are killed, or stand still, round after round.

`record` runs them for docs/recorded/crawler.json:

    python -m electionlab crawler --rounds 20 --record docs/recorded/crawler.json
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from electionlab.crawler import repeated, verdicts
from electionlab.crawler.newsroom import Newsroom
from electionlab.crawler.observed import Crawled
from electionlab.host.folders import PROJECT
from electionlab.lab.benches import Bench, SideBySide
from electionlab.lab.recorded import RecordedRounds, Task

RECORDED = PROJECT / "docs" / "recorded" / "crawler.json"
"""The recorded storms that the page shows."""

FAULTS = ("kill the leader", "kill a crawler", "freeze the leader")
SITES: Mapping[str, Any] = {"count": 40, "stories": 4}
PAGES = 160
"""About as many as these sites have; faults come before half of them were fetched."""


@dataclass(frozen=True)
class Round:
    """A storm: which leader, what was done, and what came of it. `wanted` articles had to be found
    and `missing` were not; `twice` were in the result twice. Of all `pages`, `again` were fetched
    before, `unexplained` of them for no known reason; `forbidden` should not have been fetched, and
    `too_soon` came before the site's rest was over. `ordered` counts all sources in all orders."""

    fenced: bool
    faults: tuple[str, ...]
    wanted: int
    missing: int
    twice: int
    pages: int
    again: int
    unexplained: int
    forbidden: int
    too_soon: int
    ordered: int


class Storm:
    """An experiment: one storm in a newsroom, by its seed. Every second one freezes the leader,
    too."""

    def __init__(self, seed: int, *, fenced: bool) -> None:
        self.seed, self.fenced = seed, fenced
        self.__name__ = f"{'fenced' if fenced else 'plain'}_{seed}"
        luck = random.Random(seed)
        faults = list(FAULTS if seed % 2 else FAULTS[:2])
        luck.shuffle(faults)
        self.faults = tuple(faults)
        self._after = sorted(luck.sample(range(10, PAGES // 2), len(faults)))

    def __call__(self, room: Newsroom) -> None:
        for pages, fault in zip(self._after, self.faults, strict=True):
            room.wait_pages(pages)
            self._break(room, fault)

    def _break(self, room: Newsroom, fault: str) -> None:
        lab = room.lab
        leader = lab.wait_leader().leader
        assert leader
        if fault == "freeze the leader":
            lab.freeze(leader)
            lab.wait_new_leader(leader, greetings=1)
            lab.thaw(leader)
            return
        others = [worker.name for worker in lab.running() if worker.name != leader]
        name = leader if fault == "kill the leader" else others[0]
        lab.kill(name)
        lab.start(name)


def judged(crawled: Crawled, storm: Storm) -> Round:
    """What came of a storm."""
    found = verdicts.every_article_is_found(crawled).figures
    twice = verdicts.no_article_is_twice(crawled).figures
    again = repeated.each_repeat_has_a_reason(crawled).figures
    return Round(
        fenced=storm.fenced,
        faults=storm.faults,
        wanted=int(found["wanted"]),
        missing=int(found["missing"]),
        twice=int(twice["twice"] + twice["strange"]),
        pages=len(crawled.requests),
        again=int(again["again"]),
        unexplained=int(again["unexplained"]),
        forbidden=int(verdicts.robots_are_obeyed(crawled).figures["forbidden"]),
        too_soon=int(verdicts.sites_are_left_alone(crawled).figures["too_soon"]),
        ordered=sum(len(order.sources) for order in crawled.orders),
    )


class Recorded(RecordedRounds[Round]):
    """Recorded storms."""

    ROUND = Round
    FORMAT, WHAT = "electionlab-crawler", "storms"

    @classmethod
    def from_json(cls, entry: Any) -> Round:
        one = super().from_json({**entry, "faults": tuple(entry["faults"])})
        if not set(one.faults) <= set(FAULTS) or not one.wanted:
            raise ValueError("a fault has no name here, or nothing had to be found")
        return one


def load(path: Path = RECORDED) -> Recorded:
    """Read recorded storms. LabError that says what is wrong with the file."""
    return Recorded.load(path)


class Storms(SideBySide[Crawled]):
    """Runs storms side by side, starting when it is created."""


def bench(storm: Storm) -> Bench:
    """A newsroom of its own for this storm."""
    return Bench(lambda: Newsroom(SITES, fenced=storm.fenced), (storm,))


def record(count: int, task: Task) -> Recorded:
    """Run `count` storms, every second of them with the plain leader. LabError if one fails."""
    storms = [Storm(number // 2 + 1, fenced=number % 2 == 0) for number in range(count)]
    by_name = {storm.__name__: storm for storm in storms}

    def judge(name: str, crawled: Crawled) -> list[Round]:
        for repeat in repeated.repeats(crawled):
            if not repeat.why:
                print(f"{name}, unexplained: {repeat}", flush=True)
        return [judged(crawled, by_name[name])]

    benches = [bench(storm) for storm in storms]
    return Recorded.measured(task, Storms(benches, at_once=task.at_once), judge)
