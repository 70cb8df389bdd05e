"""What the crawler's workers send each other."""

import faust


class Order(faust.Record):
    """What a leader wants to be visited, decided in this generation of the group."""

    generation: int
    sources: list[str]


class Article(faust.Record):
    """An article by its one address, found on this source at this time (Unix seconds)."""

    url: str
    title: str
    source: str
    found_at: float


class Crawl(faust.Record):
    """The last visit to a source, which ended at `at`: when it is due again, how often it was tried
    in vain, how many pages were fetched, what was wrong, and whether it is given up for now."""

    source: str
    at: float
    due_at: float
    tries: int
    pages: int
    problem: str
    dead: bool
