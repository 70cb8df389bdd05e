"""Exercises of the walk: what the killed leader had printed, and how long two workers led."""

from __future__ import annotations

from collections.abc import Callable

from electionlab.checks.leaders import two_at_once
from electionlab.exercises.feedback import UnsolvedError, a_history, a_number, call, gives_feedback
from electionlab.exercises.recorded import quiet_run, recorded_run
from electionlab.history import events as ev
from electionlab.history.history import HasHistory, History
from electionlab.history.intervals import covered

PRECISE_S = 0.05
"""How far a duration that an answer computes may be off."""


@gives_feedback
def printed_by_the_killed(history: History | HasHistory, answer: object) -> str:
    """Judges how many greetings the worker that was killed first had printed by then."""
    past = a_history(history)
    kills = past.of(ev.WorkerKilled)
    if not kills:
        raise UnsolvedError(
            "In this history no worker was killed. Run the cells above from the top."
        )
    count = a_number(answer, "the number of greetings")
    name, until = kills[0].worker, kills[0].time
    printed = [event for event in past.of(ev.GreetingPrinted) if event.time < until]
    own = [event for event in printed if event.worker == name]
    if count == len(own):
        return f"By then worker {name} had printed {count:g} of {len(printed)} greetings."
    if count == len(past.of(ev.GreetingPrinted)):
        raise UnsolvedError(
            "So many did all workers print in the whole run. How many did this one?"
        )
    if count == len(printed):
        raise UnsolvedError("So many did all workers print until then. How many did this one?")
    if count == len(past.of(ev.Published, worker=name)):
        raise UnsolvedError(
            f"So many did {name} publish. It is not the one that prints all of those."
        )
    more = "more" if len(own) > count else "fewer"
    raise UnsolvedError(
        f"The log of worker {name} has {more} greetings than {count:g} before the kill."
    )


@gives_feedback
def two_leaders(history: History | HasHistory, find: Callable[[History], float] | object) -> str:
    """Judges a function that takes a history and returns for how many seconds two workers led at
    once, each in its own eyes; 0 if they never did. It is asked about the run in `history`, and
    about recorded ones."""
    runs = {
        "your run": a_history(history),
        "the recorded run": recorded_run(),
        "the recorded run with one leader at a time": quiet_run(),
    }
    seconds = {}
    for name, past in runs.items():
        seconds[name] = a_number(call(find, past), "the seconds with two leaders")
        overlaps = past.cached(two_at_once)
        wanted = covered([shared for _, _, shared in overlaps])
        if abs(seconds[name] - wanted) > PRECISE_S:
            finding = f"In {name} your function finds {seconds[name]:.2f} s"
            if not overlaps:
                raise UnsolvedError(f"{finding}, and no two workers led at once there.")
            older, younger, (start, _) = overlaps[0]
            raise UnsolvedError(
                f"{finding}, and it is {wanted:.2f} s: {older.worker} and {younger.worker} led at "
                f"once from {past.at(start):.2f} s on"
                + (f", and there are {len(overlaps)} such times." if len(overlaps) > 1 else ".")
            )
    finding = ", ".join(f"{value:.2f} s in {name}" for name, value in seconds.items())
    return f"Your function finds {finding}."
