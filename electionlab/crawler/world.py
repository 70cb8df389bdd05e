"""Small news sites that exist nowhere, made from a seed: what each publishes, and what is wrong
with it. Their names end in `.test`, which nobody can own (RFC 2606)."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["rss", "atom", "html"]
KINDS: tuple[Kind, ...] = ("rss", "atom", "html")

CAN_BE_READ: Mapping[str, str] = {
    "none": "nothing is wrong",
    "slow": "answers after half a second",
    "moved": "its front page redirects to another page",
    "tracked": "links to each article twice, by addresses that redirect or have a tracking code",
    "latin-1": "is written in ISO 8859-1, and says so",
    "mislabelled": "is written in windows-1252, and says that it is UTF-8",
    "malformed": "its markup is broken",
    "flaky": "its front page answers 503 the first time",
    "private": "links to pages that its robots.txt forbids",
    "no robots": "has no robots.txt",
    "odd links": "links to itself, to what is no address, and by relative addresses",
}
"""What may be wrong with a site whose articles can all be found nevertheless."""

CANNOT_BE_READ: Mapping[str, str] = {
    "silent": "never answers",
    "huge": "answers 500 MB",
    "endless": "sends a little each moment, for ever",
    "circular": "redirects for ever",
    "binary": "says that it is HTML, and is none",
    "cut off": "ends its answer in the middle",
    "bomb": "answers 100 kB that unpack to 50 MB",
    "empty": "has no articles",
    "robots 503": "answers 503 when asked for its robots.txt",
    "robots 429": "answers 429, too many requests, when asked for its robots.txt",
}
"""What may be wrong with a site of which nothing can, or may, be read."""

POISON = "poison"
"""A site whose markup keeps its reader busy for minutes: see `pages.POISON`."""

TROUBLES = {**CAN_BE_READ, **CANNOT_BE_READ, POISON: "its markup is poison"}


@dataclass(frozen=True)
class Story:
    """An article: its number on its site, path and headline."""

    number: int
    path: str
    headline: str


@dataclass(frozen=True)
class Site:
    """A site at `http://host/`. `trouble` is a key of `TROUBLES`."""

    host: str
    kind: Kind
    trouble: str
    stories: Sequence[Story]

    @property
    def url(self) -> str:
        """Its front page: a feed, or HTML."""
        return (
            f"http://{self.host}/" + {"rss": "feed.rss", "atom": "feed.atom", "html": ""}[self.kind]
        )

    @property
    def can_be_read(self) -> bool:
        """Whether its articles have to be found."""
        return self.trouble in CAN_BE_READ

    def address(self, story: Story) -> str:
        """The one address of an article, however it is linked."""
        return f"http://{self.host}{story.path}"

    def forbids(self, path: str) -> bool:
        """Whether its robots.txt keeps everybody from this path. One that answers 503 keeps
        everybody from everything but itself (RFC 9309, section 2.3.1.4), and so, to us, does one
        that asks for less traffic."""
        if path == "/robots.txt":
            return False
        return self.trouble in ("robots 503", "robots 429") or path.startswith("/private/")


PLACES = (
    *("Harbour", "Valley", "Lake", "North", "Market", "Bridge", "River", "Castle", "Forest"),
    *("Island", "Mill", "Garden", "Station", "Tower", "Meadow", "Quarry", "Orchard", "Coast"),
)
PAPERS = ("Courier", "Herald", "Gazette", "Observer", "Post", "Chronicle", "Times", "Echo", "News")
WHO = (
    *("The mayor", "A café", "The choir", "An old tram", "The school", "A lost cat", "The library"),
    *("A bakery", "The weather", "A new bridge", "The museum", "A beekeeper", "The swimming pool"),
)
DOES = (
    *("opens again", "is back", "wins a prize", "moves to the harbour", "asks for patience"),
    *("surprises everybody", "closes early", "turns a hundred", "has a new roof", "visits Malmö"),
)


def make(count: int, seed: int = 1, *, stories: int = 5, troubles: bool = True) -> list[Site]:
    """`count` sites with so many stories each. With `troubles`, one of each comes first, and every
    third of the others has one that leaves it readable; else nothing is wrong with any."""
    luck = random.Random(seed)
    names = [f"{place} {paper}" for place in PLACES for paper in PAPERS]
    luck.shuffle(names)
    if count > len(names):
        raise ValueError(f"There are names for {len(names)} sites, not for {count}.")
    wrong = [*CAN_BE_READ, *CANNOT_BE_READ] if troubles else []
    readable = list(CAN_BE_READ)
    sites = []
    for number, name in enumerate(names[:count]):
        if number < len(wrong):
            trouble = wrong[number]
        else:
            trouble = luck.choice(readable) if troubles and number % 3 == 0 else "none"
        kind = KINDS[number % len(KINDS)]
        sites.append(Site(_host(name), kind, trouble, _stories(luck, stories)))
    return sites


def poisoned(site: Site) -> Site:
    """The same site, whose markup is poison."""
    return Site(site.host, "html", POISON, site.stories)


def _host(name: str) -> str:
    return name.lower().replace(" ", "-") + ".test"


def _stories(luck: random.Random, count: int) -> list[Story]:
    stories = []
    for number in range(1, count + 1):
        headline = f"{luck.choice(WHO)} {luck.choice(DOES)}"
        words = headline.lower().replace("é", "e").replace("ö", "o").replace(" ", "-")
        stories.append(Story(number, f"/2026/{number}-{words}", headline))
    return stories
