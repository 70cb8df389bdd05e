"""Exercises about the group: which two leaders are one worker, and who leads next."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from electionlab.exercises.feedback import (
    UnsolvedError,
    a_history,
    a_number,
    a_worker,
    call,
    gives_feedback,
)
from electionlab.exercises.recorded import asked_since, recorded_run
from electionlab.history import events as ev
from electionlab.history.history import HasHistory, History

BEFORE_S = 0.001


@gives_feedback
def same_leader(history: History | HasHistory, answer: object) -> str:
    """Judges in how many generations of two members or more the group leader was Faust's leader,
    too."""
    stored = a_history(history).stored_generations
    several = [each for each in stored if len(each.members) > 1 and each.leader]
    if not several:
        raise UnsolvedError(
            "In this history no generation had two members. Run the cells above first."
        )
    count = a_number(answer, "the number of generations")
    same = [each for each in several if each.group_leader == each.leader]
    if count == len(same):
        return f"In {count:g} of {len(several)} generations one worker had both roles."
    if count == len(several) - len(same):
        raise UnsolvedError(
            "In so many the two leaders differed. In how many were they one worker?"
        )
    if count == len([each for each in stored if each.leader and each.group_leader == each.leader]):
        raise UnsolvedError(
            "So many there are with generations of one member, which has no choice."
        )
    more = "more" if len(same) > count else "fewer"
    raise UnsolvedError(
        f"Among {len(several)} generations there are {more} of them than {count:g}."
    )


@gives_feedback
def next_leader(history: History | HasHistory, predict: Callable[[History], str] | object) -> str:
    """Judges a function that takes a history, which ends just before the leader is interrupted or
    killed, and returns the name of the worker that leads next. It is asked about each such moment
    of the run in `history`, and of a recorded one."""
    cases = [*losses(a_history(history)), *losses(recorded_run())]
    wrong = []
    for past, after in cases:
        name = a_worker(call(predict, past))
        if name != after:
            wrong.append((past.leader, name, after))
    if not wrong:
        return f"Foretold in {len(cases)} of {len(cases)} cases, each before anything had happened."
    old, name, after = wrong[0]
    known = "which led and was just lost" if name == old else "and it did not"
    raise UnsolvedError(
        f"Right in {len(cases) - len(wrong)} of {len(cases)} cases. When {old} was lost, your "
        f"function said that {name} leads next, {known}: {after} did. Who stood by?"
    )


def losses(history: History) -> Iterator[tuple[History, str]]:
    """Each moment at which the leader was interrupted or killed: the history until then, and who
    led next. Only those before which each other member had answered what it stands by for."""
    for loss in history.of(ev.WorkerInterrupted, ev.WorkerKilled):
        if loss.time >= history.over:
            return
        past = history.between(history.start, loss.time - BEFORE_S)
        stored = past.state.stored
        gained = [e for e in history.of(ev.LeadershipGained) if e.time > loss.time]
        if past.leader != loss.worker or stored is None or not gained:
            continue
        asked = asked_since(past, stored.time)
        members = {past.name_of(member) for member in stored.members}
        if members - {loss.worker} <= set(asked) and gained[0].worker in members - {loss.worker}:
            yield past, gained[0].worker
