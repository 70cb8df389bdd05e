"""The programs of examples/ that a lab can run, and what each calls itself."""

from __future__ import annotations

from typing import NamedTuple

from electionlab.errors import LabError


class Program(NamedTuple):
    """The id of a program's application, which is its consumer group, and its greetings' topic."""

    app: str
    topic: str


ANYWHERE = Program("leader-anywhere", "leader-anywhere-anywhere.say")
PROGRAMS = {
    "anywhere": ANYWHERE,
    "faulty": ANYWHERE,
    "broken": ANYWHERE,
    "fenced_leader": Program("leader-fenced", "leader-fenced-fenced_leader.say"),
    "stamped_leader": Program("leader-stamped", "leader-stamped-stamped_leader.say"),
    "lease_leader": Program("leader-lease", "leader-lease-lease_leader.say"),
}
"""By module name."""


def named(program: str) -> Program:
    """What this program calls itself. LabError if there is no such program."""
    if program not in PROGRAMS:
        raise LabError(f"A lab can run {', '.join(PROGRAMS)}, and not {program!r}.")
    return PROGRAMS[program]
