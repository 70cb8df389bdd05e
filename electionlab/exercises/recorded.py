"""A recorded run on which answers are judged: in it a leader is lost in each of five ways."""

from __future__ import annotations

import functools

from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.lab.lab import Lab

FILE = PROJECT / "docs/recorded/exercises.jsonl"
QUIET = PROJECT / "docs/recorded/election.jsonl"
SIZE = 4
EVERY_S = 0.25
SETTLED_S = 0.5
"""How long after a generation was stored a member's answer counts as one from that generation."""


@functools.cache
def recorded_run() -> History:
    """The run that `record` recorded. LabError if its file is not there."""
    return History.load(FILE)


@functools.cache
def quiet_run() -> History:
    """A recorded run in which no two workers led at once. LabError if it is not there."""
    return History.load(QUIET)


def asked_since(history: History, since: float) -> dict[str, bool]:
    """Whether each worker was the heir, by its last answer; only those that have given one since
    the generation that was stored at that Unix time."""
    views = history.of(ev.WorkerView)
    return {view.worker: view.heir for view in views if view.time > since + SETTLED_S}


def record() -> History:
    """Record the run anew, which takes a minute: the leader of four workers is lost by Ctrl+C, by
    kill -9, and by Ctrl+C again, then frozen, and then cut off."""
    with Lab(SIZE, watch=EVERY_S, by="exercises") as lab:
        for lose in lab.interrupt, lab.kill, lab.interrupt:
            lab.wait_members(SIZE)
            lab.wait(_all_asked)
            old = lab.leader()
            lose(old)
            lab.wait_new_leader(old)
            lab.recover()
        for lose, mend in (lab.freeze, lab.thaw), (lab.cut, lab.heal):
            old = lab.leader()
            lose(old)
            lab.wait_new_leader(old, greetings=2)
            mend(old)
            lab.wait_members(SIZE)
            lab.wait_leader(greetings=2)
        return lab.finish()


def _all_asked(history: History) -> bool:
    return len(asked_since(history, history.stored_generations[-1].start)) == SIZE


if __name__ == "__main__":
    record().save(FILE)
