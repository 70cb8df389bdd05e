"""Exercises in which a learner's program runs on a real cluster: a task for the leader alone, and a
second role that one worker has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from electionlab.exercises.feedback import UnsolvedError, gives_feedback
from electionlab.exercises.writing import MODULE, program_of
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.lab.lab import Lab

WORDS = "ON DUTY"
"""What a learner's program prints again and again while a worker has the role."""
TIMES = 3
"""How often a worker has to print it."""
GREETINGS = 2
"""How many greetings are published until nobody is taken to print it."""
HANDED_ON_S = 1.0
"""How long after a generation was stored a worker may still print what it did before."""
TRIES = 2

Answer = Callable[[Any], object] | object


@gives_feedback
def stays_on_duty(write: Answer) -> str:
    """Judges a function that adds a task to a Faust `app`, on a real cluster of two workers: the
    leader alone prints `ON DUTY`, again and again, and so does the next one after Ctrl+C."""
    with program_of(write) as settings, _lab(2, settings) as lab:
        lab.wait_members(2)
        for former in "", lab.leader().name:
            if former:
                lab.interrupt(former)
                lab.wait_new_leader(former)
            leader, seen = lab.leader().name, _on_duty(lab)
            if leader not in seen:
                raise UnsolvedError(
                    f"After Ctrl+C on {former} worker {leader} led and published, and never "
                    f"printed {WORDS}. When is your task asked whether it runs on the leader?"
                    if former
                    else f"Worker {leader} led and published, and never printed {WORDS}."
                )
            if others := seen - {leader}:
                raise UnsolvedError(f"Worker {min(others)} printed {WORDS}, too, and {leader} led.")
        return f"Worker {former} was on duty, and after its end {leader}, which led then."


@gives_feedback
def second_role(write: Answer) -> str:
    """Judges a function that adds a role to a Faust `app`, on a real cluster of three workers: one
    of them prints `ON DUTY` again and again, another one after Ctrl+C on it, and the role does not
    always go where Faust's leadership goes."""
    with program_of(write) as settings, _lab(3, settings) as lab:
        for tried in range(TRIES):
            lab.wait_members(3)
            leader, holder = lab.leader().name, _only_one(_on_duty(lab), "three")
            if holder != leader:
                break
            if tried + 1 == TRIES:
                raise UnsolvedError(
                    f"One worker had your role, and in {TRIES} groups it was Faust's leader, too. "
                    "Partitions of topics that have equally many go together: what do you share?"
                )
            lab.interrupt(holder)
            lab.wait_new_leader(holder)
            lab.add()
        lab.interrupt(holder)
        lab.wait_members(2)
        heir = _only_one(_on_duty(lab), "two")
        return (
            f"Worker {holder} had your role while {leader} was Faust's leader, and after its end "
            f"{heir} had it."
        )


def _lab(size: int, settings: dict[str, str]) -> Lab:
    return Lab(size, program=MODULE, settings=settings, by="exercise")


def _only_one(seen: set[str], of: str) -> str:
    if len(seen) != 1:
        who = " and ".join(sorted(seen)) or "none"
        raise UnsolvedError(f"Of {of} workers one has to print {WORDS}, and it was {who}.")
    return min(seen)


def _on_duty(lab: Lab) -> set[str]:
    """The workers that print the words in the newest generation: until one has done so `TIMES`
    times, or `GREETINGS` were published."""
    since = lab.history().stored_generations[-1].start + HANDED_ON_S

    def printed(history: History) -> list[str]:
        logged = history.of(ev.Logged)
        return [e.worker for e in logged if e.time > since and WORDS in e.text]

    def enough(history: History) -> bool:
        published = [e for e in history.of(ev.Published) if e.time > since]
        most = max(Counter(printed(history)).values(), default=0)
        return most >= TIMES or len(published) >= GREETINGS

    return set(printed(lab.wait(enough, what=f"{WORDS}, and the leader's greetings")))
