"""Exercises of the failure lab: tell a fault by its traces, find lost greetings, and break
something yourself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from electionlab.checks.delivery import lost
from electionlab.exercises.feedback import (
    UnsolvedError,
    a_history,
    call,
    gives_feedback,
    require_begun,
    shown,
)
from electionlab.exercises.recorded import recorded_run
from electionlab.exercises.writing import is_blank
from electionlab.history import events as ev
from electionlab.history.history import HasHistory, History
from electionlab.lab.lab import Lab

DONE = ev.Action, ev.WorkerExited


@gives_feedback
def which_fault(
    histories: Mapping[str, History], diagnose: Callable[[History], str] | object
) -> str:
    """Judges a function that takes a history and returns which fault the leader met in it.
    `histories` has one for each fault, by the fault's name. The function is given them without what
    was done: only what workers logged and what others saw."""
    names = " or ".join(repr(name) for name in histories)
    right = 0
    for fault, history in histories.items():
        named = call(diagnose, without_actions(a_history(history)))
        if not isinstance(named, str) or named not in histories:
            raise UnsolvedError(
                f"Your function returns {shown(named)}, and the faults are {names}."
            )
        if named != fault:
            raise UnsolvedError(
                f"After {right} right ones: for the leader that met {fault!r}, your function says "
                f"{named!r}. What does the old leader log in the one case, and not in the other?"
            )
        right += 1
    return f"All {right} faults recognised by their traces alone."


def without_actions(history: History) -> History:
    """The history without what was done to workers and brokers, and without their ends."""
    return History(
        [event for event in history if not isinstance(event, DONE)], history.about, history.zero
    )


@gives_feedback
def lost_greetings(
    history: History | HasHistory, find: Callable[[History], list[str]] | object
) -> str:
    """Judges a function that takes a history and returns the greetings (their texts) that were
    lost: stored, printed by nobody, and passed over by a commit. It is asked about the run in
    `history`, and about a recorded one without any loss."""
    runs = {"this run": a_history(history), "the recorded run": recorded_run()}
    for name, past in runs.items():
        found = _texts(call(find, past))
        gone = {event.greeting for event in lost(past)}
        if found - gone:
            raise UnsolvedError(
                f"In {name} your function also returns {sorted(found - gone)[0]}, which "
                f"{_what_became_of(past, sorted(found - gone)[0])}."
            )
        if gone - found:
            raise UnsolvedError(
                f"In {name} your function misses {len(gone - found)} of {len(gone)}."
            )
    return f"Right in {len(runs)} runs: {len(lost(a_history(history)))} lost in this one."


def _texts(answer: object) -> set[str]:
    """The greetings that an answer lists. UnsolvedError for what is no list."""
    if isinstance(answer, (str, bytes)) or not isinstance(answer, Iterable):
        raise UnsolvedError(f"A list of greetings is wanted, and this is {shown(answer)}.")
    texts: list[str] = []
    call(
        lambda: texts.extend(each if isinstance(each, str) else shown(each) for each in answer),
        returns=False,
    )
    return set(texts)


def _what_became_of(history: History, greeting: str) -> str:
    if any(event.greeting == greeting for event in history.of(ev.GreetingPrinted)):
        return "was printed"
    if any(event.greeting == greeting for event in history.of(ev.GreetingStored)):
        return "only waits: nobody has committed past it"
    return "is no greeting of that run"


@gives_feedback
def leader_stays(experiment: Callable[[Lab], object] | object) -> str:
    """Judges an experiment, a function of a lab, on a real cluster: it is to cut off a worker that
    does not lead until the group has let it go, and heal it again; the leader stays."""
    require_begun(experiment, "Write the experiment, and hand it over.")
    if not callable(experiment):
        raise UnsolvedError(f"A function of a lab is wanted, and this is {shown(experiment)}.")
    if is_blank(experiment):
        raise UnsolvedError("Your experiment does nothing yet. Begin with `leader = lab.leader()`.")
    with Lab(by="exercise") as lab:
        lab.wait_members(lab.size)
        leader = lab.leader().name
        call(experiment, lab, returns=False)
        running = len(lab.running())
        history = lab.finish(settle=0)
    return stayed(history, leader, lab.size, running)


def stayed(history: History, leader: str, size: int, running: int) -> str:
    """What to say of a history in which another worker than the `leader` of a group of `size` was
    cut off and came back, while `running` workers ran at the end. UnsolvedError for any other."""
    cuts = history.cuts
    if not cuts:
        raise UnsolvedError("No worker was cut off. `lab.cut(worker)` does that.")
    if leader in {cut.worker for cut in cuts}:
        raise UnsolvedError(f"Worker {leader} was cut off, which led. Take one that does not lead.")
    stored = history.stored_generations
    sizes = [len(each.members) for each in stored if each.members and each.start > cuts[0].start]
    if size - 1 not in sizes:
        raise UnsolvedError(
            f"Worker {cuts[0].worker} was cut off, but not for long enough to be missed: the group "
            f"had {size} members all the time. Try `lab.wait_members({size - 1})`."
        )
    if not history.of(ev.WorkerHealed) or sizes[-1] != size or running != size:
        raise UnsolvedError(
            f"In the end {sizes[-1]} of {size} workers were members. Heal it, and wait."
        )
    if {span.worker for span in history.leaderships} != {leader}:
        raise UnsolvedError(
            "Leadership moved meanwhile. Break nothing but the network of one worker."
        )
    return (
        f"Worker {cuts[0].worker} was missed and came back, through generations of {size}, "
        f"{size - 1} and {size} members, and worker {leader} led all the time."
    )
