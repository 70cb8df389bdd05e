"""The programs of examples/ that a lab can run, and what each calls itself."""

from __future__ import annotations

from typing import NamedTuple


class Program(NamedTuple):
    """The id of a program's application, which is its consumer group, and its greetings' topic."""

    app: str
    topic: str


ANYWHERE = Program("leader-anywhere", "leader-anywhere-anywhere.say")
LOST = Program("lost", "lost-found.lost_greeting.say")
EMPTIED = Program("emptied", "emptied-found.emptied_queue.say")
PROGRAMS = {
    "anywhere": ANYWHERE,
    "faulty": ANYWHERE,
    "broken": ANYWHERE,
    "fenced_leader": Program("leader-fenced", "leader-fenced-fenced_leader.say"),
    "stamped_leader": Program("leader-stamped", "leader-stamped-stamped_leader.say"),
    "posting_leader": Program("leader-posting", "leader-posting-posting_leader.say"),
    "lease_leader": Program("leader-lease", "leader-lease-lease_leader.say"),
    "news_crawler": Program("news-crawler", "news-orders"),
    "found.lost_greeting": LOST,
    "found.kept_greeting": LOST,
    "found.once_at_start": Program("once", "once-found.once_at_start.say"),
    "found.emptied_queue": EMPTIED,
    "found.kept_queue": EMPTIED,
    "found.committed_past": Program("past", "past-found.committed_past.say"),
    "found.moved_lead": Program("moved", "moved-found.moved_lead.say"),
    "found.too_early": Program("early", "early-found.too_early.say"),
}
"""By module name; those in examples/found show what docs/found-in-faust.md tells of Faust."""


def named(program: str) -> Program:
    """What this program calls itself. One that is not of examples/, as a learner's, has the
    application of anywhere.py."""
    return PROGRAMS.get(program, ANYWHERE)
